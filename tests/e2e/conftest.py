"""A Neovim to type in, for the tests of the plugin."""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.neovim import Editor, editing
from tests.e2e.scripted import SERVER, Start, Traffic


@pytest.fixture
def version() -> str:
    """The Neovim that plays; a module names others with `parametrize`."""
    return "0.11"


@pytest.fixture
def start(tmp_path: Path, version: str) -> Iterator[Start]:
    """Start Neovim of a version on a file with a script for the server."""
    with ExitStack() as stack:

        def begin(
            text: str, script: dict[str, Any], *, before: str = "", **options: Any
        ) -> tuple[Editor, Traffic]:
            root = tmp_path / "project"
            root.mkdir()
            (root / "pyproject.toml").touch()
            file = root / "a.py"
            file.write_text(text, "utf-8")
            answers, log = tmp_path / "script.json", tmp_path / "log.jsonl"
            answers.write_text(json.dumps(script), "utf-8")
            command = [sys.executable, str(SERVER), str(answers), str(log)]
            editor = stack.enter_context(
                editing(file, tmp_path, {"cmd": command, **options}, before=before, version=version)
            )
            traffic = Traffic(log)
            editor.wait_for("an open document", lambda: traffic.all("textDocument/didOpen"))
            return editor, traffic

        yield begin
