"""The trace of `scripts/bench typing` through tabby-agent 1.5.0, for comparison.

The agent comes from npm, at run time, into a cache folder. It asks a stand-in for its own server
that says what the script of `typing` says, at the same decode rate and after a fixed prefill. It
knows `textDocument/completion` only, so that each key asks for that.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsp_server.cli.client import LanguageClient, spawned_server
from lsp_server.common.languages import language_of_path
from lsp_server.common.text import split_lines
from scripts.benchmarks.typing import LATE_SECONDS, LETTERS_A_TOKEN, Script, Tally, report, rhythm
from tests.simulator.hardware import machine
from tests.simulator.values import Ask

PACKAGE = "tabby-agent@1.5.0"
PREFILL_SECONDS = 0.05
WARM_SECONDS = 3.0


@dataclass
class Server:
    """What the agent takes for a Tabby server."""

    script: Script
    asked: int = 0
    written: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = head.lower().partition("content-length:")[2].split("\r\n")[0].strip()
                await reader.readexactly(int(length or 0))
                body = json.dumps(await self._answer(head.split(" ")[1])).encode()
                kind = "HTTP/1.1 200 OK\r\nContent-Type: application/json"
                writer.write(f"{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, path: str) -> dict[str, Any]:
        if not path.startswith("/v1/completions"):
            return {"model": "stand-in", "device": "cpu", "version": {"git_describe": "v0.20.0"}}
        self.asked += 1
        text = self.script(Ask("stand-in", "")).text
        tokens = len(text) / LETTERS_A_TOKEN
        self.written += int(tokens)
        await asyncio.sleep(PREFILL_SECONDS + tokens / machine("rtx4090").decode)
        return {"id": str(self.asked), "choices": [{"index": 0, "text": text}]}


@dataclass
class Asked:
    """One request that was sent."""

    sent: float
    asked_before: int
    superseded: float | None = None


class Typist:
    """Types as in `typing`, and asks for completion at each key."""

    def __init__(self, client: LanguageClient, uri: str, server: Server) -> None:
        self.tally = Tally()
        self._client, self._uri, self._server = client, uri, server
        self._waiting: dict[asyncio.Future[Any], Asked] = {}

    def key(self, line: int, column: int, sign: str) -> None:
        """Type `sign` at a place."""
        self.tally.keys += 1
        at = {"line": line, "character": column}
        document = {"uri": self._uri, "version": self.tally.keys + 1}
        change = {"range": {"start": at, "end": at}, "text": sign}
        params = {"textDocument": document, "contentChanges": [change]}
        self._client.notify("textDocument/didChange", params)
        now = time.perf_counter()
        for request in self._waiting.values():
            request.superseded = request.superseded or now
        ends = sign == "\n"
        after = {"line": line + ends, "character": 0 if ends else column + 1}
        position = {"textDocument": {"uri": self._uri}, "position": after}
        _, future = self._client.start("textDocument/completion", position)
        self._waiting[future] = Asked(now, self._server.asked)
        future.add_done_callback(self._answered)

    def _answered(self, done: "asyncio.Future[Any]") -> None:
        asked, now = self._waiting.pop(done), time.perf_counter()
        failed = done.cancelled() or done.exception() is not None
        items = [] if failed else (done.result() or {}).get("items", [])
        spent = (now - asked.sent) * 1000
        self.tally.late += spent > LATE_SECONDS * 1000
        if asked.superseded is not None:
            self.tally.given_up_ms.append((now - asked.superseded) * 1000)
        elif items:
            known = self._server.asked == asked.asked_before
            (self.tally.known_ms if known else self.tally.model_ms).append(spent)
            self.tally.shown += 1
            self.tally.letters_shown += len(items[0]["label"])

    async def finish(self) -> None:
        """Wait for what is under way; what never comes is missing."""
        if self._waiting:
            _, late = await asyncio.wait(list(self._waiting), timeout=LATE_SECONDS)
            self.tally.missing += len(late)


def main() -> None:
    """Install, type, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="a real source file of many lines")
    parser.add_argument("--keys", type=int, default=1000)
    arguments = parser.parse_args()
    text = arguments.file.read_text(encoding="utf-8").replace("\r\n", "\n")
    print(report(asyncio.run(typed(installed(), arguments.file.name, text, arguments.keys))))


def installed() -> Path:
    """Return the agent's program, installed with npm if it is not there yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "tandem-benchmarks/tabby"
    program = folder / "node_modules/tabby-agent/dist/cli.js"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        npm = ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        subprocess.run([*npm, "--prefix", str(folder), PACKAGE], check=True)
    return program


async def typed(program: Path, name: str, text: str, keys: int) -> Tally:
    """Type `keys` keys of `text` with the agent and return what was seen."""
    rng = random.Random(5)  # noqa: S311 - a fixed rhythm, not a secret
    start = text.index("\n", len(text) // 4) + 1
    script = Script(text, rng, start)
    model = Server(script)
    listening = await asyncio.start_server(model.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        settings = root / ".tabby-client/agent/config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(
            f'[server]\nendpoint = "http://127.0.0.1:{port}"\n'
            "[anonymousUsageTracking]\ndisable = true\n"
        )
        (root / name).write_text(text[:start])
        command = ("node", str(program), "--lsp", "--stdio")
        environment = {**os.environ, "HOME": str(root)}
        async with spawned_server(command, folder=root, environment=environment) as (client, _):
            typist = Typist(client, (root / name).as_uri(), model)
            await _open(client, root / name, text[:start])
            asked, written = model.asked, model.written
            await _type(typist, script, keys)
            await typist.finish()
            typist.tally.requests = model.asked - asked
            typist.tally.written = model.written - written
    listening.close()
    return typist.tally


async def _open(client: LanguageClient, path: Path, text: str) -> None:
    root = path.parent.as_uri()
    capabilities: dict[str, Any] = {"textDocument": {"completion": {}}}
    params = {
        "processId": os.getpid(),
        "rootUri": root,
        "capabilities": capabilities,
        "clientInfo": {"name": "benchmark", "version": "1"},
        "workspaceFolders": [{"uri": root, "name": "it"}],
    }
    await client.request("initialize", params)
    client.notify("initialized", {})
    language = language_of_path(path).name
    item = {"uri": path.as_uri(), "languageId": language, "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": item})
    await asyncio.sleep(WARM_SECONDS)


async def _type(typist: Typist, script: Script, keys: int) -> None:
    start = script.typed
    line, column = len(split_lines(script.text[:start])) - 1, 0
    for sign, pause in rhythm(script.text[start : start + keys], script.rng):
        await asyncio.sleep(pause)
        script.typed += 1
        typist.key(line, column, sign)
        line, column = (line + 1, 0) if sign == "\n" else (line, column + 1)


if __name__ == "__main__":
    main()
