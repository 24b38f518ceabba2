"""Time as an argument, so that tests move it by hand."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Where a feature reads the time and waits."""

    def now(self) -> float:
        """Return seconds on a clock that never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; cancelling the task ends the wait at once."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Return seconds on a clock that never goes back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait; cancelling the task ends the wait at once."""
        await asyncio.sleep(seconds)
