"""Keep small what the tools of all workspaces keep from one run to the next."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lsp_server.checks.removal import removed

_IN_USE_SECONDS = 600
_AT_ONCE = 200


async def kept_within(state: Path, most_bytes: int) -> int:
    """Remove what tools keep of the workspaces longest unused until it is `most_bytes` at most.

    Returns how many workspaces were forgotten. One that a check was run in a few minutes ago
    stays, whatever it takes: a tool may be at work in it. Others run in between.
    """
    sizes = {folder: await _size(folder) for folder in _folders(state)}
    left, forgotten = sum(sizes.values()), 0
    now = time.time()
    for folder in sorted(sizes, key=_last_used):
        if left <= most_bytes or now - _last_used(folder) < _IN_USE_SECONDS:
            break
        await removed(folder)
        left -= sizes[folder]
        forgotten += 1
    return forgotten


def used(folder: Path) -> None:
    """Note that a workspace's tools are at work."""
    with suppress(OSError):
        os.utime(folder)


def _folders(state: Path) -> list[Path]:
    try:
        return [path for path in state.iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:
        return []


def _last_used(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


async def _size(folder: Path) -> int:
    total = 0
    for number, size in enumerate(_sizes(folder)):
        total += size
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
    return total


def _sizes(folder: Path) -> Iterator[int]:
    for path, _, files in os.walk(folder):
        for name in files:
            with suppress(OSError):
                yield Path(path, name).lstat().st_size
