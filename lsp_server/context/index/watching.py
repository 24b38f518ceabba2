"""Changes on disk, for clients that report none.

Only folders that hold indexed files are watched, each by itself: what is ignored, such as
`node_modules`, costs no watch.
"""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from pathlib import Path

# Changes that come together, as when a branch is switched, are told together.
_TOGETHER_MS = 800
_STEP_MS = 100


async def changes(folders: Callable[[], Iterable[Path]]) -> AsyncGenerator[list[Path], None]:
    """Yield the paths that were made, changed or deleted in `folders`, a list at a time.

    After a list with a folder in it, `folders` is asked anew.
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
        gone = False
        async with aclosing(batches) as found:
            async for batch in found:
                paths = sorted({Path(path) for _, path in batch})
                yield paths
                gone = any(path.is_dir() for path in paths)
                if gone:
                    break
        if not gone:
            return
