"""Wait for a condition instead of for a time."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object]) -> None:
    """Let other tasks run until `condition` holds; the test's own timeout ends a wait for ever."""
    while not condition():  # noqa: ASYNC110 - the condition belongs to code that has no event
        await asyncio.sleep(0)
