"""Ollama's stand-in as a program of its own, with scripted models."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.editor_files import ROOT


class Ollama:
    """Can be killed and started again at the same address."""

    def __init__(self, script: Path, arguments: list[str]) -> None:
        self._arguments = ["--script", str(script), *arguments]
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> None:
        argv = [sys.executable, "-m", "tests.simulator", "--port", str(self._port)]
        self._process = subprocess.Popen(
            [*argv, *self._arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()
        self._port = urlsplit(self.url).port or 0

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None


@contextmanager
def ollama(folder: Path, rules: dict[str, Any], *arguments: str) -> Iterator[Ollama]:
    """Run it for as long as the block lasts; `rules` are those of tests/simulator/scripts.py."""
    script = folder / "models.json"
    script.write_text(json.dumps(rules), "utf-8")
    server = Ollama(script, list(arguments))
    server.start()
    try:
        yield server
    finally:
        server.kill()
