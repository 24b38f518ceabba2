"""A model in a role: it waits its turn, is pre-empted, goes on, and is tried again."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from lsp_server.common.clock import Clock
from lsp_server.models.api import (
    Event,
    Finish,
    Outcome,
    Prompt,
    Request,
    Role,
    Text,
    Thinking,
    Urgency,
    Usage,
)
from lsp_server.models.errors import (
    ModelError,
    RunnerCrashed,
    ServerBusy,
    StreamBroken,
    Unreachable,
)
from lsp_server.models.guarding import guarded
from lsp_server.models.meter import Forecast, Meter
from lsp_server.models.queue import Line
from lsp_server.models.speech import Begun, Call, Presence, Record, Speech, Streams

_log = logging.getLogger(__name__)
# A server says nothing while it reads a prompt, so the watchdog waits a multiple of what that
# should take; before the speed was measured it is a guess that few machines are slower than.
_SILENCE_SECONDS, _SILENCE_FACTOR = 60.0, 8.0
_RETRY_SECONDS = (0.5, 2.0)
# A key costs about as many new tokens; fewer are not worth a request that nobody waits for.
_WORTH_WARMING = 64


@dataclass(frozen=True, slots=True)
class Desk:
    """What all models of one server share; `lost` is told when the server is away."""

    server: Streams
    line: Line
    clock: Clock
    lost: Callable[[ModelError], None]


class ServedModel:
    """A `RoleModel` over one server."""

    def __init__(self, desk: Desk, presence: Presence, meter: Meter) -> None:
        self._desk = desk
        self._presence = presence
        self.meter = meter

    @property
    def role(self) -> Role:
        """The role it plays."""
        return self._presence.speech.role

    @property
    def name(self) -> str:
        """The model's name at the server."""
        return self._presence.speech.model

    @property
    def is_idle(self) -> bool:
        """Whether nobody has a turn at the server or waits for one."""
        return self._desk.line.is_idle

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """Answer `request`; closing the generator cancels the call at the server.

        Raises `ModelError`: `Loading` for a typing request while the model is not in memory,
        `Superseded` when a newer typing request came, and what the server refuses with.
        """
        with self._presence.working():
            speech = await self._presence.ready(request.urgency)
            prompt, sign = guarded(request.prompt, speech.control)
            answer = _Answer(speech, replace(request, prompt=prompt))
            async with aclosing(_unheld(self._play(answer))) as events:
                async for event in events:
                    yield _without(event, sign)

    async def warm(self, prompt: Prompt) -> bool:
        """Let the server read `prompt` if it is idle and has not read it; see `RoleModel`."""
        request = Request(prompt, 1, Urgency.BACKGROUND)
        return await self.in_a_pause(request, _WORTH_WARMING) is not None

    async def in_a_pause(self, request: Request, least: int = 0) -> str | None:
        """Answer `request` if that disturbs nobody, with `least` new tokens or more to read.

        None where the model is not in memory, where its tokens are paid for, where someone else
        has the turn or takes it away. Raises `ModelError`.
        """
        speech = await self._presence.resident()
        if speech is None or not self.meter.is_free or not self.is_idle:
            return None
        prompt, _ = guarded(request.prompt, speech.control)
        answer = _Answer(speech, replace(request, prompt=prompt))
        self.meter.since_load(self._presence.loads())
        if self.meter.cost(speech.text_of(answer.call())).new < least:
            return None
        said: list[str] = []
        # Not `_play`: who loses this turn does not come back, the next pause is early enough.
        with self._presence.working():
            async with aclosing(self._turn(answer, self._desk.line.ticket())) as events:
                async for event in events:
                    said += [event.text] if isinstance(event, Text) else []
        return "".join(said) if answer.over else None

    async def _play(self, answer: "_Answer") -> AsyncGenerator[Event, None]:
        """Yield events, over as many turns as it takes; a failure is retried where that is safe."""
        number, retries = self._desk.line.ticket(), iter(_RETRY_SECONDS)
        while not answer.over:
            try:
                async with aclosing(self._turn(answer, number)) as events:
                    async for event in events:
                        yield event
            except (ServerBusy, RunnerCrashed, StreamBroken) as error:
                delay = next(retries, None)
                if delay is None or answer.request.urgency is Urgency.TYPING or answer.is_stuck:
                    raise
                _log.info("%s: %s; trying again", self.name, error)
                await self._desk.clock.sleep(delay)
            if not answer.over:
                answer.interrupted()
                # Whoever had the turn meanwhile may have found the model gone.
                await self._presence.ready(answer.request.urgency)

    async def _turn(self, answer: "_Answer", number: int) -> AsyncGenerator[Event, None]:
        """Yield events until the answer is over or the turn is lost."""
        async with self._desk.line.turn(answer.request.urgency, number) as turn:
            mark = self.meter.mark()
            call, was_read = self._metered(answer), False
            try:
                patience = _SILENCE_SECONDS + _SILENCE_FACTOR * answer.forecast.milliseconds / 1000
                records = self._desk.server.stream(call.path, call.body, patience)
                async with aclosing(turn.through(records)) as heard:
                    async for record in heard:
                        was_read = True
                        for event in answer.heard(record):
                            yield event
            except (Unreachable, RunnerCrashed) as error:
                self._presence.gone()
                self.meter.forget()
                if isinstance(error, Unreachable):
                    self._desk.lost(error)
                raise
            finally:
                if not was_read:
                    self.meter.unread(mark)
            turn.check()
            if answer.over:
                self.meter.settle(answer.forecast, answer.usage, answer.text)
            elif not turn.lost:
                for event in answer.ended():
                    yield event

    def _metered(self, answer: "_Answer") -> Call:
        """Return the next call of `answer`, with room for what it may say."""
        call = answer.call()
        text = answer.speech.text_of(call)
        self.meter.since_load(self._presence.loads())
        forecast = self.meter.forecast(text)
        answer.text, answer.forecast = text, forecast
        # A guess by bytes is too coarse to refuse by; the server counts again in any case.
        return answer.speech.bounded(call, forecast.tokens) if self.meter.is_exact else call


async def _unheld(source: AsyncGenerator[Event, None]) -> AsyncGenerator[Event, None]:
    """Yield from `source`, which runs on while the consumer does something else.

    A consumer that stopped to read would keep the GPU's turn for itself. What it has not read yet
    is kept; it is bounded by the request's most tokens.
    """
    events: asyncio.Queue[Event | None] = asyncio.Queue()

    async def pump() -> None:
        async with aclosing(source):
            async for event in source:
                events.put_nowait(event)

    pumping = asyncio.ensure_future(pump())
    pumping.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield event
        await pumping
    finally:
        pumping.cancel()
        await asyncio.gather(pumping, return_exceptions=True)


class _Answer:
    """One answer, over as many calls as it takes."""

    def __init__(self, speech: Speech, request: Request) -> None:
        self.request = request
        self.over = False
        self.speech = speech
        self.text = ""
        self.forecast = Forecast(0, 0, 0.0)
        self.usage = Usage()
        self._begun = Begun()
        self._held: list[Text] = []

    @property
    def is_stuck(self) -> bool:
        """Whether text was passed on that can neither be gone on with nor be taken back."""
        passed_on = self._begun.text and self.request.schema is None
        return bool(passed_on) and not self.speech.can_resume(self.request, self._begun)

    def call(self) -> Call:
        """Return the call that goes on with the answer."""
        return self.speech.call(self.request, self._begun)

    def heard(self, record: Record) -> list[Event]:
        """Take a record in; return what is to be passed on."""
        told: list[Event] = []
        for event in self.speech.events(record):
            if isinstance(event, Finish):
                self.over, self.usage = True, event.usage
                told += [*self._held, Finish(event.outcome, event.usage)]
                continue
            self._remember(event)
            if self.request.schema is not None and isinstance(event, Text):
                self._held.append(event)
            else:
                told.append(event)
        return told

    def ended(self) -> list[Event]:
        """Return the last events of a stream that ended without its final record."""
        self.over = True
        return [*self._held, Finish(Outcome.NO_DONE, Usage())]

    def interrupted(self) -> None:
        """Prepare to go on, or to begin anew where that is the only way."""
        if not self.speech.can_resume(self.request, self._begun):
            self._begun = Begun()
            self._held.clear()

    def _remember(self, event: Event) -> None:
        begun = self._begun
        if isinstance(event, Text):
            self._begun = replace(begun, text=begun.text + event.text, tokens=begun.tokens + 1)
        elif isinstance(event, Thinking):
            thinking = begun.thinking + event.text
            self._begun = replace(begun, thinking=thinking, tokens=begun.tokens + 1)


def _without(event: Event, sign: str) -> Event:
    if sign and isinstance(event, Text | Thinking):
        return replace(event, text=event.text.replace(sign, ""))
    return event
