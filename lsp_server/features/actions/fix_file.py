"""Fix all problems in the file.

All that the language's tools find in the file, and what the editor shows there besides, is given
to the model at once, and comes back as one edit that undoes in one step. Problems that the model
could not fix stay; the title says how many went away.

Before, with ruff finding an unused import and an undefined name:

    import os

    def total(items):
        return sum(itmes)

After:

    def total(items):
        return sum(items)

Without a model the built-in engine repairs broken syntax only.
"""

from dataclasses import replace

from lsp_server.common.text import Position, Span, end_of
from lsp_server.edits.target import Target
from lsp_server.features.actions.action import QUICK_FIX, Action, Job
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.fixing.complaint import goal_lines
from lsp_server.features.fixing.executor import carry_out
from lsp_server.features.fixing.finding import problems_on_lines
from lsp_server.features.fixing.task import Task
from lsp_server.features.values import Offer, Refusal, Scene, TaskOutcome
from lsp_server.models.prompts.fix import fix_goal

NAME = "fix-file"
TITLE = "Fix all problems in this file"


def offers(scene: Scene) -> list[Offer]:
    """Offer it where something is wrong, or where the user asked for actions."""
    wanted = scene.invoked or len(scene.problems) > 1
    return [Offer(NAME, TITLE, QUICK_FIX, {})] if wanted else []


async def run(job: Job) -> TaskOutcome:
    """Fix what the checks find in the whole document."""
    snapshot = job.scene.snapshot
    job.progress.report("Looking for problems")
    everywhere = Span(Position(0, 0), end_of(snapshot.lines))
    problems = await problems_on_lines(job.shop, snapshot, everywhere, job.scene.shown)
    if not problems:
        names = Bench.of(snapshot, job.shop).names
        return Refusal(f"Nothing is wrong in this file, by {names}.", "Nothing was changed.")
    goal = fix_goal(goal_lines(problems, snapshot.text))
    task = Task(TITLE, goal, Target.whole(snapshot), problems)
    outcome = await carry_out(task, job.shop, job.progress)
    return replace(outcome, problems=problems) if isinstance(outcome, Refusal) else outcome


ACTION = Action(NAME, QUICK_FIX, offers, run)
