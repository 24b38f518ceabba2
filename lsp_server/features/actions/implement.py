"""Implement the stub or TODO.

Offered where the lines at the cursor say that something is still to be written: `pass`, `...`,
`TODO`, `NotImplementedError`, `todo!()` and their like. The definition around is written out by its
name, its signature, its doc comment and its callers.

Before:

    def slug(title: str) -> str:
        \"\"\"Return `title` in lower case, its words joined by hyphens.\"\"\"
        raise NotImplementedError

After:

    def slug(title: str) -> str:
        \"\"\"Return `title` in lower case, its words joined by hyphens.\"\"\"
        return "-".join(title.lower().split())

Without a model nothing can be implemented, and Tandem says so.
"""

import re

from lsp_server.features.actions.action import REWRITE, Action, Job
from lsp_server.features.actions.targets import target_of_selection
from lsp_server.features.fixing.executor import carry_out
from lsp_server.features.fixing.task import Task
from lsp_server.features.values import Offer, Scene, TaskOutcome
from lsp_server.models.prompts.rewrite import IMPLEMENT

NAME = "implement"
_TITLE = "Implement this"
_LINES_BELOW = 12
_STUB = re.compile(
    r"\b(?:TODO|FIXME|XXX)\b|\bNotImplemented(?:Error)?\b|^\s*(?:pass|\.\.\.)\s*(?:#.*)?$"
    r"|\b(?:todo|unimplemented)!\s*\(|not (?:yet )?implemented|UnsupportedOperationException",
    re.IGNORECASE,
)


def offers(scene: Scene) -> list[Offer]:
    """Offer it where the lines at the cursor, or a few below it, hold a stub."""
    lines = scene.snapshot.lines[scene.span.start.line : scene.span.end.line + _LINES_BELOW]
    stub = scene.invoked and any(_STUB.search(line) for line in lines)
    return [Offer(NAME, _TITLE, REWRITE, {})] if stub else []


async def run(job: Job) -> TaskOutcome:
    """Implement the definition at the scene."""
    target = target_of_selection(job.scene.snapshot, job.scene.span, job.shop.syntax)
    label = f"Implement {target.name or 'the selection'}"
    return await carry_out(Task(label, IMPLEMENT, target), job.shop, job.progress)


ACTION = Action(NAME, REWRITE, offers, run)
