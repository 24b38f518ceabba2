"""A clock that tests move by hand."""

import asyncio
import heapq
from dataclasses import dataclass, field
from itertools import count


@dataclass
class ManualClock:
    """A `Clock` that stands still until `advance` moves it.

    `sleepers` is how many tasks wait on it now.
    """

    time: float = 0.0
    _waiting: list[tuple[float, int, asyncio.Future[None]]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def now(self) -> float:
        """Return seconds since the test began."""
        return self.time

    @property
    def sleepers(self) -> int:
        """How many tasks wait."""
        return sum(not future.done() for _, _, future in self._waiting)

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been moved by `seconds`; zero or less lets others run once."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.time + seconds, next(self._order), future))
        await future

    async def advance(self, seconds: float) -> None:
        """Move the clock; sleepers wake in the order of their time and run before this returns."""
        end = self.time + seconds
        await self.settle()
        while self._waiting and self._waiting[0][0] <= end:
            self.time, _, future = heapq.heappop(self._waiting)
            if not future.done():
                future.set_result(None)
            await self.settle()
        self.time = end

    async def settle(self) -> None:
        """Let every task that can run do so, as far as it comes without the clock."""
        for _ in range(20):
            await asyncio.sleep(0)
