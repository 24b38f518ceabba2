"""Which engine answers, and what the user should know of the models."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from lsp_server.common.errors import TandemError
from lsp_server.common.progress import Progress
from lsp_server.features.status_words import sentences
from lsp_server.features.values import BUILT_IN, EngineStatus, ModelNotice
from lsp_server.models.api import Role
from lsp_server.models.directory import State
from lsp_server.models.names import How
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
        detail=_detail(state),
        notices=tuple(_notices(state)),
    )


def _word(state: State) -> str:
    if state.loading:
        return "loading"
    return "ready" if state.playing else "built-in"


def _detail(state: State) -> dict[str, Any]:
    """Return what the status shows on request, as JSON values."""
    return {
        "url": state.url,
        "version": state.version,
        "problem": str(state.problem or ""),
        "loading": list(state.loading),
        "resolved": {
            str(role): {"wanted": found.wanted, "name": found.name, "why": found.why}
            for role, found in state.roles.items()
        },
        "endpoints": {
            str(role): {
                "url": one.url,
                "server": one.server,
                "model": one.model,
                "context": one.context,
                "fill": one.fill,
                "problem": str(one.problem or ""),
            }
            for role, one in state.endpoints.items()
        },
        "running": [
            {
                "name": model.name,
                "size": model.size,
                "sizeOnGpu": model.size_vram,
                "context": model.context,
            }
            for model in state.running
        ],
        "prompts": {
            name: {
                "requests": meter.account.requests,
                "tokens": meter.account.tokens,
                "cached": meter.account.cached,
                "readPerSecond": round(meter.speeds.prefill),
                "writtenPerSecond": round(meter.speeds.decode),
                "exact": meter.is_exact,
                "answered": meter.account.answered,
                "predictedSeconds": round(meter.account.predicted, 3),
                "measuredSeconds": round(meter.account.measured, 3),
                "cost": round(meter.account.cost, 6),
            }
            for name, meter in state.meters.items()
        },
    }


def _notices(state: State) -> list[ModelNotice]:
    problems = [one.problem for one in state.endpoints.values() if one.problem is not None]
    away = {str(one): ModelNotice(f"problem {one}", one.sentence, one.advice) for one in problems}
    return [*away.values(), *_ollamas_notices(state)]


def _ollamas_notices(state: State) -> list[ModelNotice]:
    if state.problem is not None:
        problem = state.problem
        return [ModelNotice(f"problem {problem}", problem.sentence, problem.advice)]
    notices = _resolved(state)
    notices += [_foreign(name, *contexts) for name, contexts in foreign_loads(state).items()]
    notices += map(_evicted, state.evicted)
    if state.swapping:
        advice = "While you type, the executor answers questions. Set agent.residency to change it."
        notices.append(ModelNotice("swap", state.swapping, advice))
    notices += _lowered(state)
    spilled = [model for model in state.running if 0 < model.size_vram < model.size]
    return notices + [_spilled(model.name, model.size_vram / model.size) for model in spilled]


def _resolved(state: State) -> list[ModelNotice]:
    notices: dict[str, ModelNotice] = {}
    for role, found in state.roles.items():
        if found.how is How.MISSING:
            notices[found.name] = ModelNotice(
                f"missing {found.name}",
                f"Ollama does not have {found.wanted}, the {role}"
                f"{'' if found.wanted == found.name else f' (in its library: {found.name})'}.",
                f"{_meanwhile(state, role)} Fetch it now?",
                found.name,
            )
        elif found.how is How.FAMILY:
            sentence = f"The {role} “{found.wanted}” is {found.name}: {found.why}."
            notices[found.wanted] = ModelNotice(f"resolved {found.wanted} {found.name}", sentence)
    return list(notices.values())


def _meanwhile(state: State, role: Role) -> str:
    return f"Until then {state.playing.get(role, f'the {BUILT_IN}')} answers."


def foreign_loads(state: State) -> dict[str, tuple[int, int]]:
    """Return models of ours that are in memory with another context: (theirs, ours) by name."""
    return {
        model.name: (model.context, state.contexts[model.name])
        for model in state.running
        if model.name in state.contexts
        and model.context is not None
        and not _is_ours(model.context, state.contexts[model.name])
    }


def _is_ours(context: int, ours: int) -> bool:
    """Whether the engine's size is what we asked for: it rounds up to a multiple of 256."""
    return ours <= context <= -(-ours // 256) * 256


def _lowered(state: State) -> list[ModelNotice]:
    lower = {name: size for name, size in state.contexts.items() if size < state.wanted_context}
    return [
        ModelNotice(
            f"context {name} {size}",
            f"{name} is loaded with {size} tokens of context instead of {state.wanted_context}.",
            "It is what its memory or its training allows; see ollama.gpu_memory_gb.",
        )
        for name, size in lower.items()
    ]


def _foreign(name: str, theirs: int, ours: int) -> ModelNotice:
    return ModelNotice(
        f"foreign {name} {theirs}",
        f"Another program loaded {name} with a context of {theirs} tokens; Tandem uses {ours}.",
        "Each change loads the model again. Let both use one size: set OLLAMA_CONTEXT_LENGTH for "
        "the server, or agent.context_window here.",
    )


def _evicted(name: str) -> ModelNotice:
    return ModelNotice(
        f"evicted {name}",
        f"{name} is no longer in memory: another program took its place, or Ollama was restarted.",
        "The next request loads it again, which takes a while. If this comes often, let the other "
        "program use the same model, or close it while you work.",
    )


def _spilled(name: str, share: float) -> ModelNotice:
    return ModelNotice(
        f"spilled {name}",
        f"Only {share:.0%} of {name} fits on the GPU, so it answers slowly.",
        "Lower agent.context_window or take a smaller model.",
    )


def _shown(step: PullStep) -> tuple[str, int | None]:
    if not step.total:
        return step.status, None
    done = step.completed or 0
    text = f"{step.status}: {done / 1e9:.1f} of {step.total / 1e9:.1f} GB"
    return text, done * 100 // step.total
