"""What an idle model reads beforehand, so that the next key finds it read."""

import asyncio
import logging
from dataclasses import replace

from lsp_server.common.secrecy import is_secret_file
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position, body
from lsp_server.features.inline_completion.prompting import prompt_for
from lsp_server.features.inline_completion.streams import Helpers
from lsp_server.models.api import FillPrompt, Role
from lsp_server.models.errors import ModelError

_log = logging.getLogger(__name__)
# After one such pause the context fetches what the place needs, after a second one it is read.
_QUIET_SECONDS = 1.0
# A fix or a question in between leaves the server with another prompt, and nobody tells.
_AGAIN_SECONDS = 15.0


class WarmUp:
    """Lets the models read the beginning of their next prompts while the user does nothing.

    The executor reads that of the next completion, then the planner that of the next question.

    Whatever happens ends what is being read and begins the wait anew. The model itself refuses
    what it has read already and what it would have to be loaded for.
    """

    def __init__(self, helpers: Helpers) -> None:
        self._help = helpers
        self._places: dict[str, Place] = {}
        self._current: Snapshot | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._stirred = 0.0
        self._waits = False

    def key(self, place: Place) -> None:
        """Note where the user types: the next completion is expected there."""
        self._places[place.snapshot.uri] = place
        self._current = place.snapshot
        self.stirred()

    def turned_to(self, snapshot: Snapshot) -> None:
        """Note which document the user looks at."""
        if not is_secret_file(snapshot.path):
            self._current = snapshot
            self.stirred()

    def changed(self, snapshot: Snapshot) -> None:
        """Note what a document has become."""
        if self._current is not None and self._current.uri == snapshot.uri:
            self._current = snapshot
        self.stirred()

    def forget(self, uri: str) -> None:
        """Let go of a document that was closed."""
        self._places.pop(uri, None)
        if self._current is not None and self._current.uri == uri:
            self._current = None
            self.stop()

    def stirred(self) -> None:
        """Wait for quiet anew: after what has happened other text may be needed."""
        self._stirred = self._help.clock.now()
        if self._waits:
            return
        self.stop()
        if self._current is not None and self._is_wanted():
            self._task = asyncio.create_task(self._guarded())
            self._waits = True

    def stop(self) -> "asyncio.Task[None] | None":
        """End what is being read, at once; return its task."""
        task, self._task, self._waits = self._task, None, False
        if task is not None:
            task.cancel()
        return task

    def close(self) -> None:
        """End what is being read, and begin nothing any more."""
        self._closed = True
        self.stop()

    def _is_wanted(self) -> bool:
        settings = self._help.settings()
        return settings.enabled and settings.warm_up and not self._closed

    async def _guarded(self) -> None:
        try:
            await self._whenever_quiet()
        except Exception:  # noqa: BLE001 - nobody waits for it, so the log must tell
            _log.exception("Nothing is read beforehand until something happens")

    async def _whenever_quiet(self) -> None:
        # One task for all keys of a burst: to begin one at each key costs more than the key does.
        clock = self._help.clock
        while (left := self._stirred + _QUIET_SECONDS - clock.now()) > 0:
            await clock.sleep(left)
        self._waits = False
        snapshot = self._current
        if snapshot is None or not self._is_wanted():
            return
        await self._prompt(snapshot)
        await self._help.clock.sleep(_QUIET_SECONDS)
        prompt, packed = None, -1
        # Not at once: who pauses to think would find the model reading everything anew.
        repacked = False
        while self._is_wanted():
            if prompt is None or packed != self._help.context.revision:
                packed = self._help.context.revision
                prompt = await self._prompt(snapshot)
            await self._read(prompt)
            await self._help.clock.sleep(_AGAIN_SECONDS)
            if not repacked:
                repacked = True
                await self._help.context.repack(self._place(snapshot), self._help.context_tokens())

    async def _read(self, prompt: FillPrompt) -> None:
        model = self._help.models.ready(Role.EXECUTOR)
        try:
            if model is not None and await model.warm(prompt):
                _log.info("%s has read beforehand what the next key needs.", model.name)
            await self._help.then()
        except ModelError as error:
            _log.info("Nothing was read beforehand: %s", error)

    async def _prompt(self, snapshot: Snapshot) -> FillPrompt:
        """Return the prompt of a completion where the user typed last in the document.

        Where he has not typed yet the window is not known: then it is what completions everywhere
        in the document begin with.
        """
        place = self._place(snapshot)
        packed = await self._help.context.pack(place, self._help.context_tokens())
        prompt = prompt_for(place, packed)
        known = snapshot.uri in self._places
        return prompt if known else replace(prompt, above="", below="")

    def _place(self, snapshot: Snapshot) -> Place:
        known = self._places.get(snapshot.uri)
        if known is None:
            return Place(snapshot, Position(0, 0))
        if known.snapshot is snapshot:
            return known
        line = min(known.position.line, len(snapshot.lines) - 1)
        column = min(known.position.column, len(body(snapshot.lines[line])))
        return Place(snapshot, Position(line, column))
