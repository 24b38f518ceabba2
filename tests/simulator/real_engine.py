"""Starting the real llama-server with tiny models, and asking it what it kept of a prompt."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

_ROOT = Path(__file__).resolve().parents[2]
# It takes half a minute of work, and comes for Linux on x86-64 only.
WANTED = bool(os.environ.get("CI") or os.environ.get("TANDEM_REAL_ENGINE"))
AVAILABLE = WANTED and sys.platform == "linux" and platform.machine() == "x86_64"


@dataclass
class RealEngines:
    """The servers of a test module, each started when first asked for, by shape and options."""

    folder: Path
    _models: dict[str, Path] = field(default_factory=dict)
    _running: dict[tuple[str, str], tuple[subprocess.Popen[str], str]] = field(default_factory=dict)

    def url(self, shape: str, **options: Any) -> str:
        """Return the address of a server for the tiny model of `shape`."""
        if shape not in self._models:
            from tests.simulator.tiny_gguf import write_model

            path = self.folder / f"{shape}.gguf"
            write_model(path, shape)
            self._models[shape] = path
        return self.url_of(self._models[shape], options)

    def url_of(self, model: Path, options: Mapping[str, Any]) -> str:
        """Return the address of a server for the model at `model`."""
        key = str(model), json.dumps(options, sort_keys=True)
        if key not in self._running:
            arguments = [sys.executable, "-m", "tests.simulator.llama_server", *key]
            child = subprocess.Popen(
                arguments,
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            assert child.stdout is not None
            self._running[key] = child, child.stdout.readline().strip()
        return self._running[key][1]

    def stop(self) -> None:
        """End all servers."""
        for child, _ in self._running.values():
            child.communicate(timeout=30)


def opened(url: str) -> httpx.AsyncClient:
    """Return a client; the server does not end kept connections when it is asked for much."""
    headers = {"Connection": "close"}
    return httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=60)


async def completed(http: httpx.AsyncClient, prompt: Sequence[int] | str, **more: Any) -> Any:
    """Let the server go on from `prompt`, one token by default; return its reply."""
    body = {"prompt": prompt, "n_predict": 1, "cache_prompt": True, "temperature": 0, **more}
    reply = await http.post("/completion", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def kept_by(http: httpx.AsyncClient, prompt: Sequence[int]) -> int:
    """Return how many tokens of `prompt` the server still had."""
    timings = (await completed(http, list(prompt)))["timings"]
    assert timings["cache_n"] + timings["prompt_n"] == len(prompt)
    return int(timings["cache_n"])
