"""Files that an action needs and that are not open."""

from pathlib import Path

from lsp_server.common.errors import TandemError
from lsp_server.common.files import read_plain_file
from lsp_server.common.languages import language_of_text
from lsp_server.common.snapshot import Snapshot


class Unreadable(TandemError):
    """A file that an action needs is no text that can be read."""


def snapshot_of_file(path: Path) -> Snapshot:
    """Return the file as it is on disk; raises `Unreadable` for a pipe or what is not UTF-8."""
    try:
        text = read_plain_file(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(
            f"{path.name} could not be read as text.", "It must be a plain file in UTF-8."
        ) from error
    return Snapshot.of_text(text, language=language_of_text(path, text.encode()).name, path=path)
