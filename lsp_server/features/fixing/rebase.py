"""Carry edits and problems over to a document that was changed elsewhere meanwhile."""

from collections.abc import Sequence
from dataclasses import replace

from lsp_server.common.edits import TextEdit
from lsp_server.common.problems import Problem
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
        moved.append(TextEdit(_followed(edit.span, changes), edit.new_text))
    return tuple(moved)


def followed(problems: Sequence[Problem], old: Snapshot, new: Snapshot) -> tuple[Problem, ...]:
    """Return `problems` of `old` on the lines of `new` to which theirs have moved.

    Those on lines that were changed stay where they were among the lines around.
    """
    changes = edits_between(old.lines, new.text)
    return tuple(replace(one, span=_followed(one.span, changes)) for one in problems)


def _followed(span: Span, changes: Sequence[TextEdit]) -> Span:
    above = [change for change in changes if change.span.end <= span.start]
    return _shifted(span, sum(map(_growth, above)))


def _lines(edit: TextEdit, before: int, after: int) -> set[int]:
    return set(range(edit.span.start.line + before, edit.span.end.line + after + 1))


def _growth(edit: TextEdit) -> int:
    text = edit.new_text.replace("\r\n", "\n").replace("\r", "\n")
    return text.count("\n") - (edit.span.end.line - edit.span.start.line)


def _shifted(span: Span, lines: int) -> Span:
    start, end = span.start, span.end
    return Span(Position(start.line + lines, start.column), Position(end.line + lines, end.column))
