"""What the environment says of Ollama and of the user's own settings file."""

import os
from pathlib import Path

import platformdirs

from lsp_server.config.source import ENVIRONMENT, Entry, Source


def source_of_environment() -> Source:
    """Return where Ollama is, as its own programs would find it."""
    host = os.environ.get("OLLAMA_HOST", "").strip()
    return Source(ENVIRONMENT, (Entry("ollama", "host", host),) if host else ())


def user_file() -> Path:
    """Return the user's own settings file; it need not exist."""
    return platformdirs.user_config_path("tandem", appauthor=False) / "tandem.yaml"
