"""Time in the simulator: at once, as fast as the machine allows in true order, or in real time."""

import asyncio
import heapq
import itertools
from typing import Protocol

_SETTLING_TURNS = 30


class SimClock(Protocol):
    """Where the simulated server reads the time and waits."""

    def now(self) -> float:
        """Return seconds."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let simulated seconds pass."""
        ...


class RealClock:
    """Simulated seconds take as long as real ones, or `factor` times less."""

    def __init__(self, factor: float = 1.0) -> None:
        self._factor = factor

    def now(self) -> float:
        """Return seconds."""
        return asyncio.get_running_loop().time() * self._factor

    async def sleep(self, seconds: float) -> None:
        """Let simulated seconds pass."""
        await asyncio.sleep(seconds / self._factor)


class VirtualClock:
    """Time moves only when everyone waits, and then straight to whoever is next.

    Whoever sleeps wakes in the order of simulated time. Before time moves, all other tasks and
    sockets of the loop get turns, so that a client that would have acted by then has acted.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._pump: asyncio.Task[None] | None = None

    def now(self) -> float:
        """Return seconds."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move time on by hand."""
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        """Let simulated seconds pass."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._numbers), waking))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.ensure_future(self._run())
        await waking

    async def _run(self) -> None:
        while self._sleepers:
            for _ in range(_SETTLING_TURNS):
                await asyncio.sleep(0)
            if not self._sleepers:
                return
            time, _, waking = heapq.heappop(self._sleepers)
            if not waking.done():
                self._now = max(self._now, time)
                waking.set_result(None)
