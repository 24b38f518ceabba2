"""Which models are in memory, and the loads that bring them there."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from lsp_server.models.api import Urgency
from lsp_server.models.calls import Manner, base_body
from lsp_server.models.errors import ModelError
from lsp_server.models.frames import Frame, learn_frame
from lsp_server.models.ollama.client import Ollama
from lsp_server.models.ollama.values import Running
from lsp_server.models.traits import Thinks

_log = logging.getLogger(__name__)


class Loading(ModelError):
    """The model is on its way into memory."""

    def __init__(self, model: str) -> None:
        super().__init__(
            f"{model} is being loaded into memory.",
            "The built-in engine answers until it is there.",
        )


class Loader:
    """Loads models, one load a model at a time; nobody who leaves cancels a load.

    `tell` is called whenever what is loaded or loading has changed.
    """

    def __init__(self, server: Ollama, tell: Callable[[], None]) -> None:
        self._server = server
        self._tell = tell
        self._loaded: dict[str, Frame | None] = {}
        self._loads: dict[str, asyncio.Task[None]] = {}

    @property
    def loading(self) -> tuple[str, ...]:
        """The models that are being loaded."""
        return tuple(self._loads)

    @property
    def loaded(self) -> tuple[str, ...]:
        """The models that were in memory when last heard of."""
        return tuple(self._loaded)

    async def ready(self, manner: Manner, urgency: Urgency) -> Manner:
        """Return `manner` once its model is in memory, with the frame that was learned.

        A typing request does not wait: it starts the load and raises `Loading`. Raises ModelError
        if the load fails.
        """
        if manner.model not in self._loaded:
            load = self.start(manner)
            if urgency is Urgency.TYPING:
                raise Loading(manner.model)
            await asyncio.shield(load)
        return replace(manner, frame=self._loaded.get(manner.model))

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
        """Forget models that the server no longer has in memory."""
        names = {model.name for model in running}
        for name in [name for name in self._loaded if name not in names]:
            del self._loaded[name]

    async def close(self) -> None:
        """Give up all loads."""
        loads = tuple(self._loads.values())
        for load in loads:
            load.cancel()
        await asyncio.gather(*loads, return_exceptions=True)

    async def _load(self, manner: Manner) -> None:
        await self._server.load(base_body(manner))
        self._loaded[manner.model] = await self._frame(manner)

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

    def _over(self, model: str, task: "asyncio.Task[None]") -> None:
        self._loads.pop(model, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning("loading %s: %s", model, error)
        self._tell()
