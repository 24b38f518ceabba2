"""Which engine answers, and what the user should know of the models."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from lsp_server.common.errors import TandemError
from lsp_server.common.progress import Progress
from lsp_server.features.model_detail import detail_of
from lsp_server.features.model_notices import notices_of
from lsp_server.features.status_words import sentences
from lsp_server.features.values import BUILT_IN, EngineStatus
from lsp_server.models.api import Role
from lsp_server.models.directory import State
from lsp_server.models.ollama.values import PullStep

if TYPE_CHECKING:
    from lsp_server.models.meter import Account


class KnowsModels(Protocol):
    """What the house needs of the model layer."""

    @property
    def state(self) -> State:
        """What is known now."""
        ...

    async def refresh(self) -> State:
        """Look again."""
        ...

    def pull(self, name: str) -> AsyncGenerator[PullStep, None]:
        """Fetch a model."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back at each change."""
        ...


class ModelHouse:
    """The models as the user sees them. `also` gives what else the status shows in detail."""

    def __init__(
        self, directory: KnowsModels, also: Callable[[], Mapping[str, Any]] = dict
    ) -> None:
        self._directory = directory
        self._also = also
        self._callbacks: list[Callable[[EngineStatus], None]] = []
        # Accounts outlive the settings that they were opened under; what was paid was paid.
        self._accounts: dict[int, tuple[str, Account]] = {}
        self._booked: dict[int, Counter[str]] = {}
        directory.subscribe(self.changed)

    @property
    def status(self) -> EngineStatus:
        """Who answers now, and what the user should know."""
        found = status_of(self._directory.state)
        detail = {**found.detail, **self._also()}
        return replace(found, detail={**detail, "summary": sentences(detail)})

    def changed(self) -> None:
        """Tell all who subscribed how things stand now."""
        self._note_accounts()
        for callback in tuple(self._callbacks):
            callback(self.status)

    def spent(self) -> list[dict[str, str | int]]:
        """Return what each model read and wrote since the last call; costs in millionths."""
        found: list[dict[str, str | int]] = []
        self._note_accounts()
        for key, (name, account) in self._accounts.items():
            now = Counter(
                prompt_tokens=account.tokens,
                cached_tokens=account.cached,
                answer_tokens=account.answered,
                cost_millionths=round(account.cost * 1_000_000),
            )
            new = now - self._booked.get(key, Counter())
            self._booked[key] = now
            found += [{"engine": name, **new}] if new else []
        return found

    def _note_accounts(self) -> None:
        for name, meter in self._directory.state.meters.items():
            self._accounts[id(meter.account)] = name, meter.account

    async def refresh(self) -> None:
        """Look again at what models are there."""
        await self._directory.refresh()

    async def pull(self, name: str, progress: Progress) -> None:
        """Fetch `name` with progress in percent and gigabytes; raises TandemError."""
        progress.report(f"Asking for {name}")
        last = ""
        async with aclosing(self._directory.pull(name)) as steps:
            async for step in steps:
                last = step.status
                progress.report(*_shown(step))
        if last != "success":
            raise TandemError(
                f"The download of {name} ended early.",
                "Pull it again; it goes on where it stopped.",
            )

    def subscribe(self, callback: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """Call back on each change of the status, until the returned function is called."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)


def status_of(state: State) -> EngineStatus:
    """Return the status that `state` amounts to."""
    return EngineStatus(
        executor=state.playing.get(Role.EXECUTOR, BUILT_IN),
        planner=state.playing.get(Role.PLANNER, BUILT_IN),
        state=_word(state),
        detail=detail_of(state),
        notices=tuple(notices_of(state)),
        executor_in_memory=_executor_is_in_memory(state),
    )


def _executor_is_in_memory(state: State) -> bool:
    """Whether a key would be answered without a load; at an endpoint nobody loads for us."""
    name = state.playing.get(Role.EXECUTOR)
    if name is None or Role.EXECUTOR in state.endpoints:
        return name is not None
    contexts = {one.name: one.context for one in state.running}
    as_we_load_it = contexts.get(name) in {state.contexts.get(name), None}
    return name in contexts and as_we_load_it and name not in state.loading


def _word(state: State) -> str:
    if state.loading:
        return "loading"
    return "ready" if state.playing else "built-in"


def _shown(step: PullStep) -> tuple[str, int | None]:
    if not step.total:
        return step.status, None
    done = step.completed or 0
    text = f"{step.status}: {done / 1e9:.1f} of {step.total / 1e9:.1f} GB"
    return text, done * 100 // step.total
