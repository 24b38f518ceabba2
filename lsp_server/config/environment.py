"""What the process was told by its environment, and where the user's own settings are."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import platformdirs

from lsp_server.config.source import ENVIRONMENT, Entry, Source


def source_of_environment() -> Source:
    """Return where Ollama is, as its own programs would find it."""
    host = os.environ.get("OLLAMA_HOST", "").strip()
    return Source(ENVIRONMENT, (Entry("ollama", "host", host),) if host else ())


def with_variables(source: Source) -> Source:
    """Return `source` with each key that names an environment variable ("$NAME") read from it."""
    entries = [_read(entry) if entry.name == "api_key" else entry for entry in source.entries]
    return replace(source, entries=tuple(entries))


def _read(entry: Entry) -> Entry:
    if not isinstance(entry.value, str) or not entry.value.startswith("$"):
        return entry
    return replace(entry, value=os.environ.get(entry.value[1:], ""))


def user_file() -> Path:
    """Return the user's own settings file; it need not exist."""
    return platformdirs.user_config_path("tandem", appauthor=False) / "tandem.yaml"


def environment_variables() -> Mapping[str, str]:
    """Return the variables of this process, for programs that it starts."""
    return dict(os.environ)
