"""Text offered while typing, in the order that keeps the wait short.

A text that typing agrees with is shown again at once; a running stream that still agrees is
waited for; the built-in engine speaks where no model is there or none will be in time; only then
is a model asked, after a wait that follows the user's rhythm.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lsp_server.common.secrecy import is_secret_file
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.features.inline_completion.ahead import after_accepting, best_first
from lsp_server.features.inline_completion.gates import allows_block, in_comment, is_open
from lsp_server.features.inline_completion.generation import Generation
from lsp_server.features.inline_completion.keeping import LaterOnDisk
from lsp_server.features.inline_completion.pacing import Rhythm, Speed, wait_seconds
from lsp_server.features.inline_completion.prompting import cache_key
from lsp_server.features.inline_completion.removals import Changed, Removals
from lsp_server.features.inline_completion.reuse import Known, Left, Memory
from lsp_server.features.inline_completion.shaping import shown, suggestion
from lsp_server.features.inline_completion.streams import (
    AFTER_LOAD,
    AHEAD,
    BY_KEY,
    OTHERWISE,
    TYPING,
    Helpers,
    Manner,
    Streams,
    has_line,
    whole_lines,
)
from lsp_server.features.inline_completion.turns import Turn, Turns
from lsp_server.features.inline_completion.warming import WarmUp
from lsp_server.features.values import BUILT_IN, Suggestion
from lsp_server.models.api import Role, RoleModel
from lsp_server.models.errors import Loading

_CHOICES = 3


@dataclass(frozen=True, slots=True)
class _Asking:
    """One call: where, in whose turn, whether the user asked for it, and what he has just done."""

    place: Place
    turn: Turn
    invoked: bool
    changed: Changed | None


class InlineCompletion:
    """Suggestions for all documents; one instance serves one workspace."""

    def __init__(self, helpers: Helpers) -> None:
        self._help = helpers
        self._rhythm = Rhythm()
        self._speed = Speed()
        self._memory = Memory()
        self._removals = Removals()
        self._turns = Turns()
        self._streams = Streams(helpers, self._speed)
        self._cache = LaterOnDisk(helpers.cache, helpers.clock, lambda: self._rhythm.last)
        self.warm_up = WarmUp(helpers)
        self._running: dict[str, Generation] = {}
        self._ahead: dict[str, Generation] = {}
        self._secret: dict[str, bool] = {}

    def known(self, place: Place) -> Suggestion | None:
        """Return what can be offered at `place` without waiting for anything, or None.

        None means that `suggest` has to be asked. An older call of that for the same document
        returns at once.
        """
        if not self._help.settings().enabled or self._is_secret(place.snapshot):
            return None
        return self._known(self._begun(place, invoked=False))

    async def suggest(self, place: Place, *, invoked: bool = False) -> Suggestion | None:
        """Return what to offer at `place`, or None.

        `invoked`: the user asked for it by key; then nothing is withheld for being unlikely to
        help, but in a secret file nothing is ever offered. An older call for the same document
        returns None at once. Cancelling loses nothing: a stream that typing agrees with goes on
        and serves the next call.
        """
        if not self._help.settings().enabled and not invoked:
            return None
        if self._is_secret(place.snapshot):
            return None
        asking = self._begun(place, invoked=invoked)
        found = self._known(asking)
        if found is not None:
            return found
        running = self._agreeing(place)
        if running is not None:
            return await self._from_stream(running, asking)
        self._stop(place.snapshot.uri)
        return await self._asked(asking) if invoked or is_open(place) else None

    async def choices(self, place: Place) -> list[Suggestion]:
        """Return up to three different suggestions at `place`, for a user who asks by key.

        Those that leave fewer syntax errors come first. A newer call ends this one with what it
        has so far.
        """
        if self._is_secret(place.snapshot):
            return []
        first = await self.suggest(place, invoked=True)
        found = [first] if first is not None else []
        model = self._help.models.ready(Role.EXECUTOR)
        turn = self._turns.take(place.snapshot.uri)
        for _ in range(_CHOICES - 1 if model is not None and found else 0):
            other = await self._otherwise(place, model, turn) if model is not None else None
            found += [other] if other is not None else []
        guessed = self._guessed(place, invoked=True)
        guess = self._show(place, Left(guessed.text, guessed)) if guessed is not None else None
        found += [guess] if guess is not None else []
        best = best_first(place, found, self._help.syntax)[:_CHOICES]
        self._remember(place, best)
        return best

    def _remember(self, place: Place, chosen: Sequence[Suggestion]) -> None:
        """Let typing go on with any of several suggestions, and with the first where it can."""
        for number, one in reversed(list(enumerate(chosen))):
            if number == 0 or one.engine != BUILT_IN:
                self._memory.keep(Known(place, one.text, one.engine, block="\n" in one.text))
        if chosen:
            self._memory.show(place, chosen[0])

    def closed(self, snapshot: Snapshot) -> None:
        """Forget a document that was closed."""
        self._memory.forget(snapshot.uri)
        self._removals.forget(snapshot.uri)
        self._streams.forget(snapshot.uri)
        self._secret.pop(snapshot.uri, None)
        self.warm_up.forget(snapshot.uri)
        self._stop(snapshot.uri)

    def flush(self) -> None:
        """Write to disk what was to be written in the next pause."""
        self._cache.flush()

    async def close(self) -> None:
        """End all streams."""
        self.flush()
        reading = self.warm_up.stop()
        self.warm_up.close()
        if reading is not None:
            await asyncio.gather(reading, return_exceptions=True)
        running = [*self._running.values(), *self._ahead.values()]
        for uri in [*self._running, *self._ahead]:
            self._stop(uri)
        for generation in running:
            await generation.stopped()

    def _begun(self, place: Place, *, invoked: bool) -> _Asking:
        """Take note of a key, and the turn from whoever waits for an older one."""
        self.warm_up.key(place)
        now = self._help.clock.now()
        self._rhythm.key(now)
        changed = self._removals.see(place.snapshot, now)
        return _Asking(place, self._turns.take(place.snapshot.uri), invoked, changed)

    def _is_secret(self, snapshot: Snapshot) -> bool:
        # Links are followed on the disk, and not again at each key.
        if snapshot.uri not in self._secret:
            self._secret[snapshot.uri] = is_secret_file(snapshot.path)
        return self._secret[snapshot.uri]

    def _agreeing(self, place: Place) -> Generation | None:
        """Return the running stream that typing agrees with, one that looks ahead included."""
        for streams in (self._running, self._ahead):
            stream = streams.get(place.snapshot.uri)
            if stream is not None and self._streams.left_of(stream, place) is not None:
                return stream
        return None

    async def _otherwise(self, place: Place, model: RoleModel, turn: Turn) -> Suggestion | None:
        """Return what the model says when it may stray."""
        stream = self._streams.start(place, model, OTHERWISE, lambda _: None)
        try:
            while not stream.finished:
                if not await turn.wait(stream.news()):
                    return None
        finally:
            stream.stop()
        left = self._streams.left_of(stream, place)
        return self._show(place, left) if left is not None else None

    def _look_ahead(self, place: Place, offered: Suggestion) -> None:
        """Ask what comes after an accepted suggestion, before it is accepted.

        Only where nobody has anything to ask: the least urgent of several requests would still
        come after the others, to a place where the user is no longer.
        """
        model = self._help.models.ready(Role.EXECUTOR)
        if model is None or not self._help.settings().look_ahead or not model.is_idle:
            return
        following = after_accepting(place, offered)
        if self._memory.left_at(following) is None:
            stream = self._streams.start(following, model, AHEAD, self._finished)
            self._ahead[place.snapshot.uri] = stream

    def _known(self, asking: _Asking) -> Suggestion | None:
        """Return what was offered before and is still to come here.

        What the built-in engine offered gives way only to a stream that says the same and more:
        anything else would flicker.
        """
        place = asking.place
        running = self._running.get(place.snapshot.uri)
        seen = self._memory.still_shown(place, asking.changed) if running is None else None
        if seen is not None:
            self._memory.show(place, seen)
            return seen
        left = self._memory.left_at(place)
        if left is None:
            return None
        if left.known.engine == BUILT_IN and running is not None:
            longer = self._streams.left_of(running, place)
            if longer is not None and longer.text.startswith(left.text) and has_line(longer, place):
                left = longer
        return self._show(place, left)

    async def _asked(self, asking: _Asking) -> Suggestion | None:
        """Answer where nothing is known: from the disk, the built-in engine or a new stream."""
        place = asking.place
        models = self._help.models
        model = models.ready(Role.EXECUTOR)
        if model is None and asking.invoked:
            model = await models.sought(Role.EXECUTOR)
        if model is None:
            return self._built_in(asking)
        kept = self._on_disk(place, model)
        if kept is not None:
            self._memory.keep(kept)
            return self._show(place, Left(kept.text, kept))
        wait = wait_seconds(self._rhythm, self._speed, place.line_before)
        if wait and not asking.invoked and not await asking.turn.wait(self._help.clock.sleep(wait)):
            return None
        running = self._start(asking, model, BY_KEY if asking.invoked else TYPING)
        found = await self._from_stream(running, asking)
        loads = isinstance(running.error, Loading) and not asking.turn.is_over
        if found is None and asking.invoked and loads:
            return await self._from_stream(self._start(asking, model, AFTER_LOAD), asking)
        return found

    def _start(self, asking: _Asking, model: RoleModel, manner: Manner) -> Generation:
        place = asking.place
        generation = self._streams.start(place, model, manner, self._finished)
        self._running[place.snapshot.uri] = generation
        return generation

    def _finished(self, generation: Generation) -> None:
        """Keep what a stream has said, in memory and on disk."""
        uri = generation.place.snapshot.uri
        for streams in (self._running, self._ahead):
            if streams.get(uri) is generation:
                del streams[uri]
        if generation.seconds_to_first is not None:
            self._speed.measured(
                generation.seconds_to_first, len(generation.text), generation.seconds_after
            )
        known = self._streams.known_of(generation)
        if generation.was_stopped or not known.text.strip():
            return
        self._memory.keep(known)
        key = cache_key(generation.place, generation.engine)
        self._cache.put(key, known.text.encode("utf-8", "surrogatepass"))

    def _on_disk(self, place: Place, model: RoleModel) -> Known | None:
        kept = self._cache.get(cache_key(place, model.name))
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
            left = self._streams.left_of(running, place)
            if left is None or asking.turn.is_over:
                return None
            if running.finished or has_line(left, place):
                return self._answer(running, asking, left)
            late = late or self._help.clock.now() >= deadline
            if late and not told:
                told, found = True, self._meanwhile(asking, left)
                if found is not None:
                    return found
            remaining_seconds = None if told else deadline - self._help.clock.now()
            if not await asking.turn.wait(self._next(running, remaining_seconds)):
                return None

    def _answer(self, running: Generation, asking: _Asking, left: Left) -> Suggestion | None:
        found = self._show(asking.place, left if running.finished else whole_lines(left))
        if found is not None and running.finished:
            self._look_ahead(asking.place, found)
        return found or (self._built_in(asking) if running.error else None)

    def _meanwhile(self, asking: _Asking, left: Left) -> Suggestion | None:
        """Return what can be shown before a stream has said enough: its first line, or a guess."""
        first, separator, _ = left.text.partition("\n")
        if separator and first.strip():
            line = replace(left.known, block=False)
            return self._show(asking.place, Left(whole_lines(left).text, line))
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

    def _show(self, place: Place, left: Left) -> Suggestion | None:
        block = left.known.block and not in_comment(place)
        found = shown(place, left.text, block=block)
        if found is None:
            return None
        now, new = self._help.clock.now(), left.known.place.snapshot is place.snapshot
        uri, line = place.snapshot.uri, place.position.line
        if self._removals.brings_back(uri, line, found[0], now, new=new):
            return None
        offered = suggestion(place, *found, left.known.engine)
        self._memory.show(place, offered)
        return offered

    def _built_in(self, asking: _Asking) -> Suggestion | None:
        known = self._guessed(asking.place, invoked=asking.invoked)
        if known is None:
            return None
        self._memory.keep(known)
        return self._show(asking.place, Left(known.text, known))

    def _guessed(self, place: Place, *, invoked: bool) -> Known | None:
        settings = self._help.settings()
        least = settings.builtin_confidence * (0.5 if invoked else 1.0)
        found = self._help.builtin.complete(place, least)
        if found is None:
            return None
        return Known(place, found.text, BUILT_IN, block=False)

    def _stop(self, uri: str) -> None:
        for streams in (self._running, self._ahead):
            stream = streams.pop(uri, None)
            if stream is not None:
                stream.stop()
