"""The broken text as the repairs see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lsp_server.common.edits import TextEdit
from lsp_server.common.problems import Problem
from lsp_server.common.text import Position, Span, body, position_at, split_lines
from lsp_server.models.builtin.lexer import Lexicon, is_literal, lexicon


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its text, where it starts and ends as offsets, and its line."""

    text: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Draft:
    """A broken text, what the parser found wrong with it, and its tokens without comments."""

    text: str
    faults: Sequence[Problem]
    language: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their ends."""
        return split_lines(self.text)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The lexicon of the language."""
        return lexicon(self.language)

    @cached_property
    def tokens(self) -> list[Token]:
        """All tokens in order; comments and blanks are none."""
        found: list[Token] = []
        line = done = 0
        for match in self.lexicon.pattern.finditer(self.text):
            raw = match.group()
            text = raw.lstrip(" \t")
            if raw.isspace() or text.startswith(self.lexicon.comments or ("\0",)):
                continue
            start = match.end() - len(text)
            line += self.text.count("\n", done, start)
            done = start
            found.append(Token(text, start, match.end(), line))
        return found

    @cached_property
    def fault_lines(self) -> list[int]:
        """The lines at which faults begin, then their neighbours, nearest first, each once."""
        starts = [fault.span.start.line for fault in self.faults]
        ends = [fault.span.end.line for fault in self.faults]
        order = [line + step for step in (0, -1, 1, -2) for line in [*starts, *ends]]
        return [line for line in dict.fromkeys(order) if 0 <= line < len(self.lines)]

    def on_line(self, line: int) -> list[Token]:
        """Return the tokens that begin on `line`."""
        return [token for token in self.tokens if token.line == line]

    def code_end(self, line: int) -> int:
        """Return the offset after the last token of `line`; its comment comes later."""
        tokens = self.on_line(line)
        return tokens[-1].end if tokens else self.line_start(line) + len(body(self.lines[line]))

    def line_start(self, line: int) -> int:
        """Return the offset at which `line` begins."""
        return sum(map(len, self.lines[:line]))

    def indentation(self, line: int) -> str:
        """Return the blanks at which `line` begins."""
        text = body(self.lines[line])
        return text[: len(text) - len(text.lstrip())]

    def position(self, offset: int) -> Position:
        """Return the position of `offset`."""
        return position_at(self.lines, offset)

    def insert(self, offset: int, text: str) -> TextEdit:
        """Return the edit that inserts `text`."""
        position = self.position(offset)
        return TextEdit(Span(position, position), text)

    def replace(self, start: int, end: int, text: str = "") -> TextEdit:
        """Return the edit that puts `text` where `start` to `end` was."""
        return TextEdit(Span(self.position(start), self.position(end)), text)


def is_operand(token: Token) -> bool:
    """Whether an expression could be this token alone."""
    return token.text[:1].isalnum() or token.text[:1] in "_$" or is_literal(token.text)
