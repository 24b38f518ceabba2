"""What is kept on disk, written when no key is likely to wait for it."""

import asyncio
from collections.abc import Callable

from lsp_server.common.clock import Clock
from lsp_server.features.inline_completion.seams import Keeps

_QUIET_SECONDS = 0.5
_MOST_WAITING = 256


class LaterOnDisk:
    """A cache that is read at once and written in the user's next pause.

    A write waits for the disk, several milliseconds at times, and with it would every key that
    comes meanwhile. `last_key` tells when the last one came.
    """

    def __init__(self, cache: Keeps, clock: Clock, last_key: Callable[[], float | None]) -> None:
        self._cache = cache
        self._clock = clock
        self._last_key = last_key
        self._waiting: dict[str, bytes] = {}
        self._writing: asyncio.Task[None] | None = None

    def get(self, key: str) -> bytes | None:
        """Return the value kept under `key`, or None."""
        waiting = self._waiting.get(key)
        return waiting if waiting is not None else self._cache.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Keep `value` under `key`, soon."""
        self._waiting[key] = value
        if len(self._waiting) > _MOST_WAITING:
            self._write_one()
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._in_pauses())

    def flush(self) -> None:
        """Write all that waits."""
        while self._waiting:
            self._write_one()

    def _write_one(self) -> None:
        key = next(iter(self._waiting))
        self._cache.put(key, self._waiting.pop(key))

    async def _in_pauses(self) -> None:
        while self._waiting:
            last = self._last_key()
            left = 0.0 if last is None else last + _QUIET_SECONDS - self._clock.now()
            if left > 0:
                await self._clock.sleep(left)
            else:
                self._write_one()
                await asyncio.sleep(0)
