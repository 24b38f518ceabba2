"""A small HTTP/1.1 server on asyncio: one connection, one request at a time, h11 for the grammar.

It exists because a simulator must do what a real server framework forbids: end a connection in the
middle of a line, stall, or notice at once that the client is gone.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import h11

JSON = "application/json; charset=utf-8"
NDJSON = "application/x-ndjson"


class Dropped(Exception):
    """Raised by a handler or a body to cut the connection without another byte."""


@dataclass(frozen=True)
class HttpRequest:
    """One request with its whole body; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class HttpReply:
    """One reply; a body that is an iterator is sent chunk by chunk as it comes."""

    status: int = 200
    body: bytes | AsyncIterator[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[HttpRequest], Awaitable[HttpReply]]


def json_reply(value: Any, status: int = 200) -> HttpReply:
    """Return `value` as a JSON reply."""
    return HttpReply(status, dump(value), {"Content-Type": JSON})


def dump(value: Any) -> bytes:
    """Return compact JSON with the escapes that Go's encoder writes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.encode("utf-8", "surrogatepass")


class HttpServer:
    """A server on 127.0.0.1 that answers with `handler`; a client that leaves cancels it.

    `connections` counts those that were ever opened.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.connections = 0

    async def start(self, port: int = 0) -> int:
        """Listen on `port` (0: a free one) and return the port."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Stop listening and cut every connection."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._open):
            await _settle(task)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._converse(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, h11.RemoteProtocolError):
                await _Connection(reader, writer, self._handler).run()
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


class _Connection:
    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler
    ) -> None:
        self._reader, self._writer, self._handler = reader, writer, handler
        self._http = h11.Connection(h11.SERVER)

    async def run(self) -> None:
        while (request := await self._request()) is not None:
            answering = asyncio.ensure_future(self._answer(request))
            leaving = asyncio.ensure_future(self._reader.read(65536))
            try:
                await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
                if not answering.done() and leaving.done() and leaving.result():
                    self._http.receive_data(leaving.result())
                    await answering
                if not answering.done():
                    return
                answering.result()
            except Dropped:
                self._writer.transport.abort()
                return
            finally:
                await _settle(answering)
                await _settle(leaving)
            if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
                return
            self._http.start_next_cycle()
            if leaving.done() and not leaving.cancelled() and leaving.result():
                self._http.receive_data(leaving.result())

    async def _request(self) -> HttpRequest | None:
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                data = await self._reader.read(65536)
                if not data and head is None:
                    return None
                self._http.receive_data(data)
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                names = {name.decode().lower(): value.decode() for name, value in head.headers}
                return HttpRequest(head.method.decode(), head.target.decode(), names, bytes(body))
            else:
                return None

    async def _answer(self, request: HttpRequest) -> None:
        reply = await self._handler(request)
        body = reply.body
        headers = dict(reply.headers)
        if isinstance(body, bytes):
            headers["Content-Length"] = str(len(body))
            self._head(reply.status, headers)
            if request.method != "HEAD":
                self._send(h11.Data(data=body))
        else:
            headers["Transfer-Encoding"] = "chunked"
            self._head(reply.status, headers)
            await self._stream(body)
        self._send(h11.EndOfMessage())
        await self._writer.drain()

    async def _stream(self, body: AsyncIterator[bytes]) -> None:
        await self._writer.drain()
        try:
            async for chunk in body:
                self._send(h11.Data(data=chunk))
                await self._writer.drain()
        finally:
            close = getattr(body, "aclose", None)
            if close is not None:
                await close()

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self._send(h11.Response(status_code=status, headers=list(headers.items())))

    def _send(self, event: h11.Event) -> None:
        if data := self._http.send(event):
            self._writer.write(data)


async def _settle(task: "asyncio.Future[Any]") -> None:
    """Cancel `task` and wait until it is over; what it raised was looked at before."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await task
