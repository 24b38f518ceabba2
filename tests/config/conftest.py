from pathlib import Path

import pytest

from lsp_server.config import environment, load


@pytest.fixture(autouse=True)
def user_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the tests away from the settings of whoever runs them."""
    path = tmp_path / "user" / "tandem.yaml"
    path.parent.mkdir()
    monkeypatch.setattr(load, "user_file", lambda: path)
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    assert environment.user_file() != path
    return path
