"""What a code action is made of."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lsp_server.common.progress import Progress
from lsp_server.features.seams import Workshop
from lsp_server.features.values import Offer, Scene, TaskOutcome

QUICK_FIX = "quickfix"
REWRITE = "refactor.rewrite"
ASK = "tandem.ask"


@dataclass(frozen=True, slots=True)
class Job:
    """One action to carry out, where it was chosen, with the arguments of its offer."""

    shop: Workshop
    scene: Scene
    arguments: Mapping[str, Any]
    progress: Progress


Run = Callable[[Job], Awaitable[TaskOutcome]]


@dataclass(frozen=True, slots=True)
class Action:
    """One code action.

    `offers` looks at the scene only, at once and without input or output; `run` does the work.
    """

    name: str
    kind: str
    offers: Callable[[Scene], list[Offer]]
    run: Run


def one_offer(name: str, kind: str, title: str) -> Callable[[Scene], list[Offer]]:
    """Return the offers of an action that can be chosen anywhere, but only when asked for."""

    def offers(scene: Scene) -> list[Offer]:
        return [Offer(name, title, kind, {})] if scene.invoked else []

    return offers
