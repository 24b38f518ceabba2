import asyncio
import gc
import json
import warnings
from pathlib import Path

from lsp_server.common.snapshot import Place
from lsp_server.features.values import Suggestion
from lsp_server.protocol.handlers.table import ROUTES
from lsp_server.protocol.schedule import Latency
from lsp_server.protocol.wire.framing import framed
from tests.protocol.client import editor
from tests.protocol.fakes import Fakes

CHANGED = {"changes": [{"uri": "file:///project/a.py", "type": 2}]}


async def test_background_work_waits_while_the_user_types() -> None:
    typing, go = asyncio.Event(), asyncio.Event()

    async def suggest(place: Place) -> Suggestion | None:
        typing.set()
        await go.wait()
        return None

    async with editor(Fakes(suggest_text=lambda place, invoked: suggest(place))) as ed:
        await ed.initialize()
        ed.open("a")
        _, future = ed.client.start("textDocument/inlineCompletion", ed.suggest_params(0, 0))
        await typing.wait()
        ed.notify("workspace/didChangeWatchedFiles", CHANGED)
        await ed.calm()
        assert ed.features.seen("files") == []
        go.set()
        await future
        await ed.until(lambda: bool(ed.features.seen("files")))
        assert ed.features.seen("files") == [("files", (Path("/project/a.py"),))]


async def test_burst_of_keys_leaves_no_work_that_nobody_awaits() -> None:
    async with editor(Fakes()) as ed:
        await ed.initialize()
        ed.open("a")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            method, params = "textDocument/inlineCompletion", ed.suggest_params(0, 0)
            message = {"jsonrpc": "2.0", "method": method, "params": params}
            burst = [framed(json.dumps({**message, "id": f"key {n}"}).encode()) for n in range(9)]
            ed.client.send_bytes(b"".join(burst))
            for _ in burst:
                await ed.client.wait_for_stray()
            gc.collect()
        assert [str(warning.message) for warning in caught] == []


def test_each_method_stands_in_the_table_once() -> None:
    methods = [route.method for route in ROUTES]
    assert len(set(methods)) == len(methods)


def test_only_what_a_key_brings_is_of_the_typing_class() -> None:
    typing = {route.method for route in ROUTES if route.latency is Latency.TYPING}
    assert typing == {
        "textDocument/didOpen",
        "textDocument/didChange",
        "textDocument/inlineCompletion",
        "textDocument/completion",
    }
