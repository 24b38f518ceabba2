"""Carry edits over to a document that was changed elsewhere meanwhile."""

from collections.abc import Sequence

from lsp_server.common.edits import TextEdit
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import Position, Span
from lsp_server.edits.smallest import edits_between


def rebased(edits: Sequence[TextEdit], old: Snapshot, new: Snapshot) -> tuple[TextEdit, ...] | None:
    """Return `edits` of `old` as edits of `new`, or None if both touch the same lines.

    Lines that only meet count as the same: a line typed right below a rewritten one may belong
    to it.
    """
    changes = edits_between(old.lines, new.text)
    moved = list[TextEdit]()
    for edit in edits:
        first, last = edit.span.start.line, edit.span.end.line
        if any(_lines(change, -1, 1) & set(range(first, last + 1)) for change in changes):
            return None
        above = [change for change in changes if change.span.end.line < first]
        shift = sum(map(_growth, above))
        moved.append(TextEdit(_shifted(edit.span, shift), edit.new_text))
    return tuple(moved)


def _lines(edit: TextEdit, before: int, after: int) -> set[int]:
    return set(range(edit.span.start.line + before, edit.span.end.line + after + 1))


def _growth(edit: TextEdit) -> int:
    text = edit.new_text.replace("\r\n", "\n").replace("\r", "\n")
    return text.count("\n") - (edit.span.end.line - edit.span.start.line)


def _shifted(span: Span, lines: int) -> Span:
    start, end = span.start, span.end
    return Span(Position(start.line + lines, start.column), Position(end.line + lines, end.column))
