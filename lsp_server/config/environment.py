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
    """Return `source` with each key that names an environment variable ("$NAME") read from it.

    A variable that is not set, or empty, is a fault of the source, and the key counts as not given.
    """
    entries = list[Entry]()
    faults = list(source.faults)
    for entry in source.entries:
        name = _variable_of(entry)
        value = os.environ.get(name, "").strip() if name else entry.value
        if name and not value:
            faults.append(
                f"{entry.section}.{entry.name} names the environment variable {name}, which is not "
                "set where Tandem was started."
            )
            continue
        entries.append(replace(entry, value=value))
    return replace(source, entries=tuple(entries), faults=tuple(faults))


def _variable_of(entry: Entry) -> str:
    """Return the name of the environment variable that `entry` stands for, if it does."""
    is_key = entry.name == "api_key" and isinstance(entry.value, str)
    return entry.value[1:] if is_key and entry.value.startswith("$") else ""


def user_file() -> Path:
    """Return the user's own settings file; it need not exist."""
    return platformdirs.user_config_path("tandem", appauthor=False) / "tandem.yaml"


def environment_variables() -> Mapping[str, str]:
    """Return the variables of this process, for programs that it starts."""
    return dict(os.environ)
