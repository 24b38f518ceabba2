"""What an editor's session gets from the rest of Tandem."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lsp_server.config.load import load_all
from lsp_server.config.settings import Settings
from lsp_server.protocol.feature_set import FeatureSet, Host, Opening


def host() -> Host:
    """Return what the protocol edge calls; the parts themselves are imported when first used."""
    return Host(_load_settings, _features, _answers_folder)


def _load_settings(
    values: Mapping[str, Any], roots: Sequence[Path], *, trusted: bool
) -> tuple[Settings, list[str]]:
    loaded = load_all(values, roots, trusted=trusted)
    return loaded.settings, list(loaded.messages)


def _answers_folder(settings: Settings) -> Path:
    from lsp_server.storage.paths import cache_root

    return cache_root(settings.cache) / "answers"


def _features(opening: Opening) -> FeatureSet:
    from lsp_server.server import assemble

    tandem = assemble(opening)
    tandem.keep_watching()
    return tandem.features
