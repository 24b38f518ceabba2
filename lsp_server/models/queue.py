"""One GPU, one queue.

Two requests that run at once slow each other down, and the user waits for the one that matters.
So one runs at a time: typing before the user's tasks, those before background work. A more urgent
request takes the turn away at the next token; whoever lost it comes back to where it was. A server
that serves several at once has as many seats.
"""

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar

from lsp_server.models.api import Urgency
from lsp_server.models.errors import Superseded

T = TypeVar("T")


class Turn:
    """One request's place in the queue; `lost` says that it has to let go."""

    def __init__(self, urgency: Urgency, number: int) -> None:
        self.urgency = urgency
        self.number = number
        self.superseded = False
        self._granted = asyncio.Event()
        self._lost = asyncio.Event()

    @property
    def lost(self) -> bool:
        """Whether someone more urgent waits, or a newer request has come."""
        return self._lost.is_set()

    def check(self) -> None:
        """Raise Superseded if a newer request took this one's place."""
        if self.superseded:
            raise Superseded

    async def through(self, source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
        """Yield from `source` until the turn is lost; `source` is closed in any case."""
        async with aclosing(source):
            lost = asyncio.ensure_future(self._lost.wait())
            try:
                while not self.lost:
                    step = asyncio.ensure_future(anext(source, None))
                    await _first_of(step, lost)
                    if step.cancelled():
                        return
                    item = step.result()
                    if item is None:
                        return
                    yield item
            finally:
                lost.cancel()


class Line:
    """Who has the GPU and who waits for it.

    Without `preempts` nobody loses a turn to someone more urgent: for servers that cannot go on
    with an answer.
    """

    def __init__(self, seats: int = 1, *, preempts: bool = True) -> None:
        self._seats = seats
        self._preempts = preempts
        self._numbers = itertools.count()
        self._waiting: list[Turn] = []
        self._holders: list[Turn] = []

    def ticket(self) -> int:
        """Draw a number; one who lost the turn comes back with the old number, so first."""
        return next(self._numbers)

    @property
    def is_idle(self) -> bool:
        """Whether nobody has a turn or waits for one."""
        return not self._waiting and not self._holders

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._waiting)

    def rearrange(self, seats: int, *, preempts: bool) -> None:
        """Take note that the server is another one now; whoever has a turn keeps it."""
        self._seats, self._preempts = seats, preempts
        self._grant()

    @asynccontextmanager
    async def turn(self, urgency: Urgency, number: int) -> AsyncIterator[Turn]:
        """Wait for the turn and hold it.

        A typing request makes all older typing requests leave: they raise Superseded.
        """
        turn = Turn(urgency, number)
        if urgency is Urgency.TYPING:
            self._supersede()
        self._waiting.append(turn)
        self._grant()
        try:
            await turn._granted.wait()  # noqa: SLF001 - the line and its turns are one thing
            turn.check()
            yield turn
        finally:
            self._leave(turn)

    def _supersede(self) -> None:
        for turn in (*self._waiting, *self._holders):
            if turn.urgency is Urgency.TYPING:
                turn.superseded = True
                turn._lost.set()  # noqa: SLF001
                turn._granted.set()  # noqa: SLF001
        self._waiting = [turn for turn in self._waiting if not turn.superseded]

    def _grant(self) -> None:
        """Give free seats to those who wait, and let as many give way as are less urgent."""
        self._waiting.sort(key=_rank)
        while self._waiting and len(self._holders) < self._seats:
            first = self._waiting.pop(0)
            self._holders.append(first)
            first._granted.set()  # noqa: SLF001
        if not self._preempts:
            return
        staying = sorted((turn for turn in self._holders if not turn.lost), key=_rank)
        leaving = len(self._holders) - len(staying)
        for first in self._waiting[leaving:]:
            if not staying or first.urgency >= staying[-1].urgency:
                return
            staying.pop()._lost.set()  # noqa: SLF001

    def _leave(self, turn: Turn) -> None:
        for turns in (self._waiting, self._holders):
            if turn in turns:
                turns.remove(turn)
        self._grant()


def _rank(turn: Turn) -> tuple[Urgency, int]:
    return turn.urgency, turn.number


async def _first_of(step: "asyncio.Future[Any]", other: "asyncio.Future[Any]") -> None:
    """Wait until one is done; a step that is not is cancelled and waited for."""
    try:
        await asyncio.wait({step, other}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if not step.done():
            step.cancel()
            await asyncio.wait({step})
