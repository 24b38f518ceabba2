"""One running answer of the model, kept alive for as long as typing agrees with it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from lsp_server.common.clock import Clock
from lsp_server.common.snapshot import Place
from lsp_server.models.api import Event, Finish, Outcome, Text
from lsp_server.models.errors import Loading, ModelError, Superseded

if TYPE_CHECKING:
    from lsp_server.features.inline_completion.reuse import Known

log = logging.getLogger(__name__)


class Generation:
    """Text that a model streams for `place`; whoever waits on it may go away without ending it.

    `seconds_to_first` is None until there is text; `seconds_after` is how long the text after it
    took. `was_cut`: the model had more to say. `error` is set where it failed. `known` keeps what
    the text is worth as code until there is news. `awaited`: the user asked for it by key.
    """

    def __init__(self, place: Place, engine: str, *, block: bool, awaited: bool = False) -> None:
        self.place = place
        self.engine = engine
        self.block = block
        self.awaited = awaited
        self.text = ""
        self.started = 0.0
        self.seconds_to_first: float | None = None
        self.seconds_after = 0.0
        self.finished = False
        self.was_stopped = False
        self.was_cut = False
        self.error: ModelError | None = None
        self.known: Known | None = None
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(
        self,
        events: AsyncGenerator[Event, None],
        is_enough: Callable[[str], bool],
        clock: Clock,
        finished: Callable[["Generation"], None],
    ) -> None:
        """Stream on by itself until `is_enough` says so of the text, which stops the model.

        `finished` is called once, at the end, whatever it was.
        """
        self.started = clock.now()
        self._task = asyncio.create_task(self._run(events, is_enough, clock))
        self._task.add_done_callback(lambda _: finished(self))

    async def news(self) -> None:
        """Wait until there is more text, or the end."""
        if not self.finished:
            await self._news.wait()

    def stop(self) -> None:
        """End the stream; the model stops at once."""
        self.was_stopped = True
        if self._task is not None:
            self._task.cancel()

    async def stopped(self) -> None:
        """Wait until the stream is closed."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(
        self, events: AsyncGenerator[Event, None], is_enough: Callable[[str], bool], clock: Clock
    ) -> None:
        try:
            async with aclosing(events):
                async for event in events:
                    if isinstance(event, Finish):
                        self.was_cut = event.outcome is not Outcome.STOP
                    if not isinstance(event, Text) or not event.text:
                        continue
                    self._take(event.text, clock.now())
                    if is_enough(self.text):
                        break
        except ModelError as error:
            # Both are the ordinary course of things and pass by themselves.
            level = logging.INFO if isinstance(error, Loading | Superseded) else logging.WARNING
            log.log(level, "No completion from %s: %s", self.engine, error)
            self.error = error
        finally:
            self.finished = True
            self._tell()

    def _take(self, text: str, now: float) -> None:
        if self.seconds_to_first is None:
            self.seconds_to_first = now - self.started
        self.seconds_after = now - self.started - self.seconds_to_first
        self.text += text
        self._tell()

    def _tell(self) -> None:
        self.known = None
        self._news.set()
        self._news = asyncio.Event()
