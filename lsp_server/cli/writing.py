"""Accepted edits onto the disk."""

import os
import tempfile
from pathlib import Path

from lsp_server.common.edits import FileEdit, apply_edits
from lsp_server.common.errors import TandemError
from lsp_server.common.text import split_lines


class FileChanged(TandemError):
    """A file is no longer what an edit was made for."""


def read_before(edit: FileEdit) -> tuple[str, str]:
    """Return the file's text as it is and as the edit makes it; the disk is not touched."""
    before = "" if edit.creates else _read(edit.path)
    return before, apply_edits(split_lines(before), edit.edits)


def write_after(edit: FileEdit, before: str, after: str) -> None:
    """Replace the file in one step, so that it is never half written.

    Raises FileChanged if the file is no longer `before`.
    """
    if _read_if_there(edit.path) != before:
        raise FileChanged(f"{edit.path} changed meanwhile.", "Nothing was written; run it again.")
    edit.path.parent.mkdir(parents=True, exist_ok=True)
    # A link is written through, not replaced by a file.
    target = edit.path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after.encode())
        Path(name).chmod(target.stat().st_mode if target.exists() else 0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TandemError(f"{path} cannot be read: {error}.") from error


def _read_if_there(path: Path) -> str:
    return _read(path) if path.exists() else ""
