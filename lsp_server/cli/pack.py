"""`tandem-ls pack --jsonl`: the server's own context, for programs that want to judge it."""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsp_server.common.errors import TandemError
from lsp_server.common.languages import language_of_path
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import position_at
from lsp_server.config.settings import IndexSettings
from lsp_server.context.engine import ContextEngine
from lsp_server.models.prompts.shared import render_context, render_window

_HELP = "answer requests for context, one JSON object a line"
_DESCRIPTION = """Read one JSON object a line from standard input:
{"root": folder, "path": file below it, "text": its text, "cursor": byte offset into the text,
"budget_tokens": most tokens, "open_files": [paths]}; write {"prompt": text} for each.
A line that is no request is answered by {"error": what is wrong}, and the next one is read.
Tokens are UTF-8 bytes over four. The index is built at the first line of a root and kept."""

_LEAST_TOKENS = 200


@dataclass(frozen=True, slots=True)
class _Request:
    """What one line asks for; `path` is as it was written, for the prompt's headings."""

    root: Path
    path: str
    place: Place
    budget: int
    opened: tuple[Path, ...]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's arguments."""
    parser = subparsers.add_parser(
        "pack",
        help=_HELP,
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--jsonl", action="store_true", required=True, help="one JSON object a line, both ways"
    )
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Answer lines until the input ends; a line that cannot be answered gets {"error": ...}."""
    del arguments
    engines: dict[Path, ContextEngine] = {}
    try:
        async for line in _lines():
            print(json.dumps(await _answer(engines, line), ensure_ascii=False), flush=True)  # noqa: T201 - the command's output
    finally:
        for engine in engines.values():
            await engine.stop()
    return 0


async def _lines() -> AsyncGenerator[bytes, None]:
    """Yield the lines of standard input, be it a pipe, a terminal or a file."""
    reader = asyncio.StreamReader(limit=1 << 30)
    try:
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
    except ValueError:
        # The loop cannot wait for a plain file, and need not: its lines are there.
        for line in sys.stdin.buffer:
            yield line
        return
    while line := await reader.readline():
        yield line


async def _answer(engines: dict[Path, ContextEngine], line: bytes) -> dict[str, str]:
    try:
        request = _read(line)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        return {"error": f"Not a request: {error!r}. `tandem-ls pack --help` shows the format."}
    try:
        engine = await _engine(engines, request.root)
        packed = await engine.pack(
            request.place, request.budget, opened=request.opened, patience=0.0
        )
    except (TandemError, OSError) as error:
        return {"error": f"{request.root} cannot be read: {error!r}. Send the line again."}
    return {"prompt": render_context(packed) + render_window(packed, request.path)}


async def _engine(engines: dict[Path, ContextEngine], root: Path) -> ContextEngine:
    if root not in engines:
        engine = ContextEngine(IndexSettings())
        # Known before it runs: an engine that fails half-way is stopped with the others.
        engines[root] = engine
        await engine.start([root])
        await engine.complete()
    return engines[root]


def _read(line: bytes) -> _Request:
    """Return the request in `line`; raises KeyError, TypeError or ValueError if there is none."""
    given = json.loads(line)
    if not isinstance(given, dict):
        raise TypeError("a line is one JSON object")
    root, path = Path(_text(given, "root")).resolve(), _text(given, "path")
    if not root.is_dir():
        raise ValueError(f"root: {root} is not a folder")
    budget = _number(given, "budget_tokens")
    if budget < _LEAST_TOKENS:
        raise ValueError(f"budget_tokens: less than {_LEAST_TOKENS} hold nothing")
    opened = given.get("open_files") or []
    if not isinstance(opened, list) or not all(isinstance(one, str) for one in opened):
        raise TypeError("open_files: a list of paths")
    text, cursor = _text(given, "text"), _number(given, "cursor")
    place = _place(root / path, text, cursor)
    return _Request(root, path, place, budget, tuple(root / one for one in opened))


def _place(path: Path, text: str, cursor: int) -> Place:
    content = text.encode("utf-8", "replace")
    if not 0 <= cursor <= len(content):
        raise ValueError(f"cursor: {cursor} is no byte offset into {len(content)} bytes")
    snapshot = Snapshot.of_text(text, language=language_of_path(path).name, path=path)
    offset = len(content[:cursor].decode("utf-8", "ignore"))
    return Place(snapshot, position_at(snapshot.lines, offset))


def _text(given: dict[str, Any], name: str) -> str:
    value = given[name]
    if not isinstance(value, str):
        raise TypeError(f"{name}: a text")
    return value


def _number(given: dict[str, Any], name: str) -> int:
    value = given[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name}: a whole number")
    return value
