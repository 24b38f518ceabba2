"""Changes on disk, for clients that report none.

Only folders that hold indexed files are watched, each by itself: what is ignored, such as
`node_modules`, costs no watch.
"""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any, TypeAlias

# Changes that come together, as when a branch is switched, are told together.
_TOGETHER_MS = 800
_STEP_MS = 100
# Times of files may lag behind the clock by a tick of the system.
_CLOCK_SECONDS = 0.05

# What the library tells: how a path changed, and the path.
_Batch: TypeAlias = set[tuple[Any, str]]


async def changes(
    folders: Callable[[], Iterable[Path]], since: float
) -> AsyncGenerator[list[Path], None]:
    """Yield the paths that were made, changed or deleted in `folders`, a list at a time.

    `since` is the time, in seconds since the epoch, at which somebody began to list the folders:
    those that changed until they were watched come first. After a list with a folder in it,
    `folders` is asked anew. Raises OSError where the system lets no more folders be watched.
    """
    while watched := [folder for folder in folders() if folder.is_dir()]:
        try:
            async with aclosing(_batches(watched, since)) as found:
                async for paths in found:
                    since = time.time()
                    yield paths
                    if any(path.is_dir() for path in paths):
                        break
                else:
                    return
        except FileNotFoundError:
            # A folder went before it was watched; that it was there a moment ago is asked again.
            await asyncio.sleep(_STEP_MS / 1000)


async def _batches(folders: Sequence[Path], since: float) -> AsyncGenerator[list[Path], None]:
    """Yield what changes in `folders`, first of all what has changed since a time."""
    from watchfiles import awatch

    batches = awatch(
        *folders,
        recursive=False,
        watch_filter=None,
        debounce=_TOGETHER_MS,
        step=_STEP_MS,
        ignore_permission_denied=True,
    )
    async with aclosing(batches) as found:
        # The watch begins with the first step of this task; what came before is looked for after.
        coming = asyncio.ensure_future(_next(found))
        await asyncio.sleep(0)
        try:
            late = _changed_since(folders, since)
            if late:
                yield late
            while batch := await coming:
                yield sorted({Path(path) for _, path in batch})
                coming = asyncio.ensure_future(_next(found))
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


async def _next(batches: AsyncIterator[_Batch]) -> _Batch:
    return await anext(batches, set())


def _changed_since(folders: Sequence[Path], since: float) -> list[Path]:
    """Return those of `folders`, and of the files in them, that have changed since a time."""
    # What a clock that goes wrong puts into the future would be found anew for ever.
    first, last = since - _CLOCK_SECONDS, time.time()
    found = []
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as entries:
            if first <= folder.stat().st_mtime <= last:
                found.append(folder)
            found += [
                Path(entry.path)
                for entry in entries
                if not entry.is_dir(follow_symlinks=False)
                and first <= entry.stat(follow_symlinks=False).st_mtime <= last
            ]
    return sorted(found)
