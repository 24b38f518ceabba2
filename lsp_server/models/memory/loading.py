"""Which models are in memory, and the loads that bring them there."""

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from lsp_server.common.clock import Clock
from lsp_server.models.api import Urgency
from lsp_server.models.errors import Loading, ModelError
from lsp_server.models.frames import Frame, learn_frame
from lsp_server.models.ollama.calls import Manner, base_body
from lsp_server.models.ollama.client import Ollama
from lsp_server.models.ollama.values import Running
from lsp_server.models.traits import Thinks

_log = logging.getLogger(__name__)
# How long the user must not have typed before one model may leave for the other.
PAUSE_SECONDS = 3.0
# A model that the server still has is there at once; a key can wait that long for it.
_INSTANT_SECONDS = 0.25
_FOR_EVER = -1


class Loader:
    """Loads models, one load a model at a time; nobody who leaves cancels a load.

    `tell` is called whenever what is loaded or loading has changed. With `exclusive` one model has
    to leave for the other: then no load begins while the user types, none for typing while the
    other model works, and none for a task before all who wait for that model were served. `first`
    is loaded before any other, where both are to stay: Ollama guesses its size so much too high
    that it would evict what is there.
    """

    def __init__(self, server: Ollama, clock: Clock, tell: Callable[[], None]) -> None:
        self.exclusive = False
        self.first: Manner | None = None
        self._clock = clock
        self._typed_at = -math.inf
        self._busy: Counter[str] = Counter()
        self._loads_done: Counter[str] = Counter()
        self._freed = asyncio.Event()
        self._server = server
        self._tell = tell
        self._loaded: dict[str, Frame | None] = {}
        self._to_stay: set[str] = set()
        self._evicted: set[str] = set()
        self._loads: dict[str, asyncio.Task[None]] = {}
        self.running: tuple[Running, ...] = ()

    @property
    def loading(self) -> tuple[str, ...]:
        """The models that are being loaded."""
        return tuple(self._loads)

    @property
    def loaded(self) -> tuple[str, ...]:
        """The models that were in memory when last heard of."""
        return tuple(self._loaded)

    @property
    def evicted(self) -> tuple[str, ...]:
        """The models that were to stay in memory and that somebody else took out."""
        return tuple(sorted(self._evicted))

    async def ready(self, manner: Manner, urgency: Urgency) -> Manner:
        """Return `manner` once its model is in memory, with the frame that was learned.

        A typing request starts the load and raises `Loading` unless that takes no time. Raises
        ModelError if the load fails.
        """
        if urgency is Urgency.TYPING:
            self._typed_at = self._clock.now()
        if not self._is_in(manner):
            if urgency is Urgency.TYPING:
                if not (self.exclusive and self._works_elsewhere(manner)):
                    await self._instant(self.start(manner))
                if not self._is_in(manner):
                    raise Loading(manner.model)
            else:
                await self._bring(manner)
        return replace(manner, frame=self._loaded.get(manner.model))

    async def resident(self, manner: Manner) -> Manner | None:
        """Return `manner` with its frame if the model is in memory as it was loaded here.

        The server is asked, since another program may have made the model leave. Raises ModelError.
        """
        if manner.model not in self._loaded or self._loads:
            return None
        self.seen(await self._server.running())
        there = {one.name: one.context for one in self.running}
        if there.get(manner.model) not in {manner.profile.context, None}:
            return None
        known = manner.model in self._loaded and not self._loads
        return replace(manner, frame=self._loaded[manner.model]) if known else None

    def typed_within(self, seconds: float) -> bool:
        """Whether there was a typing request in the last `seconds`."""
        return self._clock.now() - self._typed_at < seconds

    def loads_of(self, model: str) -> int:
        """Return how often the model was loaded: after another load it has read nothing."""
        return self._loads_done[model]

    @contextmanager
    def working(self, manner: Manner) -> Iterator[None]:
        """Mark that the model works or is about to, so that it is not made to leave."""
        self._busy[manner.model] += 1
        try:
            yield
        finally:
            self._busy[manner.model] -= 1
            self._tell_freed()

    async def _bring(self, manner: Manner) -> None:
        # All who wait for the model that is in are served before it leaves for the other.
        while self.exclusive and not self._is_in(manner):
            if self._loaded and self.typed_within(PAUSE_SECONDS):
                await self._clock.sleep(PAUSE_SECONDS - (self._clock.now() - self._typed_at))
            elif any(self._busy[one] for one in {*self._loaded, *self._loads} - {manner.model}):
                await self._freed.wait()
            else:
                break
        if self._is_in(manner):
            return
        first = self.first
        if first is not None and first.model not in {manner.model, *self._loaded}:
            await asyncio.shield(self.start(first))
        await asyncio.shield(self.start(manner))

    def _is_in(self, manner: Manner) -> bool:
        """Whether the model is in memory, and not about to leave for one that is being loaded."""
        leaves = self.exclusive and self._loads.keys() - {manner.model}
        return manner.model in self._loaded and not leaves

    async def _instant(self, load: "asyncio.Task[None]") -> None:
        """Wait for `load` as long as a key can."""
        late = asyncio.ensure_future(self._clock.sleep(_INSTANT_SECONDS))
        try:
            await asyncio.wait({load, late}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            late.cancel()

    def _works_elsewhere(self, manner: Manner) -> bool:
        return any(self._busy[model] for model in self._busy if model != manner.model)

    def start(self, manner: Manner) -> "asyncio.Task[None]":
        """Return the load of the model, started now if none runs."""
        load = self._loads.get(manner.model)
        if load is None:
            load = self._loads[manner.model] = asyncio.ensure_future(self._load(manner))
            load.add_done_callback(lambda task: self._over(manner.model, task))
            self._tell()
        return load

    def gone(self, manner: Manner) -> None:
        """Note that the model may have left memory."""
        self._loaded.pop(manner.model, None)

    def seen(self, running: Iterable[Running]) -> None:
        """Forget models that the server no longer has in memory; `running` are those it has."""
        self.running = tuple(running)
        names = {model.name for model in self.running}
        ours = self._loads or (self.exclusive and names & self._loads_done.keys())
        for name in [name for name in self._loaded if name not in names]:
            del self._loaded[name]
            if name in self._to_stay and not ours:
                self._evicted.add(name)

    async def close(self) -> None:
        """Give up all loads."""
        loads = tuple(self._loads.values())
        for load in loads:
            load.cancel()
        await asyncio.gather(*loads, return_exceptions=True)

    async def _load(self, manner: Manner) -> None:
        await self._server.load(base_body(manner))
        self._loads_done[manner.model] += 1
        frame = await self._frame(manner)
        # A load may have made another model leave.
        self.seen(await self._server.running())
        self._loaded[manner.model] = frame
        self._evicted.discard(manner.model)
        if manner.keep_alive == _FOR_EVER:
            self._to_stay.add(manner.model)

    async def _frame(self, manner: Manner) -> Frame | None:
        body: dict[str, Any] = base_body(manner)
        if manner.traits.thinks is not Thinks.NEVER:
            body["think"] = manner.level if manner.traits.thinks is Thinks.LEVELS else False
        # A server that does not know the probe answers it like any chat: one token is enough.
        body["options"] = {**body["options"], "num_predict": 1}
        try:
            return await learn_frame(self._server, body)
        except ModelError as error:
            _log.info("%s: no frame learned: %s", manner.model, error)
            return None

    def _tell_freed(self) -> None:
        self._freed.set()
        self._freed = asyncio.Event()

    def _over(self, model: str, task: "asyncio.Task[None]") -> None:
        self._loads.pop(model, None)
        self._tell_freed()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning("loading %s: %s", model, error)
        self._tell()
