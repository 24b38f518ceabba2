"""When a handler runs, and what a newer request does to an older one."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

# Work in the background starts at the latest after this time, even if the user never rests.
_PATIENCE_SECONDS = 2.0


class Latency(StrEnum):
    """How soon the user notices: `TYPING` within a key, `USER` after a choice."""

    TYPING = "typing"
    USER = "user"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class Route:
    """One method and how it is handled.

    `handler` takes the session and the typed params. It is called in the order of the messages
    and takes from the documents what it needs before its first await. `superseded` makes the
    result with which a running request of the same method and document is answered as soon as a
    newer one comes; without it both run.
    """

    method: str
    handler: Callable[..., Any]
    latency: Latency
    superseded: Callable[[], Any] | None = None


class AnswersEarly(Protocol):
    """Where running requests are known by their ids."""

    @property
    def current_request(self) -> int | str | None:
        """The id of the request whose handler is being called."""
        ...

    def supersede(self, msg_id: int | str, result: Any) -> None:
        """Answer a running request now and cancel its work."""
        ...


class Schedule:
    """Calls handlers by the class of their route."""

    def __init__(self, requests: AnswersEarly) -> None:
        self._requests = requests
        self._newest: dict[tuple[str, str], int | str] = {}
        self._typing = 0
        self._rest = asyncio.Event()
        self._rest.set()

    def call(self, route: Route, session: Any, params: Any) -> Any:
        """Call the route's handler; returns its result or an awaitable of it."""
        if route.superseded is not None:
            self._end_older(route, params.text_document.uri)
        if route.latency is Latency.BACKGROUND:
            return self._later(route, session, params)
        result = route.handler(session, params)
        if route.latency is Latency.TYPING and inspect.isawaitable(result):
            return self._while_typing(result)
        return result

    async def rest(self) -> None:
        """Wait until no request of the typing class runs, two seconds at most."""
        if self._rest.is_set():
            return
        try:
            await asyncio.wait_for(self._rest.wait(), _PATIENCE_SECONDS)
        except TimeoutError:
            return

    def forget(self, uri: str) -> None:
        """Drop what is kept of a closed document."""
        for key in [key for key in self._newest if key[1] == uri]:
            del self._newest[key]

    def _end_older(self, route: Route, uri: str) -> None:
        key = (route.method, uri)
        if route.superseded is not None and (older := self._newest.get(key)) is not None:
            self._requests.supersede(older, route.superseded())
        if (current := self._requests.current_request) is not None:
            self._newest[key] = current

    async def _later(self, route: Route, session: Any, params: Any) -> Any:
        await self.rest()
        result = route.handler(session, params)
        return await result if inspect.isawaitable(result) else result

    def _while_typing(self, work: Awaitable[Any]) -> asyncio.Future[Any]:
        # A coroutine around the work would leave it unawaited if it is cancelled before it begins.
        task = asyncio.ensure_future(work)
        self._typing += 1
        self._rest.clear()
        task.add_done_callback(self._typed)
        return task

    def _typed(self, _task: asyncio.Future[Any]) -> None:
        self._typing -= 1
        if self._typing == 0:
            self._rest.set()
