"""What files hold, as the index reads it: UTF-8 without a byte order mark.

Offsets in rows count bytes of this text, and digests are of it.
"""

from pathlib import Path

from lsp_server.common.files import MOST_BYTES, read_plain_file
from lsp_server.context.index.roots import Roots


def utf8_of(content: bytes) -> bytes:
    """Return the text in `content`; bytes that are no UTF-8 are replaced."""
    if content.isascii():
        return content
    return content.decode("utf-8-sig", "replace").encode("utf-8")


def read_utf8(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the text of a plain file; raises OSError as `read_plain_file` does."""
    return utf8_of(read_plain_file(path, most_bytes))


def read_own(roots: Roots, path: Path, most_bytes: int = MOST_BYTES) -> bytes | None:
    """Return the text of a file of the workspace.

    None for one that cannot be read, is a link or lies behind one that leads out: since it was
    indexed, anything may have taken its place.
    """
    try:
        if path.is_symlink() or roots.holding(path.resolve()) is None:
            return None
        return read_utf8(path, most_bytes)
    except OSError:
        return None
