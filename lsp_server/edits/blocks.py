"""Search/replace blocks: what stands in the file, and what shall stand there instead.

<<<<<<< SEARCH
lines as they are
=======
lines as they shall be
>>>>>>> REPLACE
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lsp_server.common.text import body, split_lines
from lsp_server.edits.errors import BadBlock

_SEARCH = re.compile(r"\s*<{5,9} ?SEARCH\b.*")
_DIVIDER = re.compile(r"\s*={5,9}\s*")
_REPLACE = re.compile(r"\s*>{5,9} ?REPLACE\b.*")
_PATH = re.compile(r"[#*\s`]*([\w.@+/\\-]+\.\w+)[:*\s`]*")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines to find and lines to put there, without their breaks.

    `path` is the file that the text names on the line before the block, or empty.
    """

    search: tuple[str, ...]
    replace: tuple[str, ...]
    path: str = ""


def has_blocks(text: str) -> bool:
    """Whether a line of `text` opens a search/replace block."""
    return any(_SEARCH.fullmatch(body(line)) for line in split_lines(text))


def blocks_of(text: str) -> list[Block]:
    """Return the search/replace blocks of `text`; raises `BadBlock` if one is not closed."""
    lines = iter([body(line) for line in split_lines(text)])
    blocks, before = list[Block](), ""
    for line in lines:
        if _SEARCH.fullmatch(line):
            search = _until(lines, _DIVIDER, "=======")
            replace = _until(lines, _REPLACE, ">>>>>>> REPLACE")
            blocks.append(Block(search, replace, _path_in(before)))
        elif line.strip() and not line.strip().startswith(("```", "~~~")):
            before = line
    return blocks


def _until(lines: Iterator[str], end: re.Pattern[str], shown: str) -> tuple[str, ...]:
    found = list[str]()
    for line in lines:
        if end.fullmatch(line):
            return tuple(found)
        found.append(line)
    raise BadBlock(
        "The model's search/replace block is not closed.",
        f"A search/replace block lacks its line '{shown}'. Write the whole answer again.",
    )


def _path_in(line: str) -> str:
    match = _PATH.fullmatch(line)
    return match[1] if match else ""
