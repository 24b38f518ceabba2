"""What the user should know of the models, and what to do about it."""

from lsp_server.features.values import BUILT_IN, ModelNotice
from lsp_server.models.api import Role
from lsp_server.models.directory import State
from lsp_server.models.names import How


def notices_of(state: State) -> list[ModelNotice]:
    """Return what `state` calls for, the most urgent first."""
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
