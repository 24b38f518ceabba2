"""A small server that speaks OpenAI's protocol, by script."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tests.simulator.http import HttpReply, HttpRequest, HttpServer, json_reply

EVENTS = "text/event-stream"
Scripted = Callable[[str, dict[str, Any]], HttpReply | None]


def _unscripted(_path: str, _body: dict[str, Any]) -> None:
    return None


@dataclass
class FakeServer:
    """Lists `listed`, answers chats with `answer` after `thinking`, and keeps what it was sent.

    `scripted` may answer any request first. With a `gate` every piece waits until it is open.
    """

    listed: list[Mapping[str, Any]] = field(default_factory=lambda: [{"id": "glm-4.7-flash"}])
    answer: str = "a + b"
    thinking: str = ""
    reasoning_field: str = "reasoning_content"
    key: str = ""
    scripted: Scripted = _unscripted
    gate: asyncio.Event | None = None
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def __aenter__(self) -> Self:
        self._http = HttpServer(self._answered)
        self.url = f"http://127.0.0.1:{await self._http.start()}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.stop()

    async def stop(self) -> None:
        """Go away."""
        await self._http.stop()

    async def start(self) -> None:
        """Come back at the same address."""
        await self._http.start(int(self.url.rpartition(":")[2].partition("/")[0]))

    @property
    def connections(self) -> int:
        """How many connections were ever opened."""
        return self._http.connections

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """Return what was posted to `path`."""
        return [body for where, body in self.asked if where == path]

    async def _answered(self, request: HttpRequest) -> HttpReply:
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return json_reply({"error": {"message": "Invalid API key"}}, 401)
        body = json.loads(request.body) if request.body else {}
        self.asked.append((request.path, body))
        scripted = self.scripted(request.path, body)
        if scripted is not None:
            return scripted
        if request.path == "/v1/models":
            return json_reply({"object": "list", "data": self.listed})
        if not body.get("stream"):
            return json_reply({"detail": "Not Found"}, 404)
        return HttpReply(200, self._pieces(request.path), {"Content-Type": EVENTS})

    async def _pieces(self, path: str) -> AsyncIterator[bytes]:
        chat = path.endswith("/chat/completions")
        try:
            for thought in self.thinking.split():
                yield event({"choices": [{"delta": {self.reasoning_field: thought}}]})
            for piece in self.answer.splitlines(keepends=True):
                if self.gate is not None:
                    await self.gate.wait()
                said = {"delta": {"content": piece}} if chat else {"text": piece}
                yield event({"choices": [said]})
            yield event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
            details = {"cached_tokens": 60}
            usage = {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": details}
            yield event({"choices": [], "usage": usage}) + b"data: [DONE]\n\n"
        except (asyncio.CancelledError, GeneratorExit):
            self.left.set()
            raise


def event(value: Mapping[str, Any]) -> bytes:
    """Return `value` as one event."""
    return b"data: " + json.dumps(value).encode() + b"\n\n"
