"""The composition root: the only file that knows all the parts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lsp_server import __version__
from lsp_server.config.load import load_all
from lsp_server.config.settings import Settings
from lsp_server.protocol.feature_set import FeatureSet, Host, Opening


def host() -> Host:
    """Return what `serve` needs; nothing heavy is imported for it."""
    return Host(__version__, _load_settings, assemble, _answers_folder)


def assemble(opening: Opening) -> FeatureSet:
    """Build all parts on one workspace, for an editor and for the command line alike."""
    raise NotImplementedError(opening)


def _load_settings(
    values: Mapping[str, Any], roots: Sequence[Path], *, trusted: bool
) -> tuple[Settings, list[str]]:
    loaded = load_all(values, roots, trusted=trusted)
    return loaded.settings, list(loaded.messages)


def _answers_folder(settings: Settings) -> Path:
    from lsp_server.storage.paths import cache_root

    return cache_root(settings.cache) / "answers"
