"""Unified diffs, read as models write them: the line numbers of a hunk are not believed.

The format is that of GNU diffutils, "Detailed Description of Unified Format".
"""

import re

from lsp_server.common.text import body, split_lines
from lsp_server.edits.blocks import Block
from lsp_server.edits.errors import BadBlock

_HUNK = re.compile(r"@@(?: .*)?")
_NEW_FILE = re.compile(r"\+\+\+ (?:b/)?([^\t]+).*")
_OLD_FILE = re.compile(r"--- .+")


def has_hunks(text: str) -> bool:
    """Whether `text` holds a hunk header with changed lines after it."""
    lines = [body(line) for line in split_lines(text)]
    starts = [number for number, line in enumerate(lines) if _HUNK.fullmatch(line)]
    return any(line.startswith(("+", "-")) for start in starts for line in lines[start + 1 :])


def hunks_of(text: str) -> list[Block]:
    """Return the hunks of `text` as blocks to find and replace; raises `BadBlock`."""
    blocks, path = list[Block](), ""
    hunk: list[str] | None = None
    for line in [body(line) for line in split_lines(text)]:
        named = _NEW_FILE.fullmatch(line)
        if _HUNK.fullmatch(line) or named or _OLD_FILE.fullmatch(line) or line.startswith("```"):
            blocks += _closed(hunk, path)
            hunk = [] if _HUNK.fullmatch(line) else None
            path = named[1].strip() if named else path
        elif hunk is not None and not line.startswith("\\"):
            hunk.append(line)
    return blocks + _closed(hunk, path)


def _closed(hunk: list[str] | None, path: str) -> list[Block]:
    if not hunk:
        return []
    # Models and mail strip the blank that a context line begins with where the line is empty.
    while hunk and not hunk[-1]:
        hunk.pop()
    strange = next((line for line in hunk if line and line[0] not in " +-"), None)
    if strange is not None:
        raise BadBlock(
            "The model's diff is not well-formed.",
            "Each line of a hunk must begin with ' ', '+' or '-'; this one does not:\n"
            f"    {strange}",
        )
    search = tuple(line[1:] for line in hunk if not line.startswith("+"))
    replace = tuple(line[1:] for line in hunk if not line.startswith("-"))
    return [Block(search, replace, path)]
