"""An editor for tests, in the same process as the server, over real pipes."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from lsp_server.cli.client import LanguageClient, ServerRefused
from lsp_server.protocol.wire.serve import Connection
from lsp_server.protocol.wire.transport import Wire
from tests.protocol.fakes import Fakes

URI = "file:///project/main.py"
PATIENCE = 10.0


class Editor:
    """A client, the features behind its server, and the code with which the server ended."""

    def __init__(self, client: LanguageClient, features: Fakes, end: asyncio.Task[int]) -> None:
        self.client = client
        self.features = features
        self.end = end
        self.request = client.request
        self.notify = client.notify

    async def initialize(self, capabilities: Mapping[str, Any] | None = None, **params: Any) -> Any:
        """Introduce the editor; returns the server's capabilities."""
        result = await self.request(
            "initialize",
            {"processId": None, "rootUri": None, "capabilities": capabilities or {}, **params},
        )
        self.notify("initialized", {})
        return result["capabilities"]

    def open(self, text: str, uri: str = URI, language: str = "python", version: int = 1) -> None:
        item = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, version: int, *changes: Mapping[str, Any], uri: str = URI) -> None:
        document = {"uri": uri, "version": version}
        params = {"textDocument": document, "contentChanges": list(changes)}
        self.notify("textDocument/didChange", params)

    def suggest_params(self, line: int, character: int, *, invoked: bool = False) -> Any:
        return {
            "textDocument": {"uri": URI},
            "position": {"line": line, "character": character},
            "context": {"triggerKind": 1 if invoked else 2},
        }

    async def settle(self) -> None:
        """Return when the server has handled all that was sent; an unknown method tells."""
        with suppress(ServerRefused):
            await self.request("tandem/ping")

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when `condition` holds on the server's side."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await self.settle()

    async def calm(self) -> None:
        """Let whatever the server has begun come to its end, where nothing tells of it."""
        for _ in range(5):
            await self.settle()


def replace(line: int, start: int, end: int, text: str, last: int | None = None) -> dict[str, Any]:
    """Return a content change; columns in the client's units."""
    span = {
        "start": {"line": line, "character": start},
        "end": {"line": line if last is None else last, "character": end},
    }
    return {"range": span, "text": text}


@asynccontextmanager
async def editor(features: Fakes | None = None, *, tidy: bool = True) -> AsyncIterator[Editor]:
    """Connect an editor to a server. At the end nothing the server sent may be left unread."""
    features = features or Fakes()
    to_server, from_client = os.pipe()
    to_client, from_server = os.pipe()
    wire = Wire(to_server, from_server)
    connection = Connection("1.2.3", features.host, wire, leaving=lambda _code: None)
    end = asyncio.create_task(connection.run())
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(to_client, "rb", 0)
    )
    writer, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(from_client, "wb", 0))
    client = LanguageClient(reader, writer.write)
    try:
        yield Editor(client, features, end)
        if tidy and not end.done():
            await client.request("shutdown")
            client.notify("exit")
            assert await asyncio.wait_for(end, PATIENCE) == 0
    finally:
        writer.close()
        if not end.done():
            await asyncio.wait_for(end, PATIENCE)
        os.close(to_server)
        os.close(from_server)
        await asyncio.sleep(0)
        await client.close()
        transport.close()
        await asyncio.sleep(0)
    if tidy:
        assert client.inbox == []
        assert client.unanswered == []
        assert client.stray == []
