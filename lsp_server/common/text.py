"""Positions, spans and line splitting as the Language Server Protocol means them.

Columns count code points everywhere inside the server; only the protocol edge knows the
client's units.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# str.splitlines also breaks at form feeds, U+0085, U+2028 and others. The protocol breaks at
# these three only, and one extra break shifts every later line of the document.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")

_SLICE = 256

MOST_PARSED = 512 * 1024
"""Characters of the largest text that the server parses itself: it answers nobody meanwhile."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A zero-based line and a zero-based column in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of text: `start` is in it, `end` is not."""

    start: Position
    end: Position

    @property
    def is_empty(self) -> bool:
        """Whether the span holds no text."""
        return self.start == self.end

    def contains(self, position: Position) -> bool:
        """Whether `position` lies in the span or at its end, as a cursor does."""
        return self.start <= position <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether the spans share text or touch."""
        return self.start <= other.end and other.start <= self.end


def split_lines(text: str) -> list[str]:
    r"""Split `text` into lines that keep their ends.

    Breaks at `\n`, `\r\n` and `\r` only (LSP 3.18, text documents). The list is never empty: a
    text that ends in a line break has an empty last line, as an editor shows it.
    """
    lines: list[str] = _LINE.findall(text)
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def line_ending(line: str) -> str:
    """Return the break that ends `line`, or an empty string for a last line."""
    if line.endswith("\r\n"):
        return "\r\n"
    return line[-1] if line.endswith(("\n", "\r")) else ""


def body(line: str) -> str:
    """Return `line` without its line break."""
    return line.removesuffix(line_ending(line))


def clamp(lines: Sequence[str], position: Position) -> Position:
    """Return the nearest position that exists in `lines`; a column never enters a line break."""
    if position.line < 0:
        return Position(0, 0)
    if position.line >= len(lines):
        return end_of(lines)
    column = min(max(position.column, 0), len(body(lines[position.line])))
    return Position(position.line, column)


def end_of(lines: Sequence[str]) -> Position:
    """Return the position after the last character of `lines`."""
    return Position(len(lines) - 1, len(lines[-1]))


def offset_at(lines: Sequence[str], position: Position) -> int:
    """Return the code point offset of `position` in the joined text."""
    return sum(map(len, lines[: position.line])) + position.column


def position_at(lines: Sequence[str], offset: int) -> Position:
    """Return the position of the code point `offset`; an offset past the end means the end."""
    for number, line in enumerate(lines):
        if offset < len(line):
            return Position(number, offset)
        offset -= len(line)
    return end_of(lines)


def text_in(lines: Sequence[str], span: Span) -> str:
    """Return the text of `span`."""
    start, end = span.start, span.end
    if start.line == end.line:
        return lines[start.line][start.column : end.column]
    middle = lines[start.line + 1 : end.line]
    return "".join([lines[start.line][start.column :], *middle, lines[end.line][: end.column]])


def common_start(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many first lines are equal; equal objects cost next to nothing."""
    most, done = min(len(one), len(other)), 0
    # Whole slices are compared in C; only the slice that differs is looked at line by line.
    while done < most and one[done : done + _SLICE] == other[done : done + _SLICE]:
        done += _SLICE
    done = min(done, most)
    while done < most and one[done] == other[done]:
        done += 1
    return done


def common_end(one: Sequence[str], other: Sequence[str], most: int) -> int:
    """Return how many last lines are equal, at most `most`."""
    done, a, b = 0, len(one), len(other)
    while (
        done < most
        and one[max(a - done - _SLICE, 0) : a - done]
        == (other[max(b - done - _SLICE, 0) : b - done])
    ):
        done += _SLICE
    done = min(done, most)
    while done < most and one[a - done - 1] == other[b - done - 1]:
        done += 1
    return done
