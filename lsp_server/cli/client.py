"""A small language client over a pair of byte streams: what an editor does, without an editor.

The demonstration drives the real server with it, and the tests do.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsp_server.protocol.wire.framing import Frames, framed

Message = dict[str, Any]
Answer = Callable[[Any], Any]
_PIECE = 65536


class ServerRefused(Exception):
    """The server answered a request with an error; `code` and `data` are its own."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.code = error.get("code")
        self.data = error.get("data")


class ServerGone(Exception):
    """The server closed its output while an answer was awaited."""


class LanguageClient:
    """One conversation with a language server.

    `answers` says what is replied to the server's requests, by method: a value or a function of
    the params. Other requests are kept in `unanswered` until `answer` is called. Notifications
    are kept in `inbox` until `wait_for` takes them.
    """

    def __init__(self, reader: asyncio.StreamReader, write: Callable[[bytes], None]) -> None:
        self.answers: dict[str, Answer | Any] = {}
        self.inbox: list[Message] = []
        self.unanswered: list[Message] = []
        self.stray: list[Message] = []
        self._write = write
        self._reader = reader
        self._pending: dict[int | str, asyncio.Future[Any]] = {}
        self._number = 0
        self._news = asyncio.Event()
        self._gone = False
        self._listening = asyncio.create_task(self._listen())

    async def request(self, method: str, params: Any = None) -> Any:
        """Send a request and return its result; raises ServerRefused or ServerGone."""
        return await self.start(method, params)[1]

    def start(self, method: str, params: Any = None) -> tuple[int, asyncio.Future[Any]]:
        """Send a request; return its id and the future of its result."""
        self._number += 1
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[self._number] = future
        message: Message = {"id": self._number, "method": method}
        self.send(message if params is None else {**message, "params": params})
        return self._number, future

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification."""
        message: Message = {"method": method}
        self.send(message if params is None else {**message, "params": params})

    def cancel(self, request: int) -> None:
        """Ask the server to give up a request."""
        self.notify("$/cancelRequest", {"id": request})

    def answer(self, message: Message, result: Any = None) -> None:
        """Answer a request of the server that was kept."""
        self.unanswered.remove(message)
        self.send({"id": message["id"], "result": result})

    def send(self, message: Mapping[str, Any]) -> None:
        """Send any message."""
        self.send_bytes(framed(json.dumps({"jsonrpc": "2.0", **message}).encode()))

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._write(data)

    async def wait_for(
        self, method: str, suits: Callable[[Any], bool] = lambda _params: True
    ) -> Any:
        """Take the first notification or unanswered request of `method` whose params suit.

        Returns a notification's params, and a request as the whole message.
        """
        while True:
            for message in self.inbox:
                if message["method"] == method and suits(message.get("params")):
                    self.inbox.remove(message)
                    return message.get("params")
            for message in self.unanswered:
                if message["method"] == method and suits(message.get("params")):
                    return message
            await self._next()

    async def wait_for_stray(self) -> Message:
        """Take the first response that answers no request of ours, as to broken bytes."""
        while not self.stray:
            await self._next()
        return self.stray.pop(0)

    async def close(self) -> None:
        """Stop listening."""
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)

    async def _next(self) -> None:
        if self._gone:
            raise ServerGone
        self._news.clear()
        await self._news.wait()

    async def _listen(self) -> None:
        frames = Frames()
        while data := await self._reader.read(_PIECE):
            for body in frames.feed(data):
                self._take(json.loads(body))
            self._news.set()
        self._gone = True
        self._news.set()
        for future in self._pending.values():
            if not future.done():
                future.set_exception(ServerGone())

    def _take(self, message: Message) -> None:
        if "method" not in message:
            self._take_response(message)
        elif "id" not in message:
            self.inbox.append(message)
        elif message["method"] in self.answers:
            answer = self.answers[message["method"]]
            result = answer(message.get("params")) if callable(answer) else answer
            self.send({"id": message["id"], "result": result})
        else:
            self.unanswered.append(message)

    def _take_response(self, message: Message) -> None:
        future = self._pending.pop(message.get("id") or 0, None)
        if future is None:
            self.stray.append(message)
        elif "error" in message:
            if not future.cancelled():
                future.set_exception(ServerRefused(message["error"]))
        elif not future.cancelled():
            future.set_result(message.get("result"))


@asynccontextmanager
async def spawned_server(
    command: Sequence[str] = (sys.executable, "-m", "lsp_server"),
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Any:
    """Start a server as an editor does; yields the client and the process, which ends with it."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=folder,
        env=environment,
    )
    if process.stdin is None or process.stdout is None:
        raise ServerGone
    client = LanguageClient(process.stdout, process.stdin.write)
    try:
        yield client, process
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            process.kill()
            await process.wait()
        await client.close()
