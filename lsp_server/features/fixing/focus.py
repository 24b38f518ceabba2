"""Keep the fix of a problem to that problem: what else the model changed is left out if it can."""

from collections.abc import Sequence

from lsp_server.common.edits import TextEdit, apply_edits
from lsp_server.common.problems import Problem
from lsp_server.features.fixing.attempts import Attempt, Judge
from lsp_server.features.fixing.task import Task
from lsp_server.features.fixing.writing import Draft


async def focused(best: Attempt, task: Task, judge: Judge) -> Attempt:
    """Return `best` with its changes near the task's problems only, if all checks agree to that.

    Some problems need a change elsewhere, an import say; then the whole stays. So it does where no
    check sees one of the problems: none could tell that what is left still mends it.
    """
    if best.wanted.unseen:
        return best
    lines = task.target.snapshot.lines
    near = edits_near(best.draft.edits, task.problems)
    if not near or len(near) == len(best.draft.edits):
        return best
    smaller = judge.begin(Draft(best.draft.answer, near, apply_edits(lines, near)))
    judgement = await judge.first_word(smaller)
    return smaller if judgement.is_good else best


def edits_near(edits: Sequence[TextEdit], problems: Sequence[Problem]) -> tuple[TextEdit, ...]:
    """Return the edits that touch the lines of a problem, or the lines beside them."""
    return tuple(edit for edit in edits if any(_is_near(edit, problem) for problem in problems))


def _is_near(edit: TextEdit, problem: Problem) -> bool:
    first, last = problem.span.start.line - 1, problem.span.end.line + 1
    return edit.span.start.line <= last and first <= edit.span.end.line
