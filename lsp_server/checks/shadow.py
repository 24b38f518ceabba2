"""A shadow workspace: changed files over the real tree, which stays as it is.

Only the folders on the way to a changed file are made anew; everything beside them is a link to
the real thing, so the cost is that of a few folders and not that of the repository. Tools that
write beside what they read get `copied` instead, where nothing is shared.
"""

import asyncio
import errno
import os
import random
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import (
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)
from itertools import count
from pathlib import Path

from lsp_server.checks.errors import OutsideWorkspace, WorkspaceTooLarge
from lsp_server.checks.removal import removed

MOST_BYTES = 1 << 30
"""How much is copied at most: a temporary folder may lie in memory."""
PREFIX = "tandem-shadow-"
_OLD_SECONDS = 3600
# Longer than any check runs.
_AHEAD_SECONDS = 3600
_AT_ONCE = 16
# Never the same twice, nor likely to be that of another process that uses the same caches.
_ticks = count(random.randrange(1_000_000))  # noqa: S311 - nothing to guess
# What this user may not read, say a database's folder, none of his tools reads either; and files
# go away while others are copied.
_NOT_THERE = (PermissionError, FileNotFoundError)
# Folders that tools fill or fetch themselves: they hold no source, and copying them is slow.
_HEAVY = frozenset({".git", ".hg", ".svn", ".venv", "venv", "node_modules", "target", ".tox"})
_CACHES = frozenset({"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"})


@contextmanager
def linked(root: Path, changed: Mapping[Path, str]) -> Iterator[Path]:
    """Make a shadow of `root` in which the files `changed` have these texts; yield its folder.

    Keys are relative to `root`. Links that lead out of `root` are left out. The folder is removed
    at the end. Raises `OutsideWorkspace` if a changed path leads out of `root`.
    """
    with _folder() as shadow:
        for path in changed:
            _refuse_outside(root, path)
        folders = sorted({parent for path in changed for parent in path.parents})
        for folder in folders:
            (shadow / folder).mkdir(exist_ok=True)
        for folder in folders:
            _link_entries(root, folder, shadow)
        _write(shadow, changed)
        yield shadow


@asynccontextmanager
async def copied(root: Path, changed: Mapping[Path, str]) -> AsyncIterator[Path]:
    """Make a shadow like `linked`, but of copies: a tool that writes cannot reach the real tree.

    Version control, environments and build folders are linked or left out. Copying and removing
    let others run in between. Raises `WorkspaceTooLarge` beyond `MOST_BYTES`, or where the disk is
    full before.
    """
    for path in changed:
        _refuse_outside(root, path)
    shadow = _new_folder()
    try:
        await _copy(root, shadow)
        _write(shadow, changed)
        yield shadow
    finally:
        # Shielded: a second cancel must not leave half of it behind.
        await asyncio.shield(removed(shadow))


async def _copy(root: Path, shadow: Path) -> None:
    left = MOST_BYTES
    try:
        for number, size in enumerate(_copy_folder(root, root, shadow)):
            left -= size
            if left < 0:
                raise _too_large(f"more than {MOST_BYTES >> 20} MB")
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise _too_large("more than there is room for") from error


def _too_large(what: str) -> WorkspaceTooLarge:
    return WorkspaceTooLarge(
        f"The workspace holds {what}, which is too much to copy for a check.",
        "Open the folder of one package, or move large data out of the workspace.",
    )


async def swept() -> int:
    """Remove shadows whose process is gone, and return how many there were."""
    leftovers = _leftovers()
    for path in leftovers:
        await removed(path)
    return len(leftovers)


def _leftovers() -> list[Path]:
    shadows = Path(tempfile.gettempdir()).glob(f"{PREFIX}*")
    return [path for path in shadows if _is_left(path)]


@contextmanager
def _folder() -> Iterator[Path]:
    shadow = _new_folder()
    try:
        yield shadow
    finally:
        shutil.rmtree(shadow, ignore_errors=True)


def _new_folder() -> Path:
    # The process's number is in the name, so that a later start can tell a crash's leftovers.
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")).resolve()


def _is_left(path: Path) -> bool:
    number = path.name.removeprefix(PREFIX).split("-")[0]
    if not number.isdigit() or int(number) == os.getpid():
        return False
    try:
        found = path.lstat()
    except OSError:
        return False
    mine = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    # A process of another container that shares this folder looks gone; its shadow is young.
    old = time.time() - found.st_mtime > _OLD_SECONDS
    return mine and old and not _is_running(int(number))


def _is_running(pid: int) -> bool:
    if sys.platform == "win32":
        # Signal 0 would end the process there; an old shadow is left to the system instead.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _refuse_outside(root: Path, path: Path) -> None:
    real = (root / path).resolve()
    if path.is_absolute() or ".." in path.parts or not real.is_relative_to(root.resolve()):
        raise OutsideWorkspace(f"{path} does not lie in the workspace.")


def _link_entries(root: Path, folder: Path, shadow: Path) -> None:
    home = root.resolve()
    real = root / folder
    if not real.is_dir():
        return
    with os.scandir(real) as entries:
        for entry in entries:
            target = shadow / folder / entry.name
            if entry.name not in _CACHES and not target.exists() and _stays(entry, home):
                _link(Path(entry.path), target)


def _stays(entry: "os.DirEntry[str]", home: Path) -> bool:
    return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(home)


def _link(real: Path, target: Path) -> None:
    try:
        target.symlink_to(real.absolute(), target_is_directory=real.is_dir())
    except OSError:
        # Windows lets only some users make symbolic links.
        if real.is_dir():
            _junction(real, target)
        else:
            shutil.copyfile(real, target)


def _junction(real: Path, target: Path) -> None:
    if sys.platform == "win32":
        import _winapi

        _winapi.CreateJunction(str(real.absolute()), str(target))
    else:
        shutil.copytree(real, target, symlinks=True)


def _copy_folder(root: Path, real: Path, target: Path) -> Iterator[int]:
    """Copy one thing after the other; yield the bytes of each file before it is copied."""
    home = root.resolve()
    with _readable(real) as entries:
        for entry in entries:
            source, copy = Path(entry.path), target / entry.name
            if entry.name in _CACHES or not _stays(entry, home):
                continue
            if entry.name in _HEAVY or entry.is_symlink():
                _link(source, copy)
            elif entry.is_dir():
                copy.mkdir()
                yield from _copy_folder(root, source, copy)
            elif _is_file(entry):
                with suppress(*_NOT_THERE):
                    yield entry.stat().st_size
                    shutil.copy2(source, copy)


def _is_file(entry: "os.DirEntry[str]") -> bool:
    try:
        return stat.S_ISREG(entry.stat().st_mode)
    except _NOT_THERE:
        return False


def _readable(folder: Path) -> "AbstractContextManager[Iterator[os.DirEntry[str]]]":
    try:
        return os.scandir(folder)
    except _NOT_THERE:
        return nullcontext(iter(()))


def _write(shadow: Path, changed: Mapping[Path, str]) -> None:
    for path, text in changed.items():
        target = shadow / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_bytes(text.encode(errors="surrogatepass"))
        # cargo takes a file for unchanged that is older than the last build, also another shadow's;
        # mypy one that has the size and, in whole seconds, the time of the last that it saw.
        later = time.time() + _AHEAD_SECONDS + next(_ticks)
        os.utime(target, (later, later))
