"""What the checks find before anyone has asked a model."""

from lsp_server.common.problems import Problem
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import Span
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.seams import Workshop


async def problems_on_lines(shop: Workshop, snapshot: Snapshot, span: Span) -> tuple[Problem, ...]:
    """Return what all checks but tests find on the lines of `span`, from the top down."""
    found = await Bench.of(snapshot, shop, tests=False).look(snapshot.text)
    return tuple(problem for problem in found.problems if _same_lines(problem.span, span))


def _same_lines(one: Span, other: Span) -> bool:
    return one.start.line <= other.end.line and other.start.line <= one.end.line
