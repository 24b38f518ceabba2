"""The engine as single features see it: at once for typing, with a wait for tasks and questions."""

from lsp_server.common.blocks import Block, Depth, Packed
from lsp_server.common.snapshot import Place
from lsp_server.common.text import Position, Span
from lsp_server.context.engine import ContextEngine
from lsp_server.context.evidence import Evidence


class TypingContext:
    """Context without a wait: what the log holds now; what a new file needs follows behind."""

    def __init__(self, engine: ContextEngine) -> None:
        self._engine = engine

    def pack(self, place: Place, budget: int) -> Packed:
        """Return at most `budget` tokens of context for `place`; no waiting."""
        return self._engine.pack_now(place, budget)


class TaskContext:
    """Context for work that may wait for the index."""

    def __init__(self, engine: ContextEngine) -> None:
        self._engine = engine

    async def pack(self, place: Place, tokens: int) -> Packed:
        """Return what a model should see of the repository for a task at `place`."""
        return await self._engine.pack(place, tokens)

    async def evidence(self, question: str, place: Place | None, tokens: int) -> Packed:
        """Return the map and the blocks that `question` touches, the most telling first."""
        return as_packed(await self._engine.evidence(question, place, tokens))


def as_packed(evidence: Evidence) -> Packed:
    """Return evidence in the order of a prompt: modules, definitions, then the lines that call."""
    callers = tuple(
        Block(
            path=caller.path,
            span=Span(Position(caller.line, 0), Position(caller.line, len(caller.text))),
            text=caller.text + "\n",
            tokens=0,
            depth=Depth.NAME,
            why=f"uses `{caller.name}`" + (f" in `{caller.inside}`" if caller.inside else ""),
        )
        for caller in evidence.callers
    )
    return Packed(evidence.map, (*evidence.blocks, *callers), "", "", evidence.tokens)
