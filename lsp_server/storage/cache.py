"""The cache: bytes by content key, on disk, size-limited, and never a reason to stop."""

import logging
import shutil
import sqlite3
from pathlib import Path
from typing import Any

from lsp_server.common.errors import TandemError
from lsp_server.config.settings import CacheSettings
from lsp_server.storage.paths import cache_root, private_folder

log = logging.getLogger(__name__)

# The folder's name carries the version of its layout: another layout is another folder, and
# rebuilding never touches what else lies in a folder that the user chose.
_FOLDER = "entries-1"

# Another process may hold the database for a moment. Waiting longer than this on the event loop
# would be felt while typing, and a miss costs less.
_LOCK_SECONDS = 0.02

# The least recently stored go first: the other policies write to the disk on every read.
# The page cache and the memory map are kept small because they count as the server's memory.
_OPTIONS: dict[str, Any] = {
    "timeout": _LOCK_SECONDS,
    "eviction_policy": "least-recently-stored",
    "sqlite_cache_size": 256,
    "sqlite_mmap_size": 0,
}


class Cache:
    """Values by key. Each call is short and blocking, so it may stand on the event loop.

    Trouble with the disk is written to the log and looks like an empty cache; a damaged cache is
    removed and begun again.
    """

    def __init__(self, folder: Path, size_bytes: int) -> None:
        self._folder = folder
        self._size = size_bytes
        self._store: Any = None
        self._reopen()

    @property
    def works(self) -> bool:
        """Whether anything is kept at all."""
        return self._store is not None

    @property
    def folder(self) -> Path:
        """Where the entries lie."""
        return self._folder

    def get(self, key: str) -> bytes | None:
        """Return the value kept under `key`, or None."""
        if self._store is None:
            return None
        try:
            value = self._store.get(key)
        except TandemError as error:
            log.warning("%s The entry was dropped.", error.sentence)
            self._drop(key)
            return None
        except (sqlite3.Error, self._store_timeout(), OSError) as error:
            self._trouble(error)
            return None
        return value if isinstance(value, bytes) else None

    def put(self, key: str, value: bytes) -> None:
        """Keep `value` under `key`, for as long as there is room."""
        if self._store is None:
            return
        try:
            self._store.set(key, value)
        except (sqlite3.Error, self._store_timeout(), OSError) as error:
            self._trouble(error)

    def volume(self) -> int:
        """Return how many bytes the cache takes on disk."""
        return int(self._store.volume()) if self._store is not None else 0

    def close(self) -> None:
        """Let go of the database; later calls find nothing."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _drop(self, key: str) -> None:
        try:
            self._store.delete(key)
        except (sqlite3.Error, self._store_timeout(), OSError) as error:
            self._trouble(error)

    def _trouble(self, error: Exception) -> None:
        if _is_damage(error):
            self._rebuild(error)
        else:
            log.info("The cache was not used: %s.", str(error) or "another process holds it")

    def _rebuild(self, error: Exception) -> None:
        log.warning("The cache in %s is damaged (%s) and was begun again.", self._folder, error)
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._reopen(rebuilt=True)

    def _reopen(self, *, rebuilt: bool = False) -> None:
        try:
            self._store = _open_store(self._folder, self._size)
        except (sqlite3.Error, OSError, TandemError, self._store_timeout()) as error:
            if _is_damage(error) and not rebuilt:
                self._rebuild(error)
            else:
                log.warning("Nothing is kept on disk: %s", error)

    @staticmethod
    def _store_timeout() -> type[Exception]:
        import diskcache

        timeout: type[Exception] = diskcache.Timeout
        return timeout


def _is_damage(error: Exception) -> bool:
    """Whether `error` says that the file is no sound database.

    OperationalError says that the disk is full, the file locked, or that no descriptor was left to
    open it with: what was kept is as good as before, and nothing may remove it.
    """
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.OperationalError
    )


def open_cache(settings: CacheSettings) -> Cache:
    """Return the cache that `settings` describe; one that keeps nothing where the disk refuses."""
    return Cache(cache_root(settings) / _FOLDER, settings.size_mb * 1024 * 1024)


def _open_store(folder: Path, size_bytes: int) -> Any:
    from lsp_server.storage.disk import SafeStore

    private_folder(folder.parent)
    private_folder(folder)
    return SafeStore(str(folder), size_limit=size_bytes, **_OPTIONS)
