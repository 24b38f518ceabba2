"""What the edge needs of the rest of Tandem; the composition root provides it, tests fake it."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from lsp_server.common.edits import TextEdit
from lsp_server.common.progress import Progress
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.config.settings import Settings
from lsp_server.context.elsewhere import DefinitionSource
from lsp_server.features.values import (
    AnswerPart,
    EngineStatus,
    Offer,
    Question,
    Scene,
    Suggestion,
    TaskOutcome,
)


class SuggestsText(Protocol):
    """Text offered while typing."""

    def known(self, place: Place) -> Suggestion | None:
        """Return what can be offered at `place` without waiting for anything, or None.

        None means that `suggest` has to be asked.
        """
        ...

    async def suggest(self, place: Place, *, invoked: bool = False) -> Suggestion | None:
        """Return what to offer at `place`, or None. `invoked`: the user asked for it by key."""
        ...

    async def choices(self, place: Place) -> Sequence[Suggestion]:
        """Return up to three different suggestions, for a user who asks by key."""
        ...


class AnswersQuestions(Protocol):
    """Questions about the code."""

    def answer(self, question: Question, progress: Progress) -> AsyncGenerator[AnswerPart, None]:
        """Stream the answer; closing the generator ends the work."""
        ...


class OffersActions(Protocol):
    """Code actions."""

    def offers(self, scene: Scene) -> list[Offer]:
        """Return what can be chosen in `scene`; at once, without input or output."""
        ...

    async def run(
        self, action: str, scene: Scene, arguments: Mapping[str, Any], progress: Progress
    ) -> TaskOutcome:
        """Carry out the chosen action."""
        ...


class HousesModels(Protocol):
    """Which models are there."""

    @property
    def status(self) -> EngineStatus:
        """Who answers now, and what the user should know."""
        ...

    async def refresh(self) -> None:
        """Look again at what models are there."""
        ...

    async def pull(self, name: str, progress: Progress) -> None:
        """Download a model; raises TandemError."""
        ...

    def subscribe(self, callback: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """Call back on each change of the status, until the returned function is called."""
        ...


class WatchesDocuments(Protocol):
    """Who wants to know what happens in the editor; each call must return at once."""

    def opened(self, snapshot: Snapshot) -> None:
        """Take note that a document was opened."""
        ...

    def changed(self, snapshot: Snapshot, edits: Sequence[TextEdit]) -> None:
        """Take note of a change into `snapshot` by `edits`, each relative to the one before."""
        ...

    def saved(self, snapshot: Snapshot) -> None:
        """Take note that a document was written to disk."""
        ...

    def focused(self, snapshot: Snapshot) -> None:
        """Take note that the user has turned to an open document."""
        ...

    def closed(self, snapshot: Snapshot) -> None:
        """Take note that a document was closed; its text is again what stands on disk."""
        ...

    def roots_changed(self, roots: Sequence[Path]) -> None:
        """Take note of the folders that the workspace has now."""
        ...

    def files_changed(self, paths: Sequence[Path]) -> None:
        """Take note of files made, changed or deleted outside the editor."""
        ...

    def watch_disk(self, on_files: Callable[[Sequence[Path]], None]) -> None:
        """Call `on_files` with what changes on disk: the client does not report it."""
        ...

    def settings_changed(self, settings: Settings, *, trusted: bool) -> None:
        """Take note of new settings or a new state of trust."""
        ...


class CountsSuggestions(Protocol):
    """Who wants to know what becomes of suggestions; each call must return at once."""

    def offered(self, suggestion: Suggestion) -> None:
        """Take note of a suggestion that was sent to the editor."""
        ...

    def shown(self, suggestion: Suggestion) -> None:
        """Take note that the editor has shown it; few editors tell."""
        ...

    def accepted(self, uri: str, suggestion: Suggestion, characters: int) -> None:
        """Take note that the user took the first `characters` of the suggestion in `uri`."""
        ...


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """All that the edge calls."""

    inline_completion: SuggestsText
    ask: AnswersQuestions
    actions: OffersActions
    model_house: HousesModels
    watcher: WatchesDocuments
    close: Callable[[], None]
    counter: CountsSuggestions


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known when the features are made.

    `definitions` asks the client's own language servers, where the client offers that.
    """

    settings: Settings
    roots: tuple[Path, ...]
    trusted: bool
    open_documents: Callable[[], Sequence[Snapshot]]
    definitions: DefinitionSource | None = None


class LoadsSettings(Protocol):
    """How the editor's values become settings."""

    def __call__(
        self, values: Mapping[str, Any], roots: Sequence[Path], *, trusted: bool
    ) -> tuple[Settings, list[str]]:
        """Merge the editor's `values` with all other sources.

        Returns the settings and one message for each thing that is wrong; what is wrong is left
        at its default. Project files count in trusted workspaces only.
        """
        ...


@dataclass(frozen=True, slots=True)
class Host:
    """What the composition root gives to `serve`.

    `assemble` is called once, after the editor was greeted: what is heavy is imported there.
    `answers_folder` is where answers are written for editors that can only show files.
    """

    load_settings: LoadsSettings
    assemble: Callable[[Opening], FeatureSet]
    answers_folder: Callable[[Settings], Path]
