"""Which lines an action works on."""

from collections.abc import Sequence

from lsp_server.common.problems import Problem
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import Position, Span, clamp
from lsp_server.edits.target import Target
from lsp_server.features.seams import Syntax

_LONGEST = 200
_SHORT_FILE = 120
_AROUND = 10


def target_of_problems(snapshot: Snapshot, problems: Sequence[Problem], syntax: Syntax) -> Target:
    """Return the definition that holds all `problems`, or the lines around them.

    A definition too long to be written again, and code outside of any, gives the lines around; a
    short file is taken whole.
    """
    first = clamp(snapshot.lines, min(problem.span.start for problem in problems))
    last = clamp(snapshot.lines, max(problem.span.end for problem in problems))
    if target := _definition(snapshot, Span(first, last), syntax):
        return target
    if len(snapshot.lines) <= _SHORT_FILE:
        return Target.whole(snapshot)
    start = max(0, first.line - _AROUND)
    end = min(len(snapshot.lines) - 1, last.line + _AROUND)
    return Target.of_span(snapshot, Span(Position(start, 0), Position(end + 1, 0)))


def target_of_selection(snapshot: Snapshot, span: Span, syntax: Syntax) -> Target:
    """Return the selected lines, or the definition at the cursor where nothing is selected."""
    start, end = clamp(snapshot.lines, span.start), clamp(snapshot.lines, span.end)
    if start != end:
        return Target.of_span(snapshot, Span(start, end))
    return _definition(snapshot, Span(start, end), syntax) or Target.of_span(
        snapshot, Span(start, end)
    )


def _definition(snapshot: Snapshot, span: Span, syntax: Syntax) -> Target | None:
    named = syntax.enclosing(snapshot, span.start)
    if named is None or not named.span.start.line <= span.end.line <= named.span.end.line:
        return None
    target = Target.of_span(snapshot, named.span, named.name)
    return target if target.last - target.first <= _LONGEST else None
