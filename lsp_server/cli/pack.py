"""`tandem-ls pack --jsonl`: the server's own context, for programs that want to judge it."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

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
Tokens are UTF-8 bytes over four. The index is built at the first line of a root and kept."""

_BYTES = 4


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
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 30)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    engines: dict[str, ContextEngine] = {}
    try:
        while line := await reader.readline():
            print(json.dumps(await _answer(engines, line), ensure_ascii=False), flush=True)  # noqa: T201 - the command's output
    finally:
        for engine in engines.values():
            await engine.stop()
    return 0


async def _answer(engines: dict[str, ContextEngine], line: bytes) -> dict[str, str]:
    try:
        request: dict[str, Any] = json.loads(line)
        place = _place(request)
        budget = int(request["budget_tokens"])
        opened = [_path(request, path) for path in request.get("open_files", ())]
    except (KeyError, TypeError, ValueError) as error:
        return {"error": f"Not a request: {error!r}. `tandem-ls pack --help` shows the format."}
    engine = await _engine(engines, request["root"])
    packed = await engine.pack(place, budget, opened=opened, patience=0.0)
    path = str(request["path"])
    prompt = render_context(packed) + render_window(packed, path)
    return {"prompt": prompt}


async def _engine(engines: dict[str, ContextEngine], root: str) -> ContextEngine:
    if root not in engines:
        engines[root] = ContextEngine(IndexSettings())
        await engines[root].start([Path(root)])
        await engines[root].complete()
    return engines[root]


def _place(request: dict[str, Any]) -> Place:
    path = _path(request, request["path"])
    text: str = request["text"]
    snapshot = Snapshot.of_text(text, language=language_of_path(path).name, path=path)
    offset = len(text.encode()[: int(request["cursor"])].decode("utf-8", "ignore"))
    return Place(snapshot, position_at(snapshot.lines, offset))


def _path(request: dict[str, Any], path: str) -> Path:
    return Path(request["root"]).resolve() / path
