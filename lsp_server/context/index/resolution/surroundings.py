"""The part of a text around a place that is parsed to learn what its variables are."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from operator import itemgetter

from lsp_server.context.index.reading.rows import FileRow

# So much of the text before and behind a place is parsed at most, and at least where there is more.
_MOST = 30_000
NEAR = 6_000
_OPENERS = {"python": ":\n", "ruby": "\n", "lua": "\n"}


def text_around(row: FileRow, text: str, cursor: int) -> tuple[str, int]:
    """Return whole definitions around `cursor`, and at which byte of them it stands.

    A parser that is let into the middle of a text in quotes misreads everything. Of a class that
    is longer than what is parsed, the header and whole members are returned.
    """
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))][:-1]
    outermost = row.definitions.outermost

    def line_of(offset: int) -> int:
        return bisect_right(starts, max(0, min(offset, len(text)))) - 1

    first = _begin(outermost, line_of(cursor - NEAR))
    last = _end(outermost, line_of(cursor + NEAR))
    header = ""
    earliest = line_of(cursor - _MOST)
    if first < earliest:
        header, first = _within(row, earliest, line_of(cursor))
    start = starts[min(first, len(starts) - 1)]
    end = starts[last + 1] if last + 1 < len(starts) else len(text)
    before = header + text[start:cursor]
    here = len(before.encode("utf-8", "surrogatepass"))
    return before + text[cursor : max(cursor, min(end, cursor + _MOST))], here


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
    holds = [
        number
        for number, item in enumerate(items)
        if item.parent < 0 and item.span.start.line < earliest <= item.span.end.line
    ]
    if not holds:
        return "", earliest
    owner = holds[-1]
    members = (item.span.start.line for item in items if item.parent == owner)
    first = next((start for start in members if earliest <= start <= line), None)
    if first is None:
        return "", earliest
    return items[owner].header.rstrip() + _OPENERS.get(row.language, " {\n"), first
