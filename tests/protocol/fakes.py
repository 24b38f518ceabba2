"""Features that say what a test tells them, and remember what they were told."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsp_server.common.edits import TextEdit
from lsp_server.common.progress import Progress
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.config.settings import Settings
from lsp_server.features.values import (
    AnswerPart,
    EngineStatus,
    Offer,
    PartKind,
    Question,
    Refusal,
    Scene,
    Suggestion,
    TaskOutcome,
)
from lsp_server.protocol.feature_set import FeatureSet, Host, Opening

Suggest = Callable[[Place, bool], Any]


class FakeCounter:
    """Remembers what becomes of suggestions."""

    def __init__(self, log: list[tuple[Any, ...]]) -> None:
        self._log = log

    def offered(self, suggestion: Suggestion) -> None:
        self._log.append(("offered", suggestion.text))

    def shown(self, suggestion: Suggestion) -> None:
        self._log.append(("shown", suggestion.text))

    def accepted(self, uri: str, suggestion: Suggestion, characters: int) -> None:
        self._log.append(("accepted", suggestion.text, characters))


@dataclass
class Fakes:
    """All features of one test. Replace a function to make a feature do something else."""

    answers_folder: Path = Path("/nowhere")
    suggest_text: Suggest = lambda place, invoked: Suggestion(place.span, "hello", "model")
    offered: list[Offer] = field(default_factory=list)
    outcome: Callable[[Scene, Mapping[str, Any], Progress], Any] = (
        lambda scene, arguments, progress: Refusal("Nothing to do.")
    )
    parts: list[AnswerPart] = field(default_factory=lambda: [AnswerPart(PartKind.TEXT, "Yes.")])
    status: EngineStatus = field(default_factory=lambda: EngineStatus("built-in", "built-in"))
    bad_settings: list[str] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    log: list[tuple[Any, ...]] = field(default_factory=list)
    opening: Opening | None = None
    subscribers: list[Callable[[EngineStatus], None]] = field(default_factory=list)
    known_text: Callable[[Place], Suggestion | None] = lambda place: None
    between_parts: Callable[[], Any] = lambda: asyncio.sleep(0)

    def host(self) -> Host:
        return Host(
            load_settings=self.load_settings,
            assemble=self.assemble,
            answers_folder=lambda settings: self.answers_folder,
        )

    def assemble(self, opening: Opening) -> FeatureSet:
        self.opening = opening
        self.log.append(("assemble", opening.roots, opening.trusted))
        counter = FakeCounter(self.log)
        return FeatureSet(self, self, self, self, self, self.close, counter)

    def close(self) -> None:
        self.log.append(("close",))

    def load_settings(
        self, values: Mapping[str, Any], roots: Sequence[Path], *, trusted: bool
    ) -> tuple[Settings, list[str]]:
        self.log.append(("load", dict(values), trusted))
        return self.settings, self.bad_settings

    # Inline completion, ask, actions

    def known(self, place: Place) -> Suggestion | None:
        return self.known_text(place)

    async def suggest(self, place: Place, *, invoked: bool = False) -> Suggestion | None:
        result = self.suggest_text(place, invoked)
        found: Suggestion | None = await result if asyncio.iscoroutine(result) else result
        return found

    async def choices(self, place: Place) -> list[Suggestion]:
        found = await self.suggest(place, invoked=True)
        return [found] if found is not None else []

    async def answer(
        self, question: Question, progress: Progress
    ) -> AsyncGenerator[AnswerPart, None]:
        self.log.append(("ask", question))
        progress.report("reading")
        try:
            for part in self.parts:
                yield part
                await self.between_parts()
        finally:
            self.log.append(("answered",))

    def offers(self, scene: Scene) -> list[Offer]:
        self.log.append(("offers", scene))
        return self.offered

    async def run(
        self, action: str, scene: Scene, arguments: Mapping[str, Any], progress: Progress
    ) -> TaskOutcome:
        self.log.append(("run", action, scene, arguments))
        result = self.outcome(scene, arguments, progress)
        outcome: TaskOutcome = await result if asyncio.iscoroutine(result) else result
        return outcome

    # The house of models

    async def refresh(self) -> None:
        self.log.append(("refresh",))

    async def pull(self, name: str, progress: Progress) -> None:
        progress.report("downloading", 50)
        self.log.append(("pull", name))

    def subscribe(self, callback: Callable[[EngineStatus], None]) -> Callable[[], None]:
        self.subscribers.append(callback)
        return lambda: self.subscribers.remove(callback)

    # What happens in the editor

    def opened(self, snapshot: Snapshot) -> None:
        self.log.append(("opened", snapshot))

    def changed(self, snapshot: Snapshot, edits: Sequence[TextEdit]) -> None:
        self.log.append(("changed", snapshot, edits))

    def saved(self, snapshot: Snapshot) -> None:
        self.log.append(("saved", snapshot))

    def focused(self, snapshot: Snapshot) -> None:
        self.log.append(("focused", snapshot))

    def closed(self, snapshot: Snapshot) -> None:
        self.log.append(("closed", snapshot))

    def roots_changed(self, roots: Sequence[Path]) -> None:
        self.log.append(("roots", tuple(roots)))

    def files_changed(self, paths: Sequence[Path]) -> None:
        self.log.append(("files", tuple(paths)))

    def watch_disk(self, on_files: Callable[[Sequence[Path]], None]) -> None:
        self.log.append(("watch", on_files))

    def settings_changed(self, settings: Settings, *, trusted: bool) -> None:
        self.log.append(("settings", settings, trusted))

    def seen(self, kind: str) -> list[tuple[Any, ...]]:
        """Return what was logged of this kind."""
        return [entry for entry in self.log if entry[0] == kind]
