"""Actions of your own.

Rewrites that you need often can stand among the code actions: write them into your settings with a
name, what the model is asked, the languages where they are offered, and, if you like, the check
that must have run for the change to be called proven.

    fix:
      actions:
        - name: Convert to a dataclass
          prompt: Make this class a frozen dataclass that does the same for its callers.
          languages: [python]
          check: mypy

Before:

    class Point:
        def __init__(self, x: int, y: int) -> None:
            self.x = x
            self.y = y

After:

    @dataclass(frozen=True)
    class Point:
        x: int
        y: int

Without a model nothing can be rewritten, and Tandem says so.
"""

from collections.abc import Sequence

from lsp_server.config.settings import UserAction
from lsp_server.features.actions.action import REWRITE, Action, Job
from lsp_server.features.actions.targets import target_of_selection
from lsp_server.features.fixing.executor import carry_out
from lsp_server.features.fixing.task import Task
from lsp_server.features.values import Offer, Refusal, Scene, TaskOutcome
from lsp_server.models.prompts.rewrite import rewrite_goal

NAME = "convert"


def own_offers(actions: Sequence[UserAction], scene: Scene) -> list[Offer]:
    """Offer the user's actions that are for the scene's language, when asked for."""
    language = scene.snapshot.language
    return [
        Offer(NAME, own.name, REWRITE, {"name": own.name})
        for own in actions
        if scene.invoked and (not own.languages or language in own.languages)
    ]


async def run(job: Job) -> TaskOutcome:
    """Carry out the user's action that the arguments name."""
    name = job.arguments.get("name")
    known = job.shop.settings().fix.actions
    own = next((action for action in known if action.name == name), None)
    if own is None:
        names = ", ".join(action.name for action in known) or "none"
        return Refusal(f"The settings hold no action '{name}'.", f"fix.actions has: {names}.")
    target = target_of_selection(job.scene.snapshot, job.scene.span, job.shop.syntax)
    task = Task(own.name, rewrite_goal(own.prompt), target, check=own.check)
    return await carry_out(task, job.shop, job.progress)


# What is offered is in the settings, not in the scene: the registry asks `own_offers`.
ACTION = Action(NAME, REWRITE, lambda _scene: [], run)
