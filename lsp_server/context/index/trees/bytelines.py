"""Bytes and positions of one text: tree-sitter counts bytes, the rest of the server code points."""

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from lsp_server.common.text import Position
from lsp_server.context.index.contents import utf8_of


class ByteLines:
    """A text as bytes with the byte offset at which each of its lines starts.

    Lines are those of the protocol, not tree-sitter's rows: a lone carriage return ends a line.
    """

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.starts = [0, *accumulate(map(len, source.splitlines(keepends=True)))]
        if source and source[-1:] not in {b"\n", b"\r"}:
            self.starts.pop()
        self._is_ascii = source.isascii()

    @classmethod
    def of_text(cls, text: str) -> "ByteLines":
        """Split `text` as the protocol does."""
        return cls(text.encode("utf-8", "surrogatepass"))

    @classmethod
    def of_content(cls, content: bytes) -> "ByteLines":
        """Split what a file holds; see `utf8_of`."""
        return cls(utf8_of(content))

    @cached_property
    def text(self) -> str:
        """The whole text."""
        return self.source.decode("utf-8", "surrogatepass")

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their ends."""
        return [self.line_text(number) for number in range(len(self.starts))]

    def line_text(self, number: int) -> str:
        """Return one line with its end."""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.source)
        return self.source[self.starts[number] : end].decode("utf-8", "surrogatepass")

    def line(self, offset: int) -> int:
        """Return the number of the line that holds the byte `offset`."""
        return bisect_right(self.starts, offset) - 1

    def column(self, line: int, offset: int) -> int:
        """Return the column of the byte `offset` in `line`, in code points."""
        start = self.starts[line]
        return offset - start if self._is_ascii else len(self.slice(start, offset))

    def position(self, offset: int) -> Position:
        """Return the position of the byte `offset`, its column in code points."""
        line = self.line(offset)
        return Position(line, self.column(line, offset))

    def offset(self, position: Position) -> int:
        """Return the byte offset of `position`."""
        before = self.line_text(position.line)[: position.column]
        return self.starts[position.line] + len(before.encode("utf-8", "surrogatepass"))

    def line_end(self, offset: int) -> int:
        """Return the byte offset at which the line of `offset` ends, its break included."""
        line = self.line(offset)
        return self.starts[line + 1] if line + 1 < len(self.starts) else len(self.source)

    def slice(self, start: int, end: int) -> str:
        """Return the text between two byte offsets; a torn character is replaced."""
        return self.source[start:end].decode("utf-8", "replace")
