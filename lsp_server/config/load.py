"""All sources of settings in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lsp_server.config.environment import source_of_environment, user_file, with_variables
from lsp_server.config.merge import Loaded, load_settings
from lsp_server.config.source import Source, source_of_editor
from lsp_server.config.yaml_file import source_of_file

PROJECT_FILE = "tandem.yaml"


def load_all(values: Mapping[str, Any], roots: Sequence[Path], *, trusted: bool) -> Loaded:
    """Merge the editor's `values`, project files, the user's file, OLLAMA_HOST and defaults.

    Project files count in trusted workspaces only; of several roots the first is the strongest.
    """
    sources: list[Source | None] = [_own(source_of_editor(values))]
    if trusted:
        sources += [source_of_file(root / PROJECT_FILE, machine=False) for root in roots]
    user = source_of_file(user_file(), machine=True)
    sources += [_own(user) if user else None, source_of_environment()]
    return load_settings([source for source in sources if source is not None])


def _own(source: Source) -> Source:
    """Return a source of the user's own, with what only such a one may say read."""
    return with_variables(_without_empty_host(source))


def _without_empty_host(source: Source) -> Source:
    # An empty address says "as the environment has it", so it must not hide the environment.
    kept = [e for e in source.entries if (e.section, e.name, e.value) != ("ollama", "host", "")]
    return replace(source, entries=tuple(kept))
