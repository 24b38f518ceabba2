"""All code actions, as the edge and the command line call them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lsp_server.common.progress import Progress
from lsp_server.features.actions import (
    convert,
    document,
    duel,
    explain,
    fix_file,
    fix_problem,
    fix_test,
    implement,
    rename,
    rewrite,
    simplify,
    write_tests,
)
from lsp_server.features.actions.action import QUICK_FIX, Action, Job
from lsp_server.features.actions.convert import own_offers
from lsp_server.features.actions.on_disk import Unreadable
from lsp_server.features.actions.problems import BadArguments
from lsp_server.features.seams import Workshop
from lsp_server.features.values import Offer, Refusal, Scene, TaskOutcome
from lsp_server.models.errors import ModelError

_log = logging.getLogger(__name__)

ACTIONS: tuple[Action, ...] = (
    fix_problem.ACTION,
    fix_file.ACTION,
    implement.ACTION,
    fix_test.ACTION,
    duel.ACTION,
    rewrite.ACTION,
    simplify.ACTION,
    rename.ACTION,
    document.ACTION,
    write_tests.ACTION,
    convert.ACTION,
    explain.ACTION,
)


@dataclass(frozen=True, slots=True)
class Actions:
    """The code actions of one server."""

    shop: Workshop

    def offers(self, scene: Scene) -> list[Offer]:
        """Return what can be chosen in `scene`; at once, without input or output.

        Where the user did not ask, quick fixes of shown problems are all.
        """
        actions = [a for a in ACTIONS if scene.invoked or a.kind == QUICK_FIX]
        offers = [offer for action in actions for offer in action.offers(scene)]
        return offers + own_offers(self.shop.settings().fix.actions, scene)

    async def run(
        self, action: str, scene: Scene, arguments: Mapping[str, Any], progress: Progress
    ) -> TaskOutcome:
        """Carry out `action`; nothing is written anywhere, the outcome says what to apply."""
        chosen = next((known for known in ACTIONS if known.name == action), None)
        if chosen is None:
            names = ", ".join(known.name for known in ACTIONS)
            return Refusal(f"There is no action '{action}'.", f"The actions are: {names}.")
        try:
            return await chosen.run(Job(self.shop, scene, arguments, progress))
        except (ModelError, BadArguments, Unreadable) as error:
            _log.warning("%s ended: %s", action, error)
            return Refusal(error.sentence, error.advice)
