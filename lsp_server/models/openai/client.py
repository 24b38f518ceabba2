"""Calls to one OpenAI-compatible server."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lsp_server.models.connection import Body, Connection, Troubles
from lsp_server.models.errors import ModelError
from lsp_server.models.ollama.lines import NotJson
from lsp_server.models.openai.failures import broken, failure, foreign, unreachable
from lsp_server.models.openai.sse import choices_of, event_objects
from lsp_server.models.replies import IN_STREAM, Reply
from lsp_server.models.speech import Record

if TYPE_CHECKING:
    import httpx

_ASK_SECONDS = 30.0
_REST_SECONDS = 0.25
_OK = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A model that the server offers; `context` is None where the server does not tell.

    `weights` is what the server tells of the model behind the name, as far as that stays the same
    from one listing to the next.
    """

    name: str
    owner: str
    context: int | None
    weights: str = ""


class OpenAiServer:
    """One server at `url`, which ends in its version; every method raises ModelError."""

    def __init__(self, url: str, key: str = "") -> None:
        self.url = url
        # Not kept anywhere else: whatever shows this object must not show the key.
        self._without_key: Callable[[str], str] = lambda text: (
            text.replace(key, "\u2026") if key else text
        )
        self._connection = Connection(url, Troubles(unreachable, broken), lambda at: _open(at, key))

    async def models(self) -> list[Listed]:
        """Return what the server offers."""
        entries = (await self.ask("GET", "/models")).get("data")
        entries = entries if isinstance(entries, list) else []
        return [_listed(entry) for entry in entries if isinstance(entry, dict) and entry.get("id")]

    async def ask(self, method: str, path: str, body: Body | None = None) -> dict[str, Any]:
        """Return the one object that comes back from `path`."""
        model = str((body or {}).get("model", ""))
        async with self._connection.request(method, path, body, _ASK_SECONDS) as response:
            text = (await response.aread()).decode("utf-8", "replace")
        if response.status_code != _OK:
            raise self._refused(response.status_code, text, model)
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise foreign(self.url, "its answer is no JSON object")
        return value

    async def ask_root(self, method: str, path: str, body: Body | None = None) -> dict[str, Any]:
        """Return what comes back from a path beside the protocol, such as llama-server's own."""
        parts = urlsplit(self.url)
        return await self.ask(method, f"{parts.scheme}://{parts.netloc}{path}", body)

    async def stream(
        self, path: str, body: Mapping[str, Any], silence: float | None = None
    ) -> AsyncGenerator[Record, None]:
        """Post `body` and yield the chunks that come back, each as soon as it is there.

        The reason why the answer ended and what it cost come in different chunks: they are given
        together as a last record, {"done": reason, "usage": ..., "timings": ...}. A stream that
        ends without a reason just ends.
        """
        model = str(body.get("model"))
        last: Record = {}
        async with self._connection.request("POST", path, body, silence) as response:
            if response.status_code != _OK:
                text = (await response.aread()).decode("utf-8", "replace")
                raise self._refused(response.status_code, text, model)
            pieces = response.aiter_bytes()
            try:
                async for record in event_objects(pieces):
                    if record.get("error") or record.get("object") == "error":
                        raise self._refused(IN_STREAM, json.dumps(record), model)
                    last |= _ending(record)
                    yield record
            except NotJson as error:
                raise broken(self.url, str(error)) from error
            if "done" in last:
                await _read_out(pieces)
        if "done" in last:
            yield last

    async def close(self) -> None:
        """Close all connections."""
        await self._connection.close()

    def _refused(self, status: int, text: str, model: str) -> ModelError:
        # Some services say which key they refuse.
        return failure(Reply(status, self._without_key(text), model, self.url))


async def _read_out(pieces: AsyncIterator[bytes]) -> None:
    """Read what follows an answer: a reply not read to its end costs the next a new connection."""
    import httpx

    # The answer is whole, whatever becomes of the rest.
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_REST_SECONDS):
            async for _ in pieces:
                pass


def _ending(record: Record) -> Record:
    """Return what `record` tells of the end of the answer."""
    found = {key: record[key] for key in ("usage", "timings") if isinstance(record.get(key), dict)}
    for choice in choices_of(record):
        if choice.get("finish_reason"):
            found["done"] = str(choice["finish_reason"])
    return found


def _listed(entry: Mapping[str, Any]) -> Listed:
    meta = entry.get("meta")
    told = [entry.get(key) for key in ("max_model_len", "context_window", "context_length")]
    told += [meta.get("n_ctx"), meta.get("n_ctx_train")] if isinstance(meta, dict) else []
    context = next((int(size) for size in told if isinstance(size, int) and size > 0), None)
    weights = json.dumps([entry.get("root"), meta], sort_keys=True)
    return Listed(str(entry["id"]), str(entry.get("owned_by") or ""), context, weights)


def _open(url: str, key: str) -> "httpx.AsyncClient":
    """Open a client that follows no redirect and uses no proxy: code goes to this address only."""
    import httpx

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(base_url=url, headers=headers, follow_redirects=False, trust_env=False)
