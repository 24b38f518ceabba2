"""Streams of the model: how they are begun, and what they are worth so far."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from lsp_server.common.clock import Clock, SystemClock
from lsp_server.common.snapshot import Place
from lsp_server.config.settings import CompletionSettings
from lsp_server.features.inline_completion.ending import Ending
from lsp_server.features.inline_completion.filters.overlap import without_open_end
from lsp_server.features.inline_completion.gates import allows_block
from lsp_server.features.inline_completion.generation import Generation
from lsp_server.features.inline_completion.pacing import Speed
from lsp_server.features.inline_completion.prompting import request_for
from lsp_server.features.inline_completion.reuse import Known, Left
from lsp_server.features.inline_completion.seams import (
    Keeps,
    Measures,
    OffersWithoutModel,
    Packs,
    Syntax,
)
from lsp_server.features.inline_completion.shaping import cleaned, completed, one_line
from lsp_server.features.inline_completion.typed import is_ahead, remaining, typed_since
from lsp_server.models.api import Event, Models, RoleModel, Urgency

_ANSWER_DEADLINES = 5
"""In how many times the deadline for a first line a whole answer should be there."""


async def _nothing() -> None:
    """Let nobody else read anything."""


@dataclass(frozen=True, slots=True)
class Helpers:
    """What inline completion works with; `settings` is asked each time, as they may change.

    `then` is what the other model is to read beforehand, once the executor has.
    """

    models: Models
    context: Packs
    builtin: OffersWithoutModel
    syntax: Syntax
    settings: Callable[[], CompletionSettings]
    context_tokens: Callable[[], int]
    cache: Keeps
    clock: Clock = field(default_factory=SystemClock)
    then: Callable[[], Awaitable[None]] = _nothing


@dataclass(frozen=True, slots=True)
class Manner:
    """How a stream is asked for: how urgent it is, how far it may stray, who waits for it.

    For an answer that the user asked for by key he waits: no deadline makes it shorter.
    """

    urgency: Urgency = Urgency.TYPING
    temperature: float = 0.0
    awaited: bool = False


TYPING = Manner()
BY_KEY = Manner(awaited=True)
AFTER_LOAD = Manner(Urgency.USER, awaited=True)
AHEAD = Manner(Urgency.BACKGROUND)
OTHERWISE = Manner(Urgency.USER, 0.8, awaited=True)


class Streams:
    """Begins streams with the budget that the measured speed allows."""

    def __init__(self, helpers: Helpers, speed: Speed) -> None:
        self._help = helpers
        self._speed = speed
        self._trees: dict[str, Measures] = {}

    def forget(self, uri: str) -> None:
        """Let go of the tree of a document that was closed."""
        self._trees.pop(uri, None)

    def start(
        self,
        place: Place,
        model: RoleModel,
        manner: Manner,
        finished: Callable[[Generation], None],
    ) -> Generation:
        """Ask `model` at `place`; `finished` is called when the stream has ended."""
        settings = self._help.settings()
        deadline = settings.first_line_ms / 1000
        affords = manner.awaited or self._speed.affords_block(deadline)
        block = allows_block(place) and affords
        tokens = settings.max_tokens if block else settings.max_tokens // 2
        if not manner.awaited:
            tokens = self._speed.tokens_within(_ANSWER_DEADLINES * deadline, tokens)
        uri, syntax = place.snapshot.uri, self._help.syntax
        live = self._trees.setdefault(uri, syntax.live_tree())
        enough = Ending(place, block, syntax, live)
        generation = Generation(place, model.name, block=block, awaited=manner.awaited)
        events = self._events(place, model, tokens, manner)
        generation.start(events, enough, self._help.clock, finished)
        return generation

    async def _events(
        self, place: Place, model: RoleModel, tokens: int, manner: Manner
    ) -> AsyncGenerator[Event, None]:
        # Packing belongs to the stream: keys that come while it waits for the index do not begin
        # it anew.
        packed = await self._help.context.pack(place, self._help.context_tokens())
        request = request_for(place, packed, tokens, manner.urgency, manner.temperature)
        async with aclosing(model.stream(request)) as events:
            async for event in events:
                yield event

    def known_of(self, generation: Generation) -> Known:
        """Return what the stream has said so far, as code."""
        if generation.known is None:
            generation.known = self._read(generation)
        return generation.known

    def _read(self, generation: Generation) -> Known:
        place = generation.place
        text = cleaned(place, generation.text)
        if generation.was_cut and "\n" in text:
            text = without_open_end(text[: text.rindex("\n")])
        if generation.block and generation.finished:
            text = completed(place, text, self._help.syntax)
        if generation.finished and not generation.awaited and _is_a_sign(place, text):
            text = ""
        return Known(place, text, generation.engine, generation.block)

    def left_of(self, generation: Generation, place: Place) -> Left | None:
        """Return what of a stream is still to come at `place`, or None if typing disagrees.

        Empty where the user is ahead of the stream, which may catch up.
        """
        known = self.known_of(generation)
        typed = typed_since(generation.place, place)
        if typed is None:
            return None
        rest = remaining(typed, known.text)
        if rest is None and not generation.finished and is_ahead(typed, known.text):
            rest = ""
        return None if rest is None else Left(rest, known)


def _is_a_sign(place: Place, text: str) -> bool:
    """Whether a line would hold one sign only: typed faster than read."""
    return len(text.strip()) == 1 and not place.line_before.strip()


def has_line(left: Left, place: Place) -> bool:
    """Whether a single line is complete, with what closes its brackets.

    A block is complete only when its stream has ended.
    """
    if left.known.block or "\n" not in left.text.lstrip("\n"):
        return False
    lines = whole_lines(left).text
    return one_line(place, lines).startswith(lines.split("\n", 1)[0])


def whole_lines(left: Left) -> Left:
    """Return what is left without the line that the stream has not ended yet."""
    return replace(left, text=left.text[: left.text.rindex("\n")])
