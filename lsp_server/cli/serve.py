"""`tandem-ls` without a command: the server on standard input and output."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from lsp_server import __version__
from lsp_server.config.load import load_all
from lsp_server.config.settings import Settings
from lsp_server.protocol.feature_set import FeatureSet, Host, Opening
from lsp_server.protocol.serve import serve


def serve_editor() -> NoReturn:
    """Serve the editor on standard input and output until it leaves; ends the process."""
    serve(Host(__version__, _load_settings, _features, _answers_folder))
    raise AssertionError("serve ends the process")


def _load_settings(
    values: Mapping[str, Any], roots: Sequence[Path], *, trusted: bool
) -> tuple[Settings, list[str]]:
    loaded = load_all(values, roots, trusted=trusted)
    return loaded.settings, list(loaded.messages)


def _answers_folder(settings: Settings) -> Path:
    from lsp_server.storage.paths import cache_root

    return cache_root(settings.cache) / "answers"


def _features(opening: Opening) -> FeatureSet:
    # Imported only now: the editor got its answer to `initialize` without waiting for all this.
    from lsp_server.server import assemble

    tandem = assemble(opening)
    tandem.keep_watching()
    return tandem.features
