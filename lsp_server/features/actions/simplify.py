"""Simplify.

The selected lines, or the definition at the cursor, are written in a simpler way that does the
same. The result must pass the checks, and the tests that reach it where the project has some.

Before:

    def is_even(number):
        if number % 2 == 0:
            return True
        else:
            return False

After:

    def is_even(number):
        return number % 2 == 0

Without a model nothing can be simplified, and Tandem says so.
"""

from lsp_server.features.actions.action import REWRITE, Action, Job, one_offer
from lsp_server.features.actions.targets import target_of_selection
from lsp_server.features.fixing.executor import carry_out
from lsp_server.features.fixing.task import Task
from lsp_server.features.values import TaskOutcome
from lsp_server.models.prompts.rewrite import SIMPLIFY

NAME = "simplify"


async def run(job: Job) -> TaskOutcome:
    """Simplify the code at the scene."""
    target = target_of_selection(job.scene.snapshot, job.scene.span, job.shop.syntax)
    label = f"Simplify {target.name or 'the selection'}"
    return await carry_out(Task(label, SIMPLIFY, target), job.shop, job.progress)


ACTION = Action(NAME, REWRITE, one_offer(NAME, REWRITE, "Simplify this code"), run)
