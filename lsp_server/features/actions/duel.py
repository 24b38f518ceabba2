"""Fix with both models.

Executor and planner fix the same problem, one after the other. What the language's tools say
decides which answer comes first: proven before unproven, then fewer problems and failed tests, then
the smaller change. You choose between them; choosing none leaves nothing behind.

Before, with ruff saying "undefined name 'valeu'":

    def double(value):
        return valeu * 2

After, two buttons with their proofs:

    glm-4.7-flash: Fix: undefined name 'valeu' (ruff: 1 problem gone, none new)
    gpt-oss:20b: Fix: undefined name 'valeu' (ruff: 1 problem gone, none new)

Without a model, or with one only, there is nothing to compare, and Tandem says so.
"""

from lsp_server.features.actions.action import REWRITE, Action, Job
from lsp_server.features.actions.fixable import fix_task
from lsp_server.features.fixing.duel import duel
from lsp_server.features.values import Offer, Refusal, Scene, TaskOutcome

NAME = "duel"


def offers(scene: Scene) -> list[Offer]:
    """Offer it where something is shown as wrong and the user asked for actions."""
    wanted = scene.invoked and bool(scene.problems)
    return [Offer(NAME, "Fix with both models and compare", REWRITE, {})] if wanted else []


async def run(job: Job) -> TaskOutcome:
    """Let both models fix what is wrong at the scene."""
    task = await fix_task(job)
    return task if isinstance(task, Refusal) else await duel(task, job.shop, job.progress)


ACTION = Action(NAME, REWRITE, offers, run)
