"""Pieces that the readers of tools' output share."""

import json
from collections.abc import Mapping
from typing import Any

from lsp_server.checks.errors import ToolUnreadable
from lsp_server.checks.tool import Output
from lsp_server.common.text import Position, Span


def json_of(output: Output, name: str) -> Any:
    """Return the tool's standard output as JSON; raises `ToolUnreadable`."""
    try:
        return json.loads(output.ran.out)
    except ValueError as error:
        raise unreadable(output, name) from error


def unreadable(output: Output, name: str) -> ToolUnreadable:
    """Return the error for output that is not what the tool promises, with its first words."""
    words = (output.ran.err or output.ran.out).strip().split("\n")[0][:200]
    said = f": {words}" if words else ""
    return ToolUnreadable(f"{name} ended with code {output.ran.code}{said}.")


def span_of(first: Mapping[str, int], last: Mapping[str, int] | None = None) -> Span:
    """Return the span between two places with a one-based `row` (or `line`) and `column`."""
    start = _position(first)
    return Span(start, max(start, _position(last)) if last else start)


def span_at(line: int, column: int = 1, width: int = 0) -> Span:
    """Return the span that begins at a one-based line and column."""
    start = Position(max(line - 1, 0), max(column - 1, 0))
    return Span(start, Position(start.line, start.column + width))


def _position(place: Mapping[str, int]) -> Position:
    line = place["row"] if "row" in place else place["line"]
    return Position(max(line - 1, 0), max(place["column"] - 1, 0))
