"""Columns between the client's units and code points."""

from collections.abc import Sequence

from lsp_server.common.text import Position, body
from lsp_server.protocol.editor.profile import PositionEncoding

_UNIT_BYTES = {PositionEncoding.UTF8: 1, PositionEncoding.UTF16: 2, PositionEncoding.UTF32: 4}
_CODECS = {
    PositionEncoding.UTF8: "utf-8",
    PositionEncoding.UTF16: "utf-16-le",
    PositionEncoding.UTF32: "utf-32-le",
}


def column_of_units(line: str, units: int, encoding: PositionEncoding) -> int:
    """Return the code point column of `units` in `line`, which has no line break.

    A column past the end means the end (LSP 3.18, Position); one inside a character means the
    character's beginning.
    """
    if units <= 0:
        return 0
    if line.isascii() or encoding is PositionEncoding.UTF32:
        return min(units, len(line))
    raw = line.encode(_CODECS[encoding], "surrogatepass")
    head = raw[: units * _UNIT_BYTES[encoding]]
    return len(head.decode(_CODECS[encoding], "ignore")) if len(head) < len(raw) else len(line)


def units_of_column(line: str, column: int, encoding: PositionEncoding) -> int:
    """Return how many of the client's units stand before the code point `column`."""
    if encoding is PositionEncoding.UTF32 or line.isascii():
        return min(column, len(line))
    head = line[:column].encode(_CODECS[encoding], "surrogatepass")
    return len(head) // _UNIT_BYTES[encoding]


def position_of_units(
    lines: Sequence[str], line: int, units: int, encoding: PositionEncoding
) -> Position:
    """Return the position in `lines` nearest to what the client means; never in a line break.

    A line past the last one means the end of the text.
    """
    if line >= len(lines):
        return Position(len(lines) - 1, len(lines[-1]))
    if line < 0:
        return Position(0, 0)
    text = lines[line]
    # Two characters away from the end no line break is near, and in ASCII all units are alike.
    if 0 <= units <= len(text) - 2 and text.isascii():
        return Position(line, units)
    return Position(line, column_of_units(body(text), units, encoding))
