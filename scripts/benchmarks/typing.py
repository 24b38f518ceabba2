"""Type real code at human rhythm into the real server, with a model at a graphics card's speed.

The lines come from real files, each typed anew line by line into its own beginning, all of them at
the same time by a typist and a server of their own. The model is the simulator's, at the rates of
`--machine`; it knows the truth three times in five. Each key sends its change and a request for
inline completion, as an editor does, and then a message that the server answers at once. The same
message is sent in the middle of pauses as well, when nothing is to be done: what a key takes longer
than that at the median is what it adds, without the pipes and the other jobs of the machine.
"""

import argparse
import asyncio
import gc
import multiprocessing
import os
import random
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from lsp_server.cli.client import LanguageClient, ServerRefused, spawned_server
from lsp_server.common.languages import language_of_path
from lsp_server.common.text import split_lines
from tests.simulator.catalogue import glm_flash
from tests.simulator.clock import RealClock
from tests.simulator.engine import Engine, Seat
from tests.simulator.hardware import MACHINES, machine
from tests.simulator.simulator import Simulator
from tests.simulator.values import Answer, Ask

ROOT = Path(__file__).resolve().parents[2]
TRUE_SHARE = 0.6
LETTERS_A_TOKEN = 3.5
LATE_SECONDS = 5.0
PAUSE_AFTER_LINE = 0.35
RELOADING = 12.0
START_SECONDS = 90.0
SAID = 120
KEYS_A_PING = 4


class CountingEngine(Engine):
    """An engine that knows how many tokens it wrote."""

    written = 0

    async def wrote(self, seat: Seat, piece: str) -> None:
        await super().wrote(seat, piece)
        self.written += 1


@dataclass
class Script:
    """A model that mostly knows what the file says next."""

    text: str
    rng: random.Random
    typed: int = 0

    def __call__(self, _ask: Ask) -> Answer:
        if self.rng.random() < TRUE_SHARE:
            return Answer(self.text[self.typed : self.typed + SAID])
        at = self.rng.randrange(max(len(self.text) - SAID, 1))
        return Answer(self.text[at : at + SAID].split("\n", 1)[-1])


@dataclass
class Tally:
    """What was seen."""

    keys: int = 0
    requests: int = 0
    written: int = 0
    idle_ms: list[float] = field(default_factory=list)
    held_ms: list[float] = field(default_factory=list)
    reuse_ms: list[float] = field(default_factory=list)
    known_ms: list[float] = field(default_factory=list)
    model_ms: list[float] = field(default_factory=list)
    given_up_ms: list[float] = field(default_factory=list)
    shown: int = 0
    letters_shown: int = 0
    missing: int = 0
    late: int = 0
    server_seconds: float = 0.0

    def add(self, other: "Tally") -> None:
        """Take in what another typist has seen."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass
class Asked:
    """One request that was sent: when, and when its successor was."""

    sent: float
    future: "asyncio.Future[Any]"
    requests_before: int
    superseded: float | None = None


class Typist:
    """Types a text into the server and keeps the tally."""

    def __init__(self, client: LanguageClient, uri: str, simulator: Simulator) -> None:
        self.tally = Tally()
        self._client = client
        self._uri = uri
        self._simulator = simulator
        self._version = 1
        self._last: Asked | None = None
        self._line_shown = ""
        self._requests = self._looked_at = 0

    async def key(self, line: int, column: int, text: str, prefix: str) -> None:
        """Type `text` at a place; `prefix` is the line up to and with it."""
        started = time.perf_counter()
        self._version += 1
        position = {"line": line, "character": column}
        change = {"range": {"start": position, "end": position}, "text": text}
        document = {"uri": self._uri, "version": self._version}
        params = {"textDocument": document, "contentChanges": [change]}
        self._client.notify("textDocument/didChange", params)
        self._ask(started, line + text.count("\n"), prefix)
        self.tally.held_ms.append(await self._reached(started))
        self.tally.keys += 1

    async def wait(self, seconds: float) -> None:
        """Let the pause before a key pass; in some of them ask what answers at once."""
        if self.tally.keys % KEYS_A_PING == 0:
            await asyncio.sleep(seconds / 2)
            self.tally.idle_ms.append(await self._reached(time.perf_counter()))
            seconds /= 2
        await asyncio.sleep(seconds)

    async def _reached(self, started: float) -> float:
        """Return the milliseconds since `started` until the server answers a message."""
        with suppress(ServerRefused):
            await self._client.request("tandem/nothing")
        return (time.perf_counter() - started) * 1000

    def _ask(self, started: float, line: int, prefix: str) -> None:
        if self._last is not None and not self._last.future.done():
            self._last.superseded = started
        params = {
            "textDocument": {"uri": self._uri},
            "position": {"line": line, "character": len(prefix)},
            "context": {"triggerKind": 2},
        }
        _, future = self._client.start("textDocument/inlineCompletion", params)
        asked = Asked(started, future, self.requests)
        self._last = asked
        future.add_done_callback(lambda done: self._answered(asked, done, prefix))

    @property
    def requests(self) -> int:
        """How many requests the model has had."""
        # At each key: to look through all of them again would be measured as the server's time.
        received = self._simulator.received
        new = received[self._looked_at :]
        self._looked_at = len(received)
        self._requests += sum(one.path in {"/api/generate", "/api/chat"} for one in new)
        return self._requests

    def _answered(self, asked: Asked, done: "asyncio.Future[Any]", prefix: str) -> None:
        now = time.perf_counter()
        spent = (now - asked.sent) * 1000
        refused = done.cancelled() or done.exception() is not None
        items = [] if refused else (done.result() or {}).get("items", [])
        if asked.superseded is not None:
            self.tally.given_up_ms.append((now - asked.superseded) * 1000)
        elif items and prefix + items[0]["insertText"] == self._line_shown:
            self.tally.reuse_ms.append(spent)
        elif items and self.requests == asked.requests_before:
            self.tally.known_ms.append(spent)
        elif items:
            self.tally.model_ms.append(spent)
        self.tally.late += spent > LATE_SECONDS * 1000
        if items and asked.superseded is None:
            self._count(prefix + items[0]["insertText"], len(prefix))

    def _count(self, whole: str, typed: int) -> None:
        self.tally.shown += 1
        same = 0
        for one, other in zip(whole, self._line_shown, strict=False):
            if one != other:
                break
            same += 1
        self.tally.letters_shown += len(whole) - max(same, typed)
        self._line_shown = whole

    async def finish(self) -> None:
        """Wait for the last answer; one that never comes is missing."""
        if self._last is not None:
            done, waiting = await asyncio.wait({self._last.future}, timeout=LATE_SECONDS)
            del done
            self.tally.missing += len(waiting)


def rhythm(text: str, rng: random.Random) -> Iterator[tuple[str, float]]:
    """Yield each key of `text` with the pause before it: log-normal, longer after a line."""
    for number, sign in enumerate(text):
        pause = rng.lognormvariate(-1.95, 0.45)
        pause += rng.expovariate(1 / PAUSE_AFTER_LINE) if number and text[number - 1] == "\n" else 0
        yield sign, min(pause, 2.0)


def main() -> None:
    """Type and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", help="real source files of many lines")
    parser.add_argument("--keys", type=int, default=10_000, help="keys, over all files")
    parser.add_argument("--machine", choices=sorted(MACHINES), default="rtx4090")
    arguments = parser.parse_args()
    share = arguments.keys // len(arguments.files)
    jobs = [(path, share, arguments.machine) for path in arguments.files]
    total = Tally()
    with multiprocessing.get_context("spawn").Pool(len(jobs)) as pool:
        for tally in pool.starmap(typed, jobs):
            total.add(tally)
    print(report(total))


def typed(path: Path, keys: int, card: str) -> Tally:
    """Type `keys` keys of the file at `path`."""
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    return asyncio.run(run(Source(path.name, text), keys, card))


@dataclass(frozen=True)
class Source:
    """A real file."""

    name: str
    text: str


async def run(source: Source, keys: int, card: str) -> Tally:
    """Type `keys` keys of `source` with a model that runs on `card`."""
    rng = random.Random(5)  # noqa: S311 - a fixed rhythm, not a secret
    text = source.text
    start = text.index("\n", len(text) // 4) + 1
    script = Script(text, rng, start)
    engine = CountingEngine(machine(card), clock=RealClock())
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        (root / source.name).write_text(text[:start])
        simulator = Simulator([glm_flash(script)], engine=engine)
        async with simulator, editor(root, simulator) as (client, server):
            typist = await _open(client, root / source.name, text[:start], simulator)
            await _warm(client, root / source.name, text[:start])
            # The bodies of all requests are kept, and to look for rubbish among them takes long.
            gc.collect()
            gc.freeze()
            written, requests, spent = engine.written, typist.requests, _computing(server)
            await _type(typist, script, text, keys, rng)
            await typist.finish()
            typist.tally.requests = typist.requests - requests
            typist.tally.written = engine.written - written
            typist.tally.server_seconds = _computing(server) - spent
            return typist.tally


def _computing(server: int) -> float:
    """Return the seconds of computing that the server's process has used, where Linux tells."""
    try:
        ticks = Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    except OSError:
        return 0.0
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


async def _type(typist: Typist, script: Script, text: str, keys: int, rng: random.Random) -> None:
    done = split_lines(text[: script.typed])
    line, prefix = len(done) - 1, ""
    for sign, pause in rhythm(text[script.typed :], rng):
        if typist.tally.keys >= keys:
            return
        await typist.wait(pause)
        script.typed += 1
        column = len(prefix)
        prefix = "" if sign == "\n" else prefix + sign
        await typist.key(line, column, sign, prefix)
        line += sign == "\n"


async def _open(client: LanguageClient, path: Path, text: str, simulator: Simulator) -> Typist:
    capabilities = {
        "textDocument": {"inlineCompletion": {}},
        "experimental": {"tandem": {}},
        "general": {"positionEncodings": ["utf-32"]},
    }
    root = path.parent.as_uri()
    params = {"processId": None, "rootUri": root, "capabilities": capabilities}
    await client.request("initialize", params)
    client.notify("initialized", {})
    wait = client.wait_for("tandem/status", lambda p: "glm" in p.get("executor", ""))
    await asyncio.wait_for(wait, START_SECONDS)
    language = language_of_path(path).name
    item = {"uri": path.as_uri(), "languageId": language, "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": item})
    return Typist(client, path.as_uri(), simulator)


async def _warm(client: LanguageClient, path: Path, text: str) -> None:
    """Ask once, so that the model is loaded, and wait until it is."""
    lines = split_lines(text)
    params = {
        "textDocument": {"uri": path.as_uri()},
        "position": {"line": len(lines) - 1, "character": len(lines[-1])},
        "context": {"triggerKind": 1},
    }
    await client.request("textDocument/inlineCompletion", params)
    await asyncio.sleep(RELOADING)


@asynccontextmanager
async def editor(
    root: Path, simulator: Simulator
) -> AsyncGenerator[tuple[LanguageClient, int], None]:
    """Start the real server in a private home; yields the client and the server's process id."""
    environment = {
        **os.environ,
        "OLLAMA_HOST": simulator.url,
        "PYTHONPATH": str(ROOT),
        "XDG_CACHE_HOME": str(root / ".home/cache"),
        "XDG_CONFIG_HOME": str(root / ".home/config"),
        "XDG_STATE_HOME": str(root / ".home/state"),
    }
    async with spawned_server(folder=root, environment=environment) as (client, process):
        yield client, process.pid
        await client.request("shutdown")
        client.notify("exit")


def report(tally: Tally) -> str:
    """Return the figures, one a line."""
    shown = tally.letters_shown / LETTERS_A_TOKEN
    unseen = max(0.0, 1 - shown / tally.written) if tally.written else 0.0
    idle = statistics.median(tally.idle_ms or [0.0])
    added = [max(ms - idle, 0.0) for ms in tally.held_ms]
    keys = max(tally.keys, 1)
    computing = tally.server_seconds * 1000 / keys
    rows = [
        f"keys typed                                {tally.keys}",
        f"a message when nothing is to be done      {_spread(tally.idle_ms)}",
        f"a key holds the next message up           {_spread(tally.held_ms)}",
        f"what the server adds to a key             {_spread(added)}",
        f"all computing of the server, a key        {computing:.2f} ms",
        f"answers shown before and typed through    {_spread(tally.reuse_ms)}",
        f"other known answers (built-in, kept)      {_spread(tally.known_ms)}",
        f"answers that the model gave               {_spread(tally.model_ms)}",
        f"superseded requests, until answered       {_spread(tally.given_up_ms)}",
        f"suggestions shown                         {tally.shown}",
        f"requests to the model per 100 keys        {tally.requests * 100 / keys:.1f}",
        f"generated tokens never shown              {unseen:.0%} of {tally.written}",
        f"answers missing                           {tally.missing}",
        f"answers later than {LATE_SECONDS:.0f} s                    {tally.late}",
    ]
    return "\n".join(rows)


def _spread(times: list[float]) -> str:
    if not times:
        return "none"
    ordered = sorted(times)
    last = ordered[int(len(ordered) * 0.99)]
    return f"median {statistics.median(times):.2f} ms, p99 {last:.2f} ms ({len(times)})"


if __name__ == "__main__":
    main()
