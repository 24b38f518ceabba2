"""What the protocol edge costs: start, memory, one key, one large change.

Prints medians over five runs with their goals, or JSON with `--json`; ends with 1 if a goal is
missed and `--strict` is given.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsp_server.cli.client import LanguageClient, spawned_server
from lsp_server.common.progress import Progress
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.config.settings import Settings
from lsp_server.features.values import (
    AnswerPart,
    EngineStatus,
    Offer,
    PartKind,
    Question,
    Refusal,
    Scene,
    Suggestion,
)
from lsp_server.protocol.editor.profile import profile_of
from lsp_server.protocol.feature_set import FeatureSet, Host, Opening
from lsp_server.protocol.opening import open_session
from lsp_server.protocol.wire.transport import Wire

ROOT = Path(__file__).resolve().parents[2]
URI = "file:///tmp/large.py"
LINES = 5000
EDITS = 100
RUNS = 5
KEYS = 400
PROBLEMS = 50
QUIET_SECONDS = 2.0
CAPABILITIES: dict[str, Any] = {"textDocument": {"inlineCompletion": {}}}
INITIALIZE = {"processId": None, "rootUri": ROOT.as_uri(), "capabilities": CAPABILITIES}


@dataclass(frozen=True)
class Figure:
    """One measured figure; the goal is an upper bound."""

    name: str
    unit: str
    goal: float
    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    @property
    def is_met(self) -> bool:
        return self.median <= self.goal


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the protocol edge.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--strict", action="store_true", help="fail if a goal is missed")
    arguments = parser.parse_args()
    figures = asyncio.run(measure())
    if arguments.json:
        print(json.dumps([{**vars(figure), "median": figure.median} for figure in figures]))
    else:
        for figure in figures:
            print(_line(figure))
    return int(arguments.strict and not all(figure.is_met for figure in figures))


def _line(figure: Figure) -> str:
    mark = "met" if figure.is_met else "MISSED"
    spread = f"{min(figure.runs):.3g} to {max(figure.runs):.3g}"
    return (
        f"{figure.name:58} {figure.median:8.3g} {figure.unit:3}"
        f"  ({spread}; goal {figure.goal:g}, {mark})"
    )


async def measure() -> list[Figure]:
    starts = [await start_and_memory() for _ in range(RUNS)]
    superseded = [await superseded_ms() for _ in range(RUNS)]
    keys = [await key_ms() for _ in range(RUNS)]
    edits = [await edits_ms() for _ in range(RUNS)]
    fixes = [await quick_fixes_ms() for _ in range(RUNS)]
    greeted, idle, index, ready = zip(*starts, strict=True)
    return [
        Figure("spawn to initialize reply", "ms", 250, greeted),
        Figure("spawn to first suggestion, nothing cached", "ms", 1500, ready),
        Figure("resident memory when idle, the server", "MB", 75, idle),
        Figure("resident memory when idle, its index process", "MB", 75, index),
        Figure("change and suggestion, 5,000 lines, in the server", "ms", 0.3, tuple(keys)),
        Figure("an older request answered when a newer one comes", "ms", 5, tuple(superseded)),
        Figure("100 edits in one change, 5,000 lines, in the server", "ms", 1, tuple(edits)),
        Figure("quick fixes for 50 problems, unasked, 5,000 lines", "ms", 20, tuple(fixes)),
    ]


# The real process


async def start_and_memory() -> tuple[float, float, float, float]:
    """Return milliseconds to the greeting, idle MB of server and children, ms to a suggestion."""
    start = time.perf_counter()
    async with spawned_server(folder=ROOT) as (client, process):
        await client.request("initialize", INITIALIZE)
        greeted = (time.perf_counter() - start) * 1000
        client.notify("initialized", {})
        await until_idle(process.pid)
        own, children = resident_mb(process.pid)
        await client.request("shutdown")
        client.notify("exit")
    return greeted, own, children, await first_suggestion_ms()


async def first_suggestion_ms() -> float:
    """Return milliseconds from the start of a process to its first answer to a key."""
    start = time.perf_counter()
    async with spawned_server(folder=ROOT) as (client, _):
        await client.request("initialize", INITIALIZE)
        client.notify("initialized", {})
        _open(client)
        await client.request("textDocument/inlineCompletion", _inline_params(0, 0))
        ready = (time.perf_counter() - start) * 1000
        await client.request("shutdown")
        client.notify("exit")
    return ready


async def quick_fixes_ms() -> float:
    """Return the median milliseconds in which a process answers for the editor's light bulb."""
    times = []
    async with spawned_server(folder=ROOT) as (client, _):
        await client.request("initialize", INITIALIZE)
        client.notify("initialized", {})
        _open(client)
        for number in range(PROBLEMS):
            start = time.perf_counter()
            offers = await client.request("textDocument/codeAction", _bulb_params(number))
            times.append((time.perf_counter() - start) * 1000)
            if not offers or not all(one["title"].startswith("Fix") for one in offers):
                raise SystemExit(f"These are not quick fixes: {offers}")
        await client.request("shutdown")
        client.notify("exit")
    return statistics.median(times)


async def until_idle(process_id: int) -> None:
    """Return when the process and its children have used no processor time for a while."""
    before = -1.0
    while before != (now := _ticks(process_id)):
        before = now
        await asyncio.sleep(QUIET_SECONDS)


def _ticks(process_id: int) -> float:
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    # User and system time are fields 14 and 15 of proc(5); the name, field 2, is cut off.
    own = int(fields[11]) + int(fields[12])
    return own // 5 + sum(map(_ticks, _children(process_id)))


def _children(process_id: int) -> list[int]:
    try:
        names = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    except OSError:
        return []
    return list(map(int, names))


def resident_mb(process_id: int) -> tuple[float, float]:
    """Return the resident memory of a process, and of its children together."""
    children = [sum(resident_mb(child)) for child in _children(process_id)]
    return _own_mb(process_id), sum(children)


def _own_mb(process_id: int) -> float:
    try:
        status = Path(f"/proc/{process_id}/status").read_text()
    except OSError:
        return float("nan")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _open(client: LanguageClient) -> None:
    item = {"uri": URI, "languageId": "python", "version": 1, "text": _text()}
    client.notify("textDocument/didOpen", {"textDocument": item})


# Inside the server, with features that answer at once


async def key_ms() -> float:
    """Return the median milliseconds from a change's bytes to the written suggestion."""
    receive, sent = _server()
    times = []
    for key in range(KEYS):
        line, column = LINES // 2, key % 40
        change = _change(key + 2, [_insert(line, column, "x")])
        ask = _body("textDocument/inlineCompletion", _inline_params(line, column + 1), key + 10)
        sent.clear()
        start = time.perf_counter()
        receive(change)
        receive(ask)
        while not sent:  # noqa: ASYNC110 - each turn of the loop counts here
            await asyncio.sleep(0)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


async def superseded_ms() -> float:
    """Return the median milliseconds until an older request is answered by a newer one."""
    features = Instant()
    features.forever = True
    receive, sent = _server(features)
    times = []
    for key in range(KEYS):
        ask = _body("textDocument/inlineCompletion", _inline_params(0, 0), key + 10)
        start = time.perf_counter()
        receive(ask)
        while key and not sent:  # noqa: ASYNC110 - each turn of the loop counts here
            await asyncio.sleep(0)
        times.append((time.perf_counter() - start) * 1000)
        sent.clear()
        await asyncio.sleep(0)
    return statistics.median(times)


async def edits_ms() -> float:
    """Return the median milliseconds that one notification of 100 edits takes."""
    receive, _ = _server()
    times = []
    for version in range(2, 42):
        step = LINES // EDITS
        change = _change(version, [_insert(step * number, 0, "x") for number in range(EDITS)])
        start = time.perf_counter()
        receive(change)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def _server(features: "Instant | None" = None) -> tuple[Callable[[bytes], None], list[bytes]]:
    sent: list[bytes] = []

    class Recorder(Wire):
        def __init__(self) -> None:
            """Make a wire that leads nowhere."""

        def send(self, body: bytes) -> None:
            sent.append(body)

    features = features or Instant()
    host = Host(_default_settings, features.assemble, lambda _settings: ROOT)
    session = open_session(host, Recorder(), {}, profile_of({"capabilities": CAPABILITIES}))
    receive = session.server.protocol.receive
    receive(_body("initialized", {}))
    item = {"uri": URI, "languageId": "python", "version": 1, "text": _text()}
    receive(_body("textDocument/didOpen", {"textDocument": item}))
    return receive, sent


def _default_settings(
    values: Mapping[str, Any], roots: Sequence[Path], *, trusted: bool
) -> tuple[Settings, list[str]]:
    del values, roots, trusted
    return Settings(), []


class Instant:
    """Features that answer at once, so that only the edge is measured."""

    status = EngineStatus("instant", "instant")
    forever = False

    def assemble(self, _opening: Opening) -> FeatureSet:
        return FeatureSet(self, self, self, self, self, lambda: None, self)

    def known(self, place: Place) -> Suggestion | None:
        return None if self.forever else Suggestion(place.span, "return total", "instant")

    async def suggest(self, place: Place, *, invoked: bool = False) -> Suggestion | None:
        del invoked
        if self.forever:
            await asyncio.Event().wait()
        return Suggestion(place.span, "return total", "instant")

    async def choices(self, place: Place) -> list[Suggestion]:
        return [Suggestion(place.span, "return total", "instant")]

    async def answer(
        self, _question: Question, _progress: Progress
    ) -> AsyncGenerator[AnswerPart, None]:
        yield AnswerPart(PartKind.TEXT, "Yes.")

    def offers(self, _scene: Scene) -> list[Offer]:
        return []

    async def run(self, *_: Any) -> Refusal:
        return Refusal("Nothing to do.")

    async def refresh(self) -> None:
        """Know already."""

    async def pull(self, _name: str, _progress: Progress) -> None:
        """Have it already."""

    def subscribe(self, _callback: Callable[[EngineStatus], None]) -> Callable[[], None]:
        return lambda: None

    def watch_disk(self, on_files: Callable[[Sequence[Path]], None]) -> None: ...

    def offered(self, suggestion: Suggestion) -> None: ...

    def shown(self, suggestion: Suggestion) -> None: ...

    def accepted(self, uri: str, suggestion: Suggestion, characters: int) -> None: ...

    def opened(self, snapshot: Snapshot) -> None:
        """Ignore it, as all that follow."""

    def changed(self, snapshot: Snapshot, edits: object) -> None: ...

    def saved(self, snapshot: Snapshot) -> None: ...

    def focused(self, snapshot: Snapshot) -> None: ...

    def closed(self, snapshot: Snapshot) -> None: ...

    def roots_changed(self, roots: Sequence[Path]) -> None: ...

    def files_changed(self, paths: Sequence[Path]) -> None: ...

    def settings_changed(self, settings: Settings, *, trusted: bool) -> None: ...


def _text() -> str:
    return "".join(f"    value_{number} = compute({number}, other)\n" for number in range(LINES))


def _inline_params(line: int, column: int) -> dict[str, Any]:
    return {
        "textDocument": {"uri": URI},
        "position": {"line": line, "character": column},
        "context": {"triggerKind": 2},
    }


def _bulb_params(line: int) -> dict[str, Any]:
    """Return what an editor asks by itself with the cursor in a line that has many problems."""
    places = [{"line": line, "character": column} for column in range(PROBLEMS)]
    problems = [
        {"range": {"start": place, "end": place}, "message": f"undefined {n}", "source": "ruff"}
        for n, place in enumerate(places)
    ]
    return {
        "textDocument": {"uri": URI},
        "range": {"start": places[0], "end": places[0]},
        "context": {"diagnostics": problems, "triggerKind": 2},
    }


def _insert(line: int, column: int, text: str) -> dict[str, Any]:
    position = {"line": line, "character": column}
    return {"range": {"start": position, "end": position}, "text": text}


def _change(version: int, changes: list[dict[str, Any]]) -> bytes:
    document = {"uri": URI, "version": version}
    return _body("textDocument/didChange", {"textDocument": document, "contentChanges": changes})


def _body(method: str, params: Any, number: int | None = None) -> bytes:
    message = {"jsonrpc": "2.0", "method": method, "params": params}
    return json.dumps(message if number is None else {**message, "id": number}).encode()


if __name__ == "__main__":
    sys.exit(main())
