"""Pieces that the readers of tools' output share."""

import json
import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from itertools import accumulate
from pathlib import Path
from typing import Any

from lsp_server.checks.errors import ToolUnreadable
from lsp_server.checks.tool import Output, Read
from lsp_server.common.problems import Problem, Severity
from lsp_server.common.text import Position, Span, split_lines


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


class Columns(StrEnum):
    """What a tool counts columns in."""

    POINTS = "points"
    UTF8 = "utf8"
    UTF16 = "utf16"
    CELLS = "cells"
    """Those of a terminal: a wide character has two, one that combines has none."""


def line_reader(name: str, pattern: str, columns: Columns = Columns.POINTS) -> Read:
    """Return a reader of output with one finding a line.

    `pattern` has the groups path, line and message, and may have column, severity and rule; lines
    and columns count from one. Output without a finding from a tool that did not end with code 0
    is no result.
    """
    finding = re.compile(pattern)

    def read(output: Output) -> list[Problem]:
        text = f"{output.ran.out}\n{output.ran.err}"
        matches = [match for line in text.splitlines() if (match := finding.fullmatch(line))]
        if not matches and output.ran.code:
            raise unreadable(output, name)
        return [problem_of(name, output, match.groupdict(), columns) for match in matches]

    return read


def problem_of(
    name: str, output: Output, found: Mapping[str, Any], columns: Columns = Columns.POINTS
) -> Problem:
    """Return a finding of `line_reader` as a problem.

    A finding in another file is kept at the top of the document, with the file in its message: a
    change that breaks its callers is no fix.
    """
    severity = _SEVERITIES.get((found.get("severity") or "error").strip().lower(), Severity.ERROR)
    rule, message = found.get("rule") or "", found["message"].strip()
    elsewhere = other_file(output, found["path"])
    if elsewhere:
        return Problem(name, rule, f"{elsewhere}: {message}", span_at(1), severity, elsewhere)
    line, column = int(found["line"]), int(found.get("column") or 1)
    return Problem(
        name, rule, message, span_at(line, points(output, line, column, columns)), severity
    )


_SEVERITIES = {
    "error": Severity.ERROR,
    "fatal error": Severity.ERROR,
    "warning": Severity.WARNING,
    "note": Severity.HINT,
    "info": Severity.INFORMATION,
    "information": Severity.INFORMATION,
}


def other_file(output: Output, path: str) -> str:
    """Return `path` below the root if it is not the checked file, else an empty string."""
    absolute = output.home / path
    if absolute in (output.folder / output.subject.relative, output.subject.path):
        return ""
    for root in (output.folder, output.subject.root):
        if absolute.is_relative_to(root):
            found = Path(absolute).relative_to(root)
            return "" if found == output.subject.relative else found.as_posix()
    return path


def points(output: Output, line: int, column: int, columns: Columns) -> int:
    """Return a one-based column in code points."""
    lines = split_lines(output.subject.text)
    if columns is Columns.POINTS or not 0 < line <= len(lines):
        return column
    if columns is Columns.CELLS:
        ends = accumulate(map(_cells, lines[line - 1]))
        return 1 + sum(end < column for end in ends)
    encoding, width = ("utf-8", 1) if columns is Columns.UTF8 else ("utf-16-le", 2)
    before = lines[line - 1].encode(encoding, "surrogatepass")[: (column - 1) * width]
    return len(before.decode(encoding, "ignore")) + 1


def _cells(character: str) -> int:
    if unicodedata.category(character) in _NO_CELL:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


_NO_CELL = frozenset({"Mn", "Me", "Cf"})


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
