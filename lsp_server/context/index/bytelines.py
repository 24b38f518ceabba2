"""Bytes and positions of one text: tree-sitter counts bytes, the rest of the server code points."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from lsp_server.common.text import Position, split_lines


class ByteLines:
    """A text as bytes with the byte offset at which each of its lines starts.

    Lines are those of the protocol, not tree-sitter's rows: a lone carriage return ends a line.
    """

    __slots__ = ("lines", "source", "starts")

    def __init__(self, lines: Sequence[str]) -> None:
        encoded = [line.encode("utf-8", "surrogatepass") for line in lines]
        self.lines = lines
        self.source = b"".join(encoded)
        self.starts = [0, *accumulate(map(len, encoded[:-1]))]

    @classmethod
    def of_text(cls, text: str) -> "ByteLines":
        """Split `text` as the protocol does."""
        return cls(split_lines(text))

    def line(self, offset: int) -> int:
        """Return the number of the line that holds the byte `offset`."""
        return bisect_right(self.starts, offset) - 1

    def position(self, offset: int) -> Position:
        """Return the position of the byte `offset`, its column in code points."""
        line = self.line(offset)
        before = self.source[self.starts[line] : offset]
        return Position(line, len(before.decode("utf-8", "replace")))

    def offset(self, position: Position) -> int:
        """Return the byte offset of `position`."""
        before = self.lines[position.line][: position.column]
        return self.starts[position.line] + len(before.encode("utf-8", "surrogatepass"))

    def line_end(self, offset: int) -> int:
        """Return the byte offset at which the line of `offset` ends, its break included."""
        line = self.line(offset)
        return self.starts[line + 1] if line + 1 < len(self.starts) else len(self.source)

    def slice(self, start: int, end: int) -> str:
        """Return the text between two byte offsets; a torn character is replaced."""
        return self.source[start:end].decode("utf-8", "replace")
