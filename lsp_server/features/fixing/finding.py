"""What the checks find before anyone has asked a model."""

from collections.abc import Sequence

from lsp_server.common.problems import Problem, Severity
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import Span
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.seams import Workshop

# What an editor shows below that are mostly remarks, by spelling checkers for one.
_TELLING = (Severity.ERROR, Severity.WARNING)


async def problems_on_lines(
    shop: Workshop, snapshot: Snapshot, span: Span, shown: Sequence[Problem] = ()
) -> tuple[Problem, ...]:
    """Return what all checks but tests find on the lines of `span`, from the top down.

    With it comes what the editor has `shown` on lines where no check of ours finds anything: two
    tools seldom say the same in the same words.
    """
    found = await Bench.of(snapshot, shop, tests=False).look(snapshot.text)
    only_shown = (
        problem
        for problem in shown
        if problem.severity in _TELLING
        and not any(_same_lines(problem.span, one.span) for one in found.problems)
    )
    both = (*found.problems, *only_shown)
    on_lines = (problem for problem in both if _same_lines(problem.span, span))
    return tuple(sorted(on_lines, key=lambda problem: problem.span.start))


def _same_lines(one: Span, other: Span) -> bool:
    return one.start.line <= other.end.line and other.start.line <= one.end.line
