"""Counts that are kept from session to session: one JSON object a line, appended and summed.

Appending needs no lock between the servers of several editors, and a line that a crash cut off
loses only itself.
"""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lsp_server.storage.paths import private_folder

_log = logging.getLogger(__name__)


def append_counts(path: Path, counts: Mapping[str, str | int]) -> None:
    """Add one line to the file; a failure is logged, as counts are worth no trouble."""
    line = json.dumps(dict(counts), separators=(",", ":")) + "\n"
    try:
        private_folder(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(line.encode())
    except OSError as error:
        _log.warning("Counts could not be written: %s.", error.strerror)


def read_counts(path: Path) -> list[dict[str, Any]]:
    """Return all lines that can be read, oldest first; none where there is no file."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [counts for line in lines if (counts := _parsed(line)) is not None]


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        counts = json.loads(line)
    except ValueError:
        return None
    return counts if isinstance(counts, dict) else None
