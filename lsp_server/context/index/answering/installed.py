"""What installed packages offer to the code at a place, as pieces for its prompt."""

from dataclasses import replace

import numpy as np

from lsp_server.common.blocks import Depth
from lsp_server.context.index.answering.choose import Choices, shown_of
from lsp_server.context.index.answering.reasons import Reasons
from lsp_server.context.index.answering.render import render_slices
from lsp_server.context.index.messages import Piece, Plan
from lsp_server.context.index.ranking.by_file import candidates
from lsp_server.context.index.ranking.meanings import meanings_at
from lsp_server.context.index.ranking.score import worth
from lsp_server.context.index.ranking.tables import Floats, Tables
from lsp_server.context.index.ranking.view import View
from lsp_server.context.index.workspace import Workspace

# The repository's own code comes first: a model knows well-known packages by heart.
_SHARE = 0.1
_LEAST_WORTH = 0.02
# The model was fitted where every definition is used by someone; a package's own users are not in
# sight. What resolution says stands in for them.
_MEMBER_HERE, _MEMBER_NEAR, _NAMED = 0.4, 0.1, 0.4
_FIELD_SHARE = 0.4


def installed_pieces(workspace: Workspace, view: View, plan: Plan, needed: float) -> list[Piece]:
    """Return signatures of installed packages for a tenth of the plan's room, or what is over.

    `needed` is what the repository's own code could take. They are scored by the same model as
    the repository's own definitions.
    """
    tables = workspace.dependencies.tables()
    if tables is None:
        return []
    view = replace(view, kept={})
    worths = np.maximum(worth(view, tables), _least_worths(view, tables) * candidates(view, tables))
    worths[shown_of(tables, plan.shown)] = 0
    able = np.flatnonzero(worths >= _LEAST_WORTH).astype(np.int32)
    order = able[np.argsort(-worths[able] / (tables.definition_tokens[able] + 2), kind="stable")]
    spent = np.cumsum(tables.definition_tokens[order])
    room = max(plan.room * _SHARE, plan.room - plan.own_room - needed)
    order = order[: int(np.searchsorted(spent, room, side="right"))]
    depths = np.full(len(order), int(Depth.SIGNATURE), np.int8)
    choices = Choices(order, depths, worths[order])
    slices = render_slices(tables, choices, lambda _: b"")
    reasons = Reasons(tables, view)
    return [
        Piece(
            item.path,
            item.text,
            item.shown,
            item.lines,
            item.worth,
            f"installed package: {reasons.why(item)}",
        )
        for item in slices
    ]


def _least_worths(view: View, tables: Tables) -> Floats:
    """Return what each definition is worth at least, by what the place means."""
    result = np.zeros(len(tables.definitions), np.float32)
    meanings = meanings_at(view, tables)
    for members, share in ((meanings.near, _MEMBER_NEAR), (meanings.here, _MEMBER_HERE)):
        for number, member in members.items():
            is_method = tables.definitions[number].kind == "method"
            least = share * member.weight * (1.0 if is_method else _FIELD_SHARE)
            result[number] = max(result[number], least)
    result[list(meanings.named)] = np.maximum(result[list(meanings.named)], _NAMED)
    return result
