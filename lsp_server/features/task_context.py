"""The context engine as features use it: tasks wait for the index, typing never does."""

import asyncio
import logging
from dataclasses import replace

from lsp_server.common.blocks import Packed
from lsp_server.common.secrecy import is_secret_file
from lsp_server.common.snapshot import Place
from lsp_server.context.engine import ContextEngine
from lsp_server.context.evidence import Evidence
from lsp_server.context.index.process import IndexGone

_log = logging.getLogger(__name__)

# An answer from half an index is worse than a late one, but there is a limit to waiting.
_INDEX_SECONDS = 20.0

_TOKEN_CHARACTERS = 3


class TaskContext:
    """What features are given of the repository. Without an index it is the current file alone."""

    def __init__(self, engine: ContextEngine) -> None:
        self._engine = engine

    async def pack(self, place: Place, budget_tokens: int) -> Packed:
        """Return at most `budget_tokens` tokens of what matters at `place`."""
        try:
            return await self._engine.pack(place, budget_tokens)
        except IndexGone as error:
            _log.warning("The current file is all the context: %s", error)
            return file_alone(place, budget_tokens)

    async def evidence(self, question: str, place: Place | None, tokens: int) -> Packed:
        """Return the map and the blocks that `question` touches, the most telling first."""
        try:
            await self._complete()
            begun = await self._engine.overview(tokens)
            found = await self._engine.evidence(question, place, tokens - begun.tokens)
            return _packed(begun, found)
        except IndexGone as error:
            _log.warning("There is no evidence: %s", error)
            if place is None or is_secret_file(place.snapshot.path):
                return Packed("", (), "", "", 0)
            return file_alone(place, tokens)

    async def overview(self, tokens: int) -> Packed:
        """Return what the evidence of `tokens` tokens begins with; empty while the index grows."""
        try:
            return await self._engine.overview(tokens)
        except IndexGone as error:
            _log.warning("There is no map: %s", error)
            return Packed("", (), "", "", 0)

    async def _complete(self) -> None:
        if self._engine.status.complete:
            return
        try:
            await asyncio.wait_for(self._engine.complete(), _INDEX_SECONDS)
        except TimeoutError:
            _log.info("The evidence comes from an index that is still growing.")


class TypingContext:
    """What the features that must not wait are given of the repository."""

    def __init__(self, engine: ContextEngine) -> None:
        self._engine = engine

    @property
    def revision(self) -> int:
        """Which state of the context this is: while it stays, a place is packed as before."""
        return self._engine.revision

    async def pack(self, place: Place, budget_tokens: int) -> Packed:
        """Return at most `budget_tokens` tokens of what is known by now to matter at `place`."""
        return self._engine.pack_now(place, budget_tokens)

    async def repack(self, place: Place, budget_tokens: int) -> None:
        """Fill the context anew for `place` where that pays: nobody waits now."""
        try:
            await self._engine.repack(place, budget_tokens)
        except IndexGone as error:
            _log.warning("The context stays as it is: %s", error)


def file_alone(place: Place, tokens: int) -> Packed:
    """Return the text around `place`, three quarters of it above, in about `tokens` tokens."""
    room = tokens * _TOKEN_CHARACTERS
    above = place.above[-room * 3 // 4 :]
    below = place.below[: room - len(above)]
    return Packed("", (), below, above, (len(above) + len(below)) // _TOKEN_CHARACTERS)


def _packed(begun: Packed, evidence: Evidence) -> Packed:
    callers = "".join(f"{one.path}:{one.line}: {one.text.strip()}\n" for one in evidence.callers)
    uses = f"\nUsed here:\n{callers}" if callers else ""
    return replace(
        begun,
        log=evidence.blocks,
        tokens=begun.tokens + evidence.tokens,
        around=evidence.map + uses,
    )
