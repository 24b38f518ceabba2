"""One asker at a time for each document: a newer request ends the wait of the older at once."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any


class Turn:
    """The right to wait; it ends when a newer request of the document takes its turn."""

    def __init__(self) -> None:
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def is_over(self) -> bool:
        """Whether a newer request has come."""
        return self._over.done()

    def end(self) -> None:
        """Wake whoever waits in this turn."""
        if not self._over.done():
            self._over.set_result(None)

    async def wait(self, work: Coroutine[Any, Any, None]) -> bool:
        """Wait for `work`; return False, with the work cancelled, where the turn ends first."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task, self._over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not task.done():
                task.cancel()
                await _ended(task)
        if task.cancelled():
            return False
        task.result()
        return not self.is_over


async def _ended(task: Awaitable[None]) -> None:
    await asyncio.gather(task, return_exceptions=True)


class Turns:
    """The current turn of each document."""

    def __init__(self) -> None:
        self._current: dict[str, Turn] = {}

    def take(self, uri: str) -> Turn:
        """Begin a turn; the one before it ends."""
        if uri in self._current:
            self._current[uri].end()
        turn = self._current[uri] = Turn()
        return turn
