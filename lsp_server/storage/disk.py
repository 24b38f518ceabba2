"""diskcache without pickle.

diskcache pickles every value that is not a string, bytes or a number, and unpickles whatever it
finds: who can write into the folder runs code in the server (CVE-2025-69872). Nothing here is
ever pickled, and a row that names a file outside the folder is refused as well.
"""

import re
from typing import Any

import diskcache
from diskcache.core import MODE_PICKLE, UNKNOWN

from lsp_server.common.errors import TandemError

# The names that diskcache gives its files (diskcache.Disk.filename).
_VALUE_FILE = re.compile(r"[0-9a-f]{2}[/\\][0-9a-f]{2}[/\\][0-9a-f]{28}\.val")


class UnsafeEntry(TandemError):
    """An entry of the cache is not one that Tandem wrote."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The cache holds {what}, which Tandem never writes.")


class SafeDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache has no types
    """Keys are strings; values are bytes; everything else raises UnsafeEntry or TypeError."""

    def put(self, key: Any) -> tuple[Any, bool]:
        """Return the key as the database keeps it."""
        if type(key) is not str:
            raise TypeError(f"a key of the cache is a string, not {type(key).__name__}")
        return key, True

    def get(self, key: Any, raw: Any) -> Any:
        """Return the key that the database kept."""
        if not raw:
            raise UnsafeEntry("a pickled key")
        return super().get(key, raw)

    def store(self, value: Any, read: Any, key: Any = UNKNOWN) -> Any:
        """Return the value as the database keeps it."""
        if type(value) is not bytes:
            raise TypeError(f"a value of the cache is bytes, not {type(value).__name__}")
        return super().store(value, read, key)

    def fetch(self, mode: Any, filename: Any, value: Any, read: Any) -> Any:
        """Return the value that the database or a value file kept."""
        if mode == MODE_PICKLE:
            raise UnsafeEntry("a pickle")
        if filename is not None and not _VALUE_FILE.fullmatch(filename):
            raise UnsafeEntry("a file name of its own making")
        return super().fetch(mode, filename, value, read)

    def remove(self, file_path: Any) -> None:
        """Remove a value file; a name that diskcache did not make is left alone."""
        if _VALUE_FILE.fullmatch(file_path):
            super().remove(file_path)


class SafeStore(diskcache.Cache):  # type: ignore[misc]  # diskcache has no types
    """diskcache's cache over a SafeDisk, which lets go of a database that it cannot read."""

    def __init__(self, directory: str, **options: Any) -> None:
        try:
            super().__init__(directory, disk=SafeDisk, **options)
        except Exception:
            # diskcache leaves the connection open, and with it the file that is to be removed.
            if hasattr(self, "_local"):
                self.close()
            raise
