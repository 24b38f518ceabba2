"""The coarse window around the cursor: it moves in steps, never with the cursor."""

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.common.snapshot import Place
from lsp_server.context.tokens import Counter, first_that_fit

# Tokens of the current file around the cursor are 7·√budget: 16 % of 2,000 tokens, 8 % of 8,000,
# 4 % of 32,000 and 2 % of 128,000. A jump in the file re-reads the window and nothing else.
_SCALE = 7.0
_BELOW_SHARE = 0.35
# A fresh window leaves this share of its room to what will be typed before it must move, and no
# more than that of the budget, which is to be used.
_RESERVED_SHARE = 0.2
_MOST_RESERVED = 0.015
_MARGIN_LINES = 2
_LONG_LINE = 4


def window_tokens(budget: int) -> int:
    """Return how many tokens the text around the cursor may take of `budget`."""
    return min(int(_SCALE * budget**0.5), budget // 4)


def reserve_tokens(budget: int) -> int:
    """Return how many tokens of the window a fresh one leaves to what will be typed."""
    return int(min(window_tokens(budget) * _RESERVED_SHARE, budget * _MOST_RESERVED))


@dataclass(frozen=True, slots=True)
class Window:
    """Which lines of a file are shown around the cursor.

    `first` counts from the file's start and `lines_after` from its end, so that lines typed
    inside the window do not move it.
    """

    first: int
    lines_after: int

    def last(self, line_count: int) -> int:
        """Return the line after the window's last one."""
        return max(line_count - self.lines_after, self.first + 1)

    def holds(self, place: Place) -> bool:
        """Whether the cursor stands inside, not closer to an open edge than the margin."""
        count = len(place.snapshot.lines)
        line, last = place.position.line, self.last(count)
        top = self.first == 0 or line >= self.first + _MARGIN_LINES
        bottom = self.lines_after == 0 or line < last - _MARGIN_LINES
        return top and bottom and self.first <= line < last <= count

    def texts(self, place: Place) -> tuple[str, str]:
        """Return the window's text (above, below) the cursor."""
        lines, line = place.snapshot.lines, place.position.line
        above = "".join(lines[self.first : line]) + place.line_before
        rest = lines[line][place.position.column :]
        return above, rest + "".join(lines[line + 1 : self.last(len(lines))])


def window_around(place: Place, room: int, count: Counter) -> Window:
    """Return a new window whose text takes about `room` tokens: all lines, or as many as fit."""
    lines, line = place.snapshot.lines, place.position.line
    # Counted one by one, lines take more than together.
    if len(lines) <= room and count(place.snapshot.text) <= room:
        return Window(0, 0)
    below = _reach(lines[line + 1 :], int(room * _BELOW_SHARE), count)
    used = count("".join(lines[line : line + 1 + below]))
    above = _reach(lines[:line][::-1], room - used, count)
    left = room - used - count("".join(lines[line - above : line]))
    if above == line and left > 0:
        below += _reach(lines[line + 1 + below :], left, count)
    return Window(line - above, len(lines) - (line + 1 + below))


def _reach(lines: Sequence[str], room: int, count: Counter) -> int:
    return len(first_that_fit(lines, room, count))


def cut_to(above: str, below: str, room: int, count: Counter) -> tuple[str, str]:
    """Return the two texts cut at their far ends so that both fit: for lines without an end."""
    if count(above) + count(below) <= room:
        return above, below
    half = max(room // 2, 1)
    while count(below) > half:
        below = below[: len(below) * 3 // 4]
    rest = room - count(below)
    while count(above) > rest and above:
        above = above[len(above) // 4 + 1 :]
    return above, below
