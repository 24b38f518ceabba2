"""Calls to one Ollama server.

The streams are read here and not by the `ollama` package, whose client cannot send `truncate`,
drops fields of the replies and breaks lines inside generated text (ollama-python 0.6.3).
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from lsp_server.models.connection import Body, Connection, Troubles
from lsp_server.models.ollama.failures import broken, failure, unreachable
from lsp_server.models.ollama.lines import NotJson, json_objects
from lsp_server.models.ollama.values import (
    Card,
    Installed,
    PullStep,
    Running,
    card_from,
    installed_from,
    pull_step_from,
    running_from,
)
from lsp_server.models.replies import IN_STREAM, Reply

if TYPE_CHECKING:
    import httpx

_log = logging.getLogger(__name__)
_ASK_SECONDS = 30.0
_OK = 200


class Ollama:
    """One server at `url`; every method raises ModelError."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = Connection(url, Troubles(unreachable, broken), _open)
        self._loads: set[asyncio.Task[None]] = set()

    async def version(self) -> str:
        """Return the server's version; "0.0.0" stands for a build of one's own."""
        return str((await self._ask("GET", "/api/version")).get("version") or "")

    async def installed(self) -> list[Installed]:
        """Return the models on the server's disk."""
        return [installed_from(entry) for entry in await self._models("/api/tags")]

    async def running(self) -> list[Running]:
        """Return the models in memory."""
        return [running_from(entry) for entry in await self._models("/api/ps")]

    async def show(self, model: str, *, verbose: bool = False) -> Card:
        """Return what `model` is; `verbose` brings its vocabulary, some 10 to 20 MB."""
        body = {"model": model, "verbose": verbose}
        return card_from(await self._ask("POST", "/api/show", body))

    async def pull(self, model: str) -> AsyncGenerator[PullStep, None]:
        """Fetch `model`; closing the generator stops, and a later pull goes on from there."""
        async with aclosing(self.stream("/api/pull", {"model": model})) as records:
            async for record in records:
                yield pull_step_from(record)

    async def ask(
        self, path: str, body: Body, seconds: float | None = _ASK_SECONDS
    ) -> dict[str, Any]:
        """Post `body` and return the one object that comes back."""
        return await self._ask("POST", path, {**body, "stream": False}, seconds)

    async def load(self, body: Body) -> None:
        """Load a model by a generate body without a prompt.

        Cancelling the caller does not cancel the load: the server would throw the half-loaded
        model away and the next request would start from nothing.
        """
        task = asyncio.ensure_future(self._load(body))
        self._loads.add(task)
        task.add_done_callback(self._loaded)
        await asyncio.shield(task)

    async def stream(
        self, path: str, body: Body, silence: float | None = None
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Post `body` and yield the records that come back, each as soon as it is there.

        Closing the generator or cancelling the task closes the connection, which ends the work at
        the server. `silence` is the most seconds without a byte. A stream that ends without a
        final record just ends.
        """
        model = str(body.get("model"))
        async with self._connection.request("POST", path, body, silence) as response:
            if response.status_code != _OK:
                text = (await response.aread()).decode("utf-8", "replace")
                raise failure(Reply(response.status_code, text, model, self.url))
            try:
                async for record in json_objects(response.aiter_bytes()):
                    if "error" in record:
                        raise failure(Reply(IN_STREAM, json.dumps(record), model, self.url))
                    yield record
            except NotJson as error:
                raise broken(self.url, str(error)) from error

    async def close(self) -> None:
        """Close all connections; loads that run are given up."""
        for task in tuple(self._loads):
            task.cancel()
        await asyncio.gather(*self._loads, return_exceptions=True)
        await self._connection.close()

    async def _load(self, body: Body) -> None:
        await self._ask("POST", "/api/generate", {**body, "stream": False}, None)

    def _loaded(self, task: "asyncio.Task[None]") -> None:
        self._loads.discard(task)
        # The caller may be gone; an exception that nobody reads must still reach the log.
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.info("load failed: %s", error)

    async def _models(self, path: str) -> list[dict[str, Any]]:
        entries = (await self._ask("GET", path)).get("models") or []
        return [entry for entry in entries if isinstance(entry, dict)]

    async def _ask(
        self, method: str, path: str, body: Body | None = None, seconds: float | None = _ASK_SECONDS
    ) -> dict[str, Any]:
        model = str((body or {}).get("model", ""))
        async with self._connection.request(method, path, body, seconds) as response:
            text = (await response.aread()).decode("utf-8", "replace")
        reply = Reply(response.status_code, text, model, self.url)
        if response.status_code != _OK:
            raise failure(reply)
        try:
            value = json.loads(text)
        except ValueError as error:
            raise failure(reply) from error
        if not isinstance(value, dict) or "error" in value:
            raise failure(reply)
        return value


def _open(url: str) -> "httpx.AsyncClient":
    """Open the `ollama` package's own HTTP client.

    Redirects are not followed: one could lead code away from the address that was allowed. Proxies
    from the environment are not used: they do not reach this machine's loopback. A key for
    Ollama's cloud goes to Ollama's cloud only.
    """
    from ollama import AsyncClient

    http: httpx.AsyncClient = AsyncClient(url, follow_redirects=False, trust_env=False)._client  # noqa: SLF001 - its public methods lose fields
    if http.base_url.host != "ollama.com":
        http.headers.pop("authorization", None)
    return http
