"""Between plain values and the protocol's types."""

from collections.abc import Sequence

from lsprotocol import types

from lsp_server.common.edits import TextEdit
from lsp_server.common.problems import Problem, Severity
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import Position, Span, body
from lsp_server.features.values import Suggestion
from lsp_server.protocol.documents import Document
from lsp_server.protocol.editor.profile import PositionEncoding
from lsp_server.protocol.units import position_of_units, units_of_column

_SEVERITIES = {
    types.DiagnosticSeverity.Error: Severity.ERROR,
    types.DiagnosticSeverity.Warning: Severity.WARNING,
    types.DiagnosticSeverity.Information: Severity.INFORMATION,
    types.DiagnosticSeverity.Hint: Severity.HINT,
}


def to_position(
    position: Position, lines: Sequence[str], encoding: PositionEncoding
) -> types.Position:
    """Return `position` in the client's units."""
    units = units_of_column(body(lines[position.line]), position.column, encoding)
    return types.Position(position.line, units)


def to_range(span: Span, lines: Sequence[str], encoding: PositionEncoding) -> types.Range:
    """Return `span` in the client's units."""
    return types.Range(
        to_position(span.start, lines, encoding), to_position(span.end, lines, encoding)
    )


def to_text_edit(
    edit: TextEdit, lines: Sequence[str], encoding: PositionEncoding
) -> types.TextEdit:
    """Return `edit` of the text of `lines` in the client's units."""
    return types.TextEdit(to_range(edit.span, lines, encoding), edit.new_text)


def to_inline_item(
    suggestion: Suggestion, snapshot: Snapshot, encoding: PositionEncoding
) -> types.InlineCompletionItem:
    """Return the suggestion as inline completion.

    The range is always given: without one VS Code replaces the word at the cursor, and Neovim
    nothing.
    """
    span = to_range(suggestion.span, snapshot.lines, encoding)
    return types.InlineCompletionItem(insert_text=suggestion.text, range=span)


def problem_of(diagnostic: types.Diagnostic, document: Document) -> Problem:
    """Return the problem that the editor shows in `document`."""
    severity = diagnostic.severity or types.DiagnosticSeverity.Error
    return Problem(
        check=diagnostic.source or "editor",
        rule="" if diagnostic.code is None else str(diagnostic.code),
        message=str(diagnostic.message),
        span=document.span(diagnostic.range),
        severity=_SEVERITIES[severity],
    )


def span_of(range_: types.Range, lines: Sequence[str], encoding: PositionEncoding) -> Span:
    """Return the span of text that the client's range means in `lines`."""
    start = position_of_units(lines, range_.start.line, range_.start.character, encoding)
    end = position_of_units(lines, range_.end.line, range_.end.character, encoding)
    return Span(min(start, end), max(start, end))
