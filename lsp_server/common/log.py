"""Logging: to standard error or to a file, one line a record, never the text of a document."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

LEVELS = ("error", "warning", "info", "debug")

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_FILE_BYTES = 2_000_000

# At their finer levels these write requests whole, and with them the user's code.
_TALKATIVE = ("httpx", "httpcore", "pygls", "asyncio", "watchfiles", "markdown_it", "hpack")


def set_up_logging(level: str = "warning", file: Path | None = None) -> None:
    """Send records of `level` and above to `file`, or to standard error where it is None.

    `level` is one of LEVELS. A file is rotated at two megabytes and readable by its owner only.
    Raises OSError if the file cannot be opened.
    """
    handler = _file_handler(file) if file else logging.StreamHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _file_handler(file: Path) -> logging.Handler:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    return RotatingFileHandler(file, maxBytes=_FILE_BYTES, backupCount=1, encoding="utf-8")
