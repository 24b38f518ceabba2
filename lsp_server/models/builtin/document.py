"""The tokens of an open document, kept up line by line while it is typed in."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from lsp_server.common.text import common_end, common_start
from lsp_server.models.builtin.lexer import NOTHING, indent_width, lexicon, open_literal
from lsp_server.models.builtin.tokens import Tokens, line_classes
from lsp_server.models.builtin.vocabulary import Coder, Vocabulary


class Line(NamedTuple):
    """One line: its tokens' codes, its indentation, and the literal that it leaves open."""

    codes: tuple[int, ...]
    width: int
    leaves_open: str


class Context(NamedTuple):
    """What stands around a place: the tokens before its line, on it up to it, and after it.

    `open_literal` is not empty in a comment or literal that began above the line or on it.
    """

    above: Tokens
    on_line: Tokens
    below: Tokens
    open_literal: str


class DocumentTokens:
    """Tokens of one document; an update costs what changed, not what the document holds."""

    def __init__(self, language: str, vocabulary: Vocabulary) -> None:
        self._lexicon = lexicon(language)
        self._coder = Coder(vocabulary, self._lexicon)
        self._lines: list[str] = []
        self._read: list[Line] = []
        self._ids = np.empty(0, np.int32)
        self._spaces = np.empty(0, np.bool_)
        self._starts = np.zeros(1, np.int64)
        self._widths = np.empty(0, np.int64)

    def update(self, lines: Sequence[str]) -> None:
        """Bring the tokens up to `lines`."""
        old = self._lines
        head = common_start(old, lines)
        tail = common_end(old, lines, min(len(old), len(lines)) - head)
        if head == len(old) == len(lines):
            return
        read = self._read_from(head, lines, len(lines) - tail)
        stop = head + len(read)
        kept = len(old) - (len(lines) - stop)
        self._splice(head, kept, read)
        self._lines = list(lines)

    def _read_from(self, head: int, lines: Sequence[str], changed_to: int) -> list[Line]:
        """Lex from line `head` past the change, until the old lines may stand as they are."""
        state = self._read[head - 1].leaves_open if head else ""
        shift = len(self._lines) - len(lines)
        read: list[Line] = []
        for number in range(head, len(lines)):
            if number >= changed_to:
                old = number + shift - 1
                if state == (self._read[old].leaves_open if old >= 0 else ""):
                    break
            read.append(self._line(lines[number], state))
            state = read[-1].leaves_open
        return read

    def _line(self, line: str, state: str) -> Line:
        width = indent_width(line[: len(line) - len(line.lstrip(" \t"))])
        line = line.rstrip("\r\n")
        codes: list[int] = []
        if state:
            end = line.find(state)
            if end < 0:
                return Line((), width, state)
            line = line[end + len(state) :]
        found = self._lexicon.pattern.findall(line if state else line.lstrip(" \t"))
        left = open_literal(found[-1].lstrip(" \t"), self._lexicon) if found else ""
        codes = [code for raw in found if (code := self._coder[raw]) >> 1 != NOTHING]
        return Line(tuple(codes), width, left)

    def _splice(self, head: int, kept: int, read: list[Line]) -> None:
        first, last = self._starts[head], self._starts[kept]
        codes = np.fromiter(
            chain.from_iterable((-2, *line.codes) for line in read if line.codes), np.int64
        )
        new = (codes >> 1).astype(np.int32)
        self._read[head:kept] = read
        self._ids = np.concatenate([self._ids[:first], new, self._ids[last:]])
        spaces = (codes & 1).astype(np.bool_) & (codes >= 0)
        self._spaces = np.concatenate([self._spaces[:first], spaces, self._spaces[last:]])
        sizes = np.fromiter((len(x.codes) + bool(x.codes) for x in read), np.int64, len(read))
        ends = first + np.cumsum(sizes)
        shift = (ends[-1] if len(ends) else first) - last
        self._starts = np.concatenate(
            [self._starts[: head + 1], ends, self._starts[kept + 1 :] + shift]
        )
        widths = np.fromiter((x.width for x in read), np.int64, len(read))
        self._widths = np.concatenate([self._widths[:head], widths, self._widths[kept:]])
        full = np.diff(self._starts) > 0
        self._ids[self._starts[:-1][full]] = line_classes(self._widths[full])

    def around(self, line: int, before: str) -> Context:
        """Return the context of the place after the text `before` on `line`.

        Line starts count as tokens; the one of the line itself is the first of `on_line`.
        """
        first, last = self._starts[line], self._starts[line + 1]
        state = self._read[line - 1].leaves_open if line else ""
        read = self._line(before, state)
        # A line comment or a literal that its line ends leaves nothing open for the next line,
        # but the place is inside it all the same.
        inside = read.leaves_open or self._ends_inside(before, state)
        codes = np.array([-2, *read.codes], np.int64)
        ids = (codes >> 1).astype(np.int32)
        ids[0] = self._class_at(line, read.width)
        on_line = Tokens(ids, (codes & 1).astype(np.bool_) & (codes >= 0))
        above = Tokens(self._ids[:first], self._spaces[:first])
        below = Tokens(self._ids[last:], self._spaces[last:])
        return Context(above, on_line, below, inside)

    def _ends_inside(self, before: str, state: str) -> str:
        if state:
            end = before.find(state)
            before = before[end + len(state) :]
        found = self._lexicon.pattern.findall(before)
        last = found[-1].lstrip(" \t") if found and not before.endswith("\n") else ""
        if self._lexicon.comments and last.startswith(self._lexicon.comments):
            return "\n"
        quote = last.lstrip("rbfuRBFU")[:1]
        closed = len(last) > 1 and last.endswith(quote) and not last.endswith("\\" + quote)
        return quote if quote and quote in self._lexicon.quotes and not closed else ""

    def _class_at(self, line: int, width: int) -> int:
        for number in range(line - 1, -1, -1):
            if self._read[number].codes:
                return int(line_classes(np.array([self._read[number].width, width]))[1])
        return int(line_classes(np.array([width]))[0])

    def tokens(self) -> Tokens:
        """Return all tokens of the document."""
        return Tokens(self._ids, self._spaces)
