"""Changes on disk, for clients that report none.

Only folders that hold indexed files are watched, each by itself: what is ignored, such as
`node_modules`, costs no watch.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from pathlib import Path

# Changes that come together, as when a branch is switched, are told together.
_TOGETHER_MS = 800
_STEP_MS = 100


async def changes(folders: Callable[[], Iterable[Path]]) -> AsyncGenerator[list[Path], None]:
    """Yield the paths that were made, changed or deleted in `folders`, a list at a time.

    After a list with a folder in it, `folders` is asked anew. Raises OSError where the system
    lets no more folders be watched.
    """
    from watchfiles import awatch

    while watched := [folder for folder in folders() if folder.is_dir()]:
        batches = awatch(
            *watched,
            recursive=False,
            watch_filter=None,
            debounce=_TOGETHER_MS,
            step=_STEP_MS,
            ignore_permission_denied=True,
        )
        anew = False
        try:
            async with aclosing(batches) as found:
                async for batch in found:
                    paths = sorted({Path(path) for _, path in batch})
                    yield paths
                    anew = any(path.is_dir() for path in paths)
                    if anew:
                        break
        except FileNotFoundError:
            # A folder went before it was watched; that it was there a moment ago is asked again.
            await asyncio.sleep(_STEP_MS / 1000)
            anew = True
        if not anew:
            return
