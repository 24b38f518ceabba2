"""Ollama's stand-in: the same routes, words and wire behaviour; its models follow a script."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from tests.simulator import generation, refusals
from tests.simulator.catalogue import show_info
from tests.simulator.engine import Engine
from tests.simulator.faults import Faults, fault_from
from tests.simulator.generation import Call, Record
from tests.simulator.http import NDJSON, HttpReply, HttpRequest, HttpServer, json_reply
from tests.simulator.refusals import Refused
from tests.simulator.values import Format, SimModel

_LOCAL_HOST = re.compile(
    r"(localhost|.*\.localhost|.*\.local|.*\.internal|\[?::1\]?|[\d.]+)?(:\d+)?"
)
_LOCAL_ORIGIN = re.compile(
    r"(https?://(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(:\d+)?|(app|file|tauri|vscode-\w+)://.*)"
)
_PULL_TELLS_SECONDS = 0.06
_POSTS = ("generate", "chat", "show", "embed", "pull", "delete", "create")
_GETS = ("version", "tags", "ps")


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    path: str
    body: Record


@dataclass
class Simulator:
    """A server on loopback with `models` installed.

    `pullable` are models that a pull brings. `received` keeps every request. `async with` starts
    and stops it; `url` is its address meanwhile. `skew` is how many seconds its wall clock is
    ahead. A fault can be ordered from outside as well: POST /simulator/faults with the fields of
    `Fault`, `kind` by its name in `Kind`.
    """

    models: list[SimModel]
    pullable: list[SimModel] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    engine: Engine = field(default_factory=Engine)
    faults: Faults = field(default_factory=Faults)
    url: str = ""
    skew: float = 0.0
    _server: HttpServer | None = None
    _partial: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine.faults = self.faults

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        self._server = HttpServer(self._handle)
        self.url = f"http://127.0.0.1:{await self._server.start(port)}"

    async def stop(self) -> None:
        """Stop listening and cut what is open, as a server that is killed."""
        if self._server is not None:
            self.faults.released.set()
            await self._server.stop()
            self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def bodies(self, path: str) -> list[Record]:
        """Return the bodies of all requests to `path`, oldest first."""
        return [one.body for one in self.received if one.path == path]

    async def _handle(self, request: HttpRequest) -> HttpReply:
        if not _LOCAL_HOST.fullmatch(request.headers.get("host", "")):
            return HttpReply(403)
        origin = request.headers.get("origin")
        if origin is not None and not self._allows(origin):
            return HttpReply(403)
        try:
            return await self._route(request)
        except Refused as refused:
            return refused.reply()

    def _allows(self, origin: str) -> bool:
        allowed = self.engine.hardware.origins
        return bool(_LOCAL_ORIGIN.fullmatch(origin)) or "*" in allowed or origin in allowed

    async def _route(self, request: HttpRequest) -> HttpReply:
        path = request.path.partition("?")[0]
        if path == "/":
            return _text(200, "Ollama is running")
        if path == "/simulator/faults":
            self.faults.add(fault_from(refusals.parse_body(request.body)))
            return HttpReply(204)
        name = path.removeprefix("/api/")
        known = name in _GETS or name in _POSTS
        if not path.startswith("/api/") or not known:
            return _text(404, "404 page not found")
        allowed = {"GET", "HEAD"} if name in _GETS else {"DELETE" if name == "delete" else "POST"}
        if request.method not in allowed:
            return _text(405, "405 method not allowed")
        body = refusals.parse_body(request.body) if name in _POSTS else {}
        self.received.append(Received(path, body))
        spoiled = await self.faults.before(path)
        if spoiled is not None:
            return spoiled
        handler: Callable[[Record], Awaitable[HttpReply]] = getattr(self, f"_{name}")
        return await handler(body)

    async def _version(self, _body: Record) -> HttpReply:
        return json_reply({"version": self.engine.version.name})

    async def _tags(self, _body: Record) -> HttpReply:
        return json_reply({"models": [_entry(model) for model in self.models]})

    async def _ps(self, _body: Record) -> HttpReply:
        running = [
            _entry(runner.model)
            | {
                "size": runner.size,
                "size_vram": runner.size_vram,
                "context_length": runner.context,
                "expires_at": _expiry(runner.expires - self.engine.clock.now() + self.skew),
            }
            for runner in self.engine.in_memory()
        ]
        return json_reply({"models": running})

    async def _show(self, body: Record) -> HttpReply:
        name = _named(body)
        model = self._installed(name)
        if model is None:
            raise Refused(404, f"model '{refusals.tagged(name)}' not found")
        verbose = bool(body.get("verbose"))
        reply = {
            "license": "",
            "modelfile": _modelfile(model),
            "parameters": "temperature                    1",
            "template": _template(model),
            "details": _details(model),
            "model_info": show_info(model, verbose),
            "capabilities": list(model.capabilities),
            "modified_at": generation.stamp(),
        }
        return json_reply(reply)

    async def _generate(self, body: Record) -> HttpReply:
        return await self._answer(body, chat=False)

    async def _chat(self, body: Record) -> HttpReply:
        if not body.get("model"):
            raise Refused(400, "model is required")
        return await self._answer(body, chat=True)

    async def _answer(self, body: Record, *, chat: bool) -> HttpReply:
        name = body.get("model", "")
        model = self._installed(name)
        if model is None:
            raise Refused(404, f"model '{name}' not found")
        if generation.is_load_only(body, chat=chat):
            return await self._load(body, model, chat=chat)
        call = (generation.chat_call if chat else generation.generate_call)(body, model)
        call.empties_format = self.engine.version.empties_harmony_format
        lines = self._records(call, body)
        if body.get("_debug_render_only"):
            async with self.engine.using(model, call.options, body):
                return json_reply(generation.rendered_only(call))
        if body.get("stream", True):
            return await self._streamed("/api/chat" if chat else "/api/generate", lines)
        return json_reply(await _joined(lines, call))

    async def _records(self, call: Call, body: Record) -> AsyncGenerator[Record, None]:
        call.started = self.engine.clock.now()
        async with self.engine.using(call.model, call.options, body) as runner:
            call.loaded = self.engine.clock.now()
            async with aclosing(generation.records(self.engine, runner, call)) as lines:
                async for record in lines:
                    yield record

    async def _streamed(self, path: str, lines: AsyncGenerator[Record, None]) -> HttpReply:
        # The status is sent with the first record, so a refusal by the engine still is an error.
        try:
            first = await anext(lines)
        except StopAsyncIteration:
            return HttpReply(200, b"", {"Content-Type": NDJSON})
        body = self.faults.during(path, _chained(first, lines))
        return HttpReply(200, body, {"Content-Type": NDJSON})

    async def _load(self, body: Record, model: SimModel, *, chat: bool) -> HttpReply:
        reason = "load"
        if body.get("keep_alive") == 0:
            self.engine.unload(model)
            reason = "unload"
        else:
            options = body.get("options") or {}
            refusals.check_options(options)
            async with self.engine.using(model, options, body):
                pass
        return json_reply(generation.only_loaded(body["model"], reason, chat=chat))

    async def _embed(self, body: Record) -> HttpReply:
        name = _named(body)
        if self._installed(name) is None:
            raise Refused(404, f'model "{name}" not found, try pulling it first')
        raise Refused(500, "this model does not support embeddings")

    async def _pull(self, body: Record) -> HttpReply:
        name = refusals.tagged(_named(body))
        found = [model for model in self.pullable if model.name == name]
        lines = self._pulling(found[0] if found else None)
        body_lines = self.faults.during("/api/pull", lines)
        return HttpReply(200, body_lines, {"Content-Type": NDJSON})

    async def _create(self, body: Record) -> HttpReply:
        source = self._installed(body.get("from", ""))
        if source is None:
            raise Refused(404, f"model '{body.get('from', '')}' not found")
        name = refusals.tagged(_named(body))
        self.models.append(replace(source, name=name, blob=source.key))
        lines = self.faults.during("/api/create", _created())
        return HttpReply(200, lines, {"Content-Type": NDJSON})

    async def _delete(self, body: Record) -> HttpReply:
        name = _named(body)
        model = self._installed(name)
        if model is None:
            raise Refused(404, f"model '{name}' not found")
        self.models.remove(model)
        return HttpReply(200)

    async def _pulling(self, model: SimModel | None) -> AsyncGenerator[Record, None]:
        """Tell how far a pull is; one that was broken off goes on from there."""
        yield {"status": "pulling manifest"}
        if model is None:
            yield {"error": "pull model manifest: file does not exist"}
            return
        step = {"status": f"pulling {model.digest[:12]}", "digest": f"sha256:{model.digest}"}
        yield step | {"total": model.size}
        rate = self.engine.hardware.network
        portion = int(rate * _PULL_TELLS_SECONDS) or -(-model.size // 4)
        while (done := self._partial.get(model.digest, 0)) < model.size:
            await self.engine.clock.sleep(_PULL_TELLS_SECONDS if rate else 0)
            self._partial[model.digest] = min(done + portion, model.size)
            yield step | {"total": model.size, "completed": self._partial[model.digest]}
        for status in ("verifying sha256 digest", "writing manifest"):
            yield {"status": status}
        self.models.append(model)
        yield {"status": "success"}

    def _installed(self, name: str) -> SimModel | None:
        wanted = refusals.tagged(name).lower()
        return next((model for model in self.models if model.name.lower() == wanted), None)


def _named(body: Record) -> str:
    name: str = body.get("model") or body.get("name") or ""
    if not name:
        raise Refused(400, "model is required")
    return name


def _expiry(seconds: float) -> str:
    """Return the time in `seconds` from now; for ever is some 290 years, as Go's longest wait."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


def _text(status: int, text: str) -> HttpReply:
    return HttpReply(status, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})


def _details(model: SimModel) -> Record:
    return {
        "parent_model": "",
        "format": "gguf",
        "family": model.family,
        "families": [model.family],
        "parameter_size": "1M",
        "quantization_level": model.quantization,
    }


def _entry(model: SimModel) -> Record:
    remote = {"remote_host": model.remote_host} if model.remote_host else {}
    return {
        "name": model.name,
        "model": model.name,
        "modified_at": "2026-01-01T00:00:00Z",
        "size": model.size,
        "digest": model.digest,
        "details": _details(model),
        "capabilities": list(model.capabilities),
        **remote,
    }


def _modelfile(model: SimModel) -> str:
    if model.format is Format.GLM:
        return f"FROM {model.name}\nTEMPLATE {{{{ .Prompt }}}}\nRENDERER glm-4.7\nPARSER glm-4.7\n"
    return f"FROM {model.name}\n"


def _template(model: SimModel) -> str:
    if model.format is Format.HARMONY:
        return "<|start|>system<|message|>Reasoning: {{ .ThinkLevel }}<|end|>"
    if "insert" in model.capabilities:
        return "{{ .Prefix }}{{ .Suffix }}"
    return "{{ .Prompt }}"


async def _joined(lines: AsyncGenerator[Record, None], call: Call) -> Record:
    text, thinking, last = "", "", generation.only_loaded(call.name, "", chat=call.chat)
    last |= {"done": False}
    async for record in lines:
        last = record
        message = record.get("message", record)
        text += message.get("content", message.get("response", ""))
        thinking += message.get("thinking", "")
    extra = {"thinking": thinking} if thinking else {}
    if call.chat:
        return last | {"message": {"role": "assistant", "content": text, **extra}}
    return last | {"response": text, **extra}


async def _chained(
    first: Record, lines: AsyncGenerator[Record, None]
) -> AsyncGenerator[Record, None]:
    async with aclosing(lines):
        yield first
        try:
            async for record in lines:
                yield record
        except Refused as refused:
            # The status is long sent; what goes wrong now is told in the stream.
            yield {"error": refused.error}


async def _created() -> AsyncGenerator[Record, None]:
    yield {"status": "writing manifest"}
    yield {"status": "success"}
