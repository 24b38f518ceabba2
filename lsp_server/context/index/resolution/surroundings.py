"""The part of a text around a place that is parsed to learn what its variables are."""

import re
from collections.abc import Sequence
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.reading.columns import LAST_LINE, LINE, PARENT
from lsp_server.context.index.reading.rows import FileRow

# So much of the text before and behind a place is parsed at most, and at least where there is more.
_MOST = 8_000
NEAR = 4_000
_OPENERS = {"python": ":\n", "ruby": "\n", "lua": "\n"}


def text_around(row: FileRow, text: str, cursor: int) -> tuple[str, int]:
    """Return whole definitions around `cursor`, and at which byte of them it stands.

    A parser that is let into the middle of a text in quotes misreads everything. Of a class that
    is longer than what is parsed, the header and whole members are returned.
    """
    starts = _line_starts(text)
    outermost = row.definitions.outermost

    def line_of(offset: int) -> int:
        return int(np.searchsorted(starts, max(0, min(offset, len(text))), side="right")) - 1

    first = _begin(outermost, line_of(cursor - NEAR))
    last = _end(outermost, line_of(cursor + NEAR))
    header = ""
    earliest = line_of(cursor - _MOST)
    if first < earliest:
        header, first = _within(row, earliest, line_of(cursor))
    start = int(starts[min(first, len(starts) - 1)])
    end = int(starts[last + 1]) if last + 1 < len(starts) else len(text)
    before = header + text[start:cursor]
    here = len(before.encode("utf-8", "surrogatepass"))
    return before + text[cursor : max(cursor, min(end, cursor + _MOST))], here


def _line_starts(text: str) -> npt.NDArray[np.int64]:
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return np.concatenate([[0], np.flatnonzero(points == ord("\n")) + 1])


def distances_of(
    word: re.Pattern[str], text: str, cursor: int, reach: tuple[int, int]
) -> dict[str, int]:
    """Return how many characters from `cursor` each match of `word` begins, at its nearest.

    `reach` says how far before and behind the cursor matches are looked for. Where the pattern has
    a group, that is what counts.
    """
    before, behind = reach
    group = min(word.groups, 1)
    middle = cursor
    while middle < len(text) and (text[middle].isalnum() or text[middle] in "_$"):
        middle += 1
    found: dict[str, int] = {}
    for match in word.finditer(text, middle, cursor + behind):
        found.setdefault(match.group(group), match.start() - cursor)
    # The last of the matches before the cursor is the nearest, and stays.
    nearer = {
        match.group(group): abs(cursor - match.start())
        for match in word.finditer(text, max(0, cursor - before), middle)
    }
    for name, distance in nearer.items():
        if distance <= found.get(name, distance):
            found[name] = distance
    return found


def _begin(outermost: Sequence[tuple[int, int]], line: int) -> int:
    """Return the line at which what stands in `line` begins."""
    before = [span for span in outermost if span[0] <= line]
    if not before:
        return 0
    first, last = max(before, key=itemgetter(1))
    return first if last >= line else last + 1


def _end(outermost: Sequence[tuple[int, int]], line: int) -> int:
    """Return the line at which what stands in `line` ends."""
    return max([line, *(last for first, last in outermost if first <= line)])


def _within(row: FileRow, earliest: int, line: int) -> tuple[str, int]:
    """Return a header and the line of the first whole member of its definition from `earliest`."""
    items = row.definitions
    parents, lines = items.numbers[:, PARENT], items.numbers[:, LINE]
    holds = np.flatnonzero(
        (parents < 0) & (lines < earliest) & (earliest <= items.numbers[:, LAST_LINE])
    )
    if not len(holds):
        return "", earliest
    owner = int(holds[-1])
    members = lines[(parents == owner) & (lines >= earliest) & (lines <= line)]
    if not len(members):
        return "", earliest
    return items.header(owner).rstrip() + _OPENERS.get(row.language, " {\n"), int(members[0])
