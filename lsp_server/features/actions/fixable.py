"""The task of fixing problems, as several actions set it."""

from lsp_server.checks.report import FAILED_TEST
from lsp_server.common.problems import Problem
from lsp_server.common.snapshot import Snapshot
from lsp_server.features.actions.action import Job
from lsp_server.features.actions.problems import unpacked
from lsp_server.features.actions.targets import target_of_problems
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.fixing.complaint import goal_lines
from lsp_server.features.fixing.finding import problems_on_lines
from lsp_server.features.fixing.proof import short
from lsp_server.features.fixing.task import Task
from lsp_server.features.seams import Workshop
from lsp_server.features.values import Refusal
from lsp_server.models.prompts.fix import fix_goal


async def fix_task(job: Job) -> Task | Refusal:
    """Return the task of fixing what the job is about, or why there is nothing to fix.

    That is the problem in its arguments, else those of its scene, else what the checks find and
    the editor shows on the scene's lines.
    """
    problems = await _problems(job)
    if problems:
        return _task(job.shop, job.scene.snapshot, problems)
    names = Bench.of(job.scene.snapshot, job.shop, tests=False).names
    return Refusal(f"Nothing is wrong here, by {names}.", "Nothing was changed.")


def _task(shop: Workshop, snapshot: Snapshot, problems: tuple[Problem, ...]) -> Task:
    label = f"Fix: {short(problems[0])}" if len(problems) == 1 else "Fix these problems"
    target = target_of_problems(snapshot, problems, shop.syntax)
    goal = fix_goal(goal_lines(problems, snapshot.text))
    # A failed test has no line of its own that a change could be near to.
    stays = all(problem.rule != FAILED_TEST for problem in problems)
    return Task(label, goal, target, problems, stays=stays)


async def _problems(job: Job) -> tuple[Problem, ...]:
    if "problem" in job.arguments:
        return (unpacked(job.arguments["problem"]),)
    if job.scene.problems:
        return job.scene.problems
    job.progress.report("Looking for problems")
    scene = job.scene
    return await problems_on_lines(job.shop, scene.snapshot, scene.span, scene.shown)
