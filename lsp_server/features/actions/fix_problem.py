"""Fix this problem.

The problem under the cursor is taken away by the smallest change of the definition around it, or
of the file's imports. The change is tried on a shadow copy first: it is offered as a fix only if
the language's own tools find the problem gone and nothing new. At most three rounds are played.

Before, with ruff saying "undefined name 'valeu'":

    def double(value):
        return valeu * 2

After:

    def double(value):
        return value * 2

Without a model the built-in engine repairs broken syntax, as far as the parser confirms it.
"""

from dataclasses import replace

from lsp_server.common.problems import Problem
from lsp_server.features.actions.action import QUICK_FIX, Action, Job
from lsp_server.features.actions.fixable import fix_task
from lsp_server.features.actions.problems import packed
from lsp_server.features.fixing.executor import carry_out
from lsp_server.features.fixing.proof import short
from lsp_server.features.values import Offer, Refusal, Scene, TaskOutcome

NAME = "fix"
_MOST_OFFERS = 8


def offers(scene: Scene) -> list[Offer]:
    """Offer one fix for each problem of the scene, worst first."""
    worst_first = sorted(dict.fromkeys(scene.problems), key=_order)
    return [
        Offer(
            NAME,
            f"Fix: {short(problem)}",
            QUICK_FIX,
            {"problem": packed(problem)},
            problem=problem,
        )
        for problem in worst_first[:_MOST_OFFERS]
    ]


async def run(job: Job) -> TaskOutcome:
    """Fix the problem in `arguments`, or those that the checks find on the scene's lines."""
    task = await fix_task(job)
    if isinstance(task, Refusal):
        return task
    outcome = await carry_out(task, job.shop, job.progress)
    return replace(outcome, problems=task.problems) if isinstance(outcome, Refusal) else outcome


def _order(problem: Problem) -> int:
    return ["error", "warning", "information", "hint"].index(problem.severity)


ACTION = Action(NAME, QUICK_FIX, offers, run)
