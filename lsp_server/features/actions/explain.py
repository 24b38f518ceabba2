"""Explain.

The selection, or the definition at the cursor, is explained by the planner with the code that it
touches at hand. The answer opens beside the code and streams; nothing is changed.

Before, the cursor in `retry`:

    def retry(call, times=3):
        ...

After, in the answer:

    `retry` calls `call` up to `times` times and waits longer after each failure ...

Without a model the answer is the evidence itself: where the code is defined, what it calls and who
calls it, with links.
"""

from lsp_server.common.snapshot import Place
from lsp_server.common.text import Position, Span
from lsp_server.features.actions.action import ASK, Action, Job, one_offer
from lsp_server.features.actions.targets import target_of_selection
from lsp_server.features.values import AnswerOutcome, Question, TaskOutcome
from lsp_server.models.prompts.explain import explain_question

NAME = "explain"


async def run(job: Job) -> TaskOutcome:
    """Return the question to put to the ask feature."""
    target = target_of_selection(job.scene.snapshot, job.scene.span, job.shop.syntax)
    selection = Span(Position(target.first, 0), Position(target.last - 1, len(target.bodies[-1])))
    place = Place(job.scene.snapshot, selection.start)
    return AnswerOutcome(Question(explain_question(target.name), place, selection))


ACTION = Action(NAME, ASK, one_offer(NAME, ASK, "Explain this code"), run)
