"""Text offered while typing, in the order that keeps the wait short.

A text that typing agrees with is shown again at once; a running stream that still agrees is
waited for; the built-in engine speaks where no model is there or none will be in time; only then
is a model asked, after a wait that follows the user's rhythm.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial

from lsp_server.common.clock import Clock, SystemClock
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.config.settings import CompletionSettings
from lsp_server.features.inline_completion.filters.overlap import without_open_end
from lsp_server.features.inline_completion.gates import allows_block, in_comment, is_open
from lsp_server.features.inline_completion.generation import Generation
from lsp_server.features.inline_completion.pacing import Rhythm, Speed, wait_seconds
from lsp_server.features.inline_completion.prompting import cache_key, request_for
from lsp_server.features.inline_completion.removals import Removals
from lsp_server.features.inline_completion.reuse import Known, Left, Memory
from lsp_server.features.inline_completion.seams import Keeps, OffersWithoutModel, Packs, Syntax
from lsp_server.features.inline_completion.shaping import (
    cleaned,
    completed,
    is_enough,
    shown,
    suggestion,
)
from lsp_server.features.inline_completion.turns import Turn, Turns
from lsp_server.features.inline_completion.typed import is_ahead, remaining, typed_since
from lsp_server.features.values import BUILT_IN, Suggestion
from lsp_server.models.api import Event, Models, Role, RoleModel

_ANSWER_DEADLINES = 5
"""In how many times the deadline for a first line a whole answer should be there."""


@dataclass(frozen=True, slots=True)
class Helpers:
    """What inline completion works with; `settings` is asked each time, as they may change."""

    models: Models
    context: Packs
    builtin: OffersWithoutModel
    syntax: Syntax
    settings: Callable[[], CompletionSettings]
    cache: Keeps | None = None
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One call: where, in whose turn, and whether the user asked for it."""

    place: Place
    turn: Turn
    invoked: bool


class InlineCompletion:
    """Suggestions for all documents; one instance serves one workspace."""

    def __init__(self, helpers: Helpers) -> None:
        self._help = helpers
        self._rhythm = Rhythm()
        self._speed = Speed()
        self._memory = Memory()
        self._removals = Removals()
        self._turns = Turns()
        self._running: dict[str, Generation] = {}

    async def suggest(self, place: Place, *, invoked: bool = False) -> Suggestion | None:
        """Return what to offer at `place`, or None.

        `invoked`: the user asked for it by key; then nothing is withheld for being unlikely to
        help. An older call for the same document returns None at once. Cancelling loses nothing:
        a stream that typing agrees with goes on and serves the next call.
        """
        if not self._help.settings().enabled and not invoked:
            return None
        asking = _Asking(place, self._turns.take(place.snapshot.uri), invoked)
        now = self._help.clock.now()
        self._rhythm.key(now)
        self._removals.see(place.snapshot, now)
        found = self._known(place)
        if found is not None:
            return found
        running = self._running.get(place.snapshot.uri)
        if running is not None and self._left_of(running, place) is not None:
            return await self._from_stream(running, asking)
        self._stop(place.snapshot.uri)
        return await self._asked(asking) if invoked or is_open(place) else None

    def closed(self, snapshot: Snapshot) -> None:
        """Forget a document that was closed."""
        self._memory.forget(snapshot.uri)
        self._removals.forget(snapshot.uri)
        self._stop(snapshot.uri)

    async def close(self) -> None:
        """End all streams."""
        running = list(self._running.values())
        for uri in list(self._running):
            self._stop(uri)
        for generation in running:
            await generation.stopped()

    def _known(self, place: Place) -> Suggestion | None:
        """Return what was offered before and is still to come here.

        What the built-in engine offered gives way only to a stream that says the same and more:
        anything else would flicker.
        """
        left = self._memory.left_at(place)
        if left is None:
            return None
        running = self._running.get(place.snapshot.uri)
        if left.known.engine == BUILT_IN and running is not None:
            longer = self._left_of(running, place)
            if longer is not None and longer.text.startswith(left.text) and _has_line(longer):
                left = longer
        return self._show(place, left)

    async def _asked(self, asking: _Asking) -> Suggestion | None:
        """Answer where nothing is known: from the disk, the built-in engine or a new stream."""
        place = asking.place
        model = self._help.models.ready(Role.EXECUTOR)
        if model is None:
            return self._built_in(asking)
        kept = self._on_disk(place, model)
        if kept is not None:
            self._memory.keep(kept)
            return self._show(place, Left(kept.text, kept))
        wait = wait_seconds(self._rhythm, self._speed, place.line_before)
        if wait and not asking.invoked and not await asking.turn.wait(self._help.clock.sleep(wait)):
            return None
        return await self._from_stream(self._start(place, model), asking)

    def _start(self, place: Place, model: RoleModel) -> Generation:
        settings = self._help.settings()
        deadline = settings.first_line_ms / 1000
        block = allows_block(place) and self._speed.affords_block(deadline)
        most = settings.max_tokens if block else settings.max_tokens // 2
        tokens = self._speed.tokens_within(_ANSWER_DEADLINES * deadline, most)
        enough = partial(is_enough, place, block=block, syntax=self._help.syntax)
        generation = Generation(place, model.name, block=block)
        self._running[place.snapshot.uri] = generation
        generation.start(
            self._events(place, model, tokens), enough, self._help.clock, self._finished
        )
        return generation

    async def _events(
        self, place: Place, model: RoleModel, tokens: int
    ) -> AsyncGenerator[Event, None]:
        # Packing belongs to the stream: keys that come while it waits for the index do not begin
        # it anew.
        packed = await self._help.context.pack(place, self._help.settings().context_tokens)
        async with aclosing(model.stream(request_for(place, packed, tokens))) as events:
            async for event in events:
                yield event

    def _finished(self, generation: Generation) -> None:
        """Keep what a stream has said, in memory and on disk."""
        uri = generation.place.snapshot.uri
        if self._running.get(uri) is generation:
            del self._running[uri]
        if generation.seconds_to_first is not None:
            self._speed.measured(
                generation.seconds_to_first, len(generation.text), generation.seconds_after
            )
        known = self._known_of(generation)
        if generation.was_stopped or not known.text.strip():
            return
        self._memory.keep(known)
        if self._help.cache is not None:
            key = cache_key(generation.place, generation.engine)
            self._help.cache.put(key, known.text.encode("utf-8", "surrogatepass"))

    def _on_disk(self, place: Place, model: RoleModel) -> Known | None:
        kept = self._help.cache.get(cache_key(place, model.name)) if self._help.cache else None
        if kept is None:
            return None
        text = kept.decode("utf-8", "surrogatepass")
        return Known(place, text, model.name, block=allows_block(place))

    async def _from_stream(self, running: Generation, asking: _Asking) -> Suggestion | None:
        """Wait for a line or block; past the deadline the built-in engine may speak instead."""
        place = asking.place
        seconds = self._help.settings().first_line_ms / 1000
        deadline = running.started + seconds * (2 if running.block else 1)
        likely = self._speed.first_line()
        late = likely is not None and running.started + likely > deadline
        told = asking.invoked  # Who asks by key waits for the model.
        while True:
            left = self._left_of(running, place)
            if left is None or asking.turn.is_over:
                return None
            if running.finished or _has_line(left):
                found = self._show(place, left)
                return found or (self._built_in(asking) if running.error else None)
            late = late or self._help.clock.now() >= deadline
            if late and not told:
                told, found = True, self._meanwhile(asking, left)
                if found is not None:
                    return found
            remaining_seconds = None if told else deadline - self._help.clock.now()
            if not await asking.turn.wait(self._next(running, remaining_seconds)):
                return None

    def _meanwhile(self, asking: _Asking, left: Left) -> Suggestion | None:
        """Return what can be shown before a stream has said enough: its first line, or a guess."""
        first, separator, _ = left.text.partition("\n")
        if separator and first.strip():
            line = replace(left.known, block=False)
            return self._show(asking.place, Left(left.text, line))
        return self._built_in(asking)

    async def _next(self, running: Generation, seconds: float | None) -> None:
        """Wait for news of the stream, at most `seconds`."""
        news = asyncio.ensure_future(running.news())
        waits = [news]
        if seconds is not None:
            waits.append(asyncio.ensure_future(self._help.clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _left_of(self, running: Generation, place: Place) -> Left | None:
        """Return what of a stream is still to come at `place`, or None if typing disagrees.

        Empty where the user is ahead of the stream, which may catch up.
        """
        known = self._known_of(running)
        typed = typed_since(running.place, place)
        if typed is None:
            return None
        rest = remaining(typed, known.text)
        if rest is None and not running.finished and is_ahead(typed, known.text):
            rest = ""
        if rest is None or (running.finished and not rest.strip()):
            return None if rest is None else Left("", known)
        return Left(rest, known)

    def _known_of(self, generation: Generation) -> Known:
        place = generation.place
        text = cleaned(place, generation.text)
        if generation.was_cut and "\n" in text:
            text = without_open_end(text[: text.rindex("\n")])
        if generation.block and generation.finished:
            text = completed(place, text, self._help.syntax)
        return Known(place, text, generation.engine, generation.block)

    def _show(self, place: Place, left: Left) -> Suggestion | None:
        block = left.known.block and not in_comment(place)
        found = shown(place, left.text, block=block)
        if found is None:
            return None
        now = self._help.clock.now()
        if left.known.place.snapshot is place.snapshot and self._removals.brings_back(
            place.snapshot.uri, place.position.line, found[0], now
        ):
            return None
        return suggestion(place, *found, left.known.engine)

    def _built_in(self, asking: _Asking) -> Suggestion | None:
        settings = self._help.settings()
        least = settings.builtin_confidence * (0.5 if asking.invoked else 1.0)
        found = self._help.builtin.complete(asking.place, least)
        if found is None:
            return None
        known = Known(asking.place, found.text, BUILT_IN, block=False)
        self._memory.keep(known)
        return self._show(asking.place, Left(found.text, known))

    def _stop(self, uri: str) -> None:
        running = self._running.pop(uri, None)
        if running is not None:
            running.stop()


def _has_line(left: Left) -> bool:
    """Whether a single line is complete; a block is complete only when its stream has ended."""
    return not left.known.block and "\n" in left.text.lstrip("\n")
