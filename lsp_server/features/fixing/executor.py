"""Who carries out a task: the executor, else the planner, else the built-in engine."""

import logging

from lsp_server.common.progress import Progress
from lsp_server.features.fixing.loop import solve
from lsp_server.features.fixing.repair import no_model, repair
from lsp_server.features.fixing.task import Task
from lsp_server.features.seams import Workshop
from lsp_server.features.values import EditOutcome, Refusal
from lsp_server.models.api import Role
from lsp_server.models.errors import ModelMissing, Unreachable

_log = logging.getLogger(__name__)


async def carry_out(task: Task, shop: Workshop, progress: Progress) -> EditOutcome | Refusal:
    """Carry out `task` with whoever can; raises `ModelError` where the model itself fails."""
    model = await shop.models.sought(Role.EXECUTOR) or shop.models.ready(Role.PLANNER)
    if model is not None:
        try:
            return await solve(task, model, shop, progress)
        except (Unreachable, ModelMissing) as error:
            _log.warning("the model went away during a task: %s", error)
    if task.is_fix:
        return await repair(task, shop, progress)
    return no_model(shop, "without one code cannot be written")
