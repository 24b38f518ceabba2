"""Rewrite by instruction.

The selected lines, or the definition at the cursor, are rewritten as you say. Editors with a
Tandem plugin ask for the instruction; in any other editor write it as a comment that begins with
`tandem:` in or right above the lines, and choose the action.

Before:

    # tandem: use a list comprehension
    names = []
    for user in users:
        names.append(user.name)

After:

    names = [user.name for user in users]

The result is checked as a fix is: it may bring no new problems. Without a model nothing can be
rewritten, and Tandem says so.
"""

import re

from lsp_server.common.languages import language_named
from lsp_server.common.text import body
from lsp_server.edits.target import Target
from lsp_server.features.actions.action import REWRITE, Action, Job, one_offer
from lsp_server.features.actions.targets import target_of_selection
from lsp_server.features.fixing.executor import carry_out
from lsp_server.features.fixing.task import Task
from lsp_server.features.values import Refusal, TaskOutcome
from lsp_server.models.prompts.rewrite import rewrite_goal

NAME = "rewrite"
_LONGEST_LABEL = 60


async def run(job: Job) -> TaskOutcome:
    """Rewrite by the instruction in `arguments`, or by the one that stands in a comment."""
    target = target_of_selection(job.scene.snapshot, job.scene.span, job.shop.syntax)
    instruction = str(job.arguments.get("instruction", "")).strip()
    if not instruction:
        target, instruction = _with_comment(target)
    if not instruction:
        return _without_instruction(target)
    label = f"Rewrite: {instruction[:_LONGEST_LABEL]}"
    return await carry_out(Task(label, rewrite_goal(instruction), target), job.shop, job.progress)


def _with_comment(target: Target) -> tuple[Target, str]:
    """Look for the instruction in the target and on the lines right above it."""
    lines = target.snapshot.lines
    sign = re.escape(language_named(target.snapshot.language).line_comment or "#")
    comment = re.compile(rf"\s*(?:{sign}|/\*)\s*tandem:\s*(.+?)\s*(?:\*/)?\s*", re.IGNORECASE)
    for number in range(max(0, target.first - 1), target.last):
        if match := comment.fullmatch(body(lines[number])):
            first = min(number, target.first)
            return Target(target.snapshot, first, target.last, target.name), match[1]
    return target, ""


def _without_instruction(target: Target) -> Refusal:
    sign = language_named(target.snapshot.language).line_comment or "#"
    return Refusal(
        "There is no instruction to rewrite by.",
        f"Write it above the code as a comment, '{sign} tandem: ...', and choose the action again.",
    )


ACTION = Action(NAME, REWRITE, one_offer(NAME, REWRITE, "Rewrite by instruction"), run)
