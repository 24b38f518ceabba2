"""Remove a tree of files without keeping others waiting."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_AT_ONCE = 200


async def removed(tree: Path) -> None:
    """Remove `tree` as far as the system lets us; others run in between.

    A build or a copy of a large project takes a while to remove, and the editor asks meanwhile.
    """
    for number, _ in enumerate(_removing(tree)):
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
    shutil.rmtree(tree, ignore_errors=True)


def _removing(tree: Path) -> Iterator[None]:
    """Remove what is in the tree, a file or a folder at a time."""
    for folder, folders, files in os.walk(tree, topdown=False):
        for name in files:
            # A program that ran here may have left a folder that nobody may write to.
            with suppress(OSError):
                Path(folder, name).unlink()
            yield
        # Links to folders are listed as folders, and must not be entered.
        for name in folders:
            _removed_folder(Path(folder, name))
            yield


def _removed_folder(path: Path) -> None:
    with suppress(OSError):
        if path.is_symlink():
            path.unlink()
        else:
            path.rmdir()
