"""Logging: to standard error or to a file, one line a record, never the text of a document."""

import logging
from logging.handlers import RotatingFileHandler, WatchedFileHandler
from pathlib import Path

LEVELS = ("error", "warning", "info", "debug")

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_FILE_BYTES = 2_000_000

# At their finer levels these write requests whole, and with them the user's code.
_TALKATIVE = ("httpx", "httpcore", "pygls", "asyncio", "watchfiles", "markdown_it", "hpack")


def set_up_logging(
    level: str = "warning", file: Path | None = None, *, shared: bool = False
) -> None:
    """Send records of `level` and above to `file`, or to standard error where it is None.

    `level` is one of LEVELS. `shared` says that another process owns the file and rotates it. A
    file is rotated at two megabytes and readable by its owner only.
    Raises OSError if the file cannot be opened.
    """
    handler = _file_handler(file, shared=shared) if file else logging.StreamHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def log_arguments() -> list[str]:
    """Return the level and the file that this process logs to, for a child to log there too."""
    root = logging.getLogger()
    level = logging.getLevelName(root.level).lower()
    files = [one.baseFilename for one in root.handlers if isinstance(one, RotatingFileHandler)]
    return [level if level in LEVELS else "warning", *files[:1]]


def _file_handler(file: Path, *, shared: bool) -> logging.Handler:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    if shared:
        # It notices that the owner has rotated the file, and opens the new one.
        return WatchedFileHandler(file, encoding="utf-8")
    return RotatingFileHandler(file, maxBytes=_FILE_BYTES, backupCount=1, encoding="utf-8")
