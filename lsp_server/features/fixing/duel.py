"""Both models on the same task, one after the other; tools judge, never a model."""

from collections.abc import Iterable

from lsp_server.common.edits import TextEdit
from lsp_server.common.progress import Progress
from lsp_server.features.fixing.loop import solve
from lsp_server.features.fixing.task import Task
from lsp_server.features.seams import Workshop
from lsp_server.features.values import Choice, EditOutcome, Refusal, TaskOutcome, Verdict
from lsp_server.models.api import Role


async def duel(task: Task, shop: Workshop, progress: Progress) -> TaskOutcome:
    """Return what executor and planner make of `task`, the better first, each with its proof.

    One card holds one model at a time, so the second starts when the first has ended. Where only
    one succeeds, or both say the same, there is nothing to choose. Raises `ModelError`.
    """
    models = [await shop.models.sought(role) for role in (Role.EXECUTOR, Role.PLANNER)]
    executor, planner = models
    if executor is None or planner is None:
        settings = shop.settings().agent
        return Refusal(
            "A duel needs both models, and they are not both there.",
            f"Start Ollama, and get them: ollama pull {settings.executor_model} and "
            f"ollama pull {settings.planner_model}",
        )
    outcomes = [await solve(task, model, shop, progress) for model in (executor, planner)]
    edits = best_first(one for one in outcomes if isinstance(one, EditOutcome))
    if not edits:
        first, second = (one for one in outcomes if isinstance(one, Refusal))
        return Refusal(f"Neither model succeeded. {first.sentence}", second.advice)
    same = len({outcome.files for outcome in edits}) == 1
    return edits[0] if same else Choice(tuple(edits))


def best_first(outcomes: Iterable[EditOutcome]) -> list[EditOutcome]:
    """Return proven ones first, then by problems, by failed tests, and by the size of the edit."""
    return sorted(outcomes, key=_rank)


def _rank(outcome: EditOutcome) -> tuple[bool, int, int, int]:
    proof = outcome.proof
    problems = proof.after - proof.failing
    edits = [edit for file in outcome.files for edit in file.edits]
    return (proof.verdict is not Verdict.PROVEN, problems, proof.failing, sum(map(_size, edits)))


def _size(edit: TextEdit) -> int:
    lines = edit.span.end.line - edit.span.start.line
    return lines + edit.new_text.count("\n") + 1
