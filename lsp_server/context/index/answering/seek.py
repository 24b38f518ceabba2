"""Finding what the code at a place needs: score, choose, render."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lsp_server.context.index.answering.choose import BODIES_FROM, Choices, choose, shown_of
from lsp_server.context.index.answering.installed import installed_pieces
from lsp_server.context.index.answering.own_file import own_piece
from lsp_server.context.index.answering.reasons import Reasons
from lsp_server.context.index.answering.render import Slice, heading, render_slices
from lsp_server.context.index.messages import Found, MapText, MapWanted, Piece, Plan, Seek
from lsp_server.context.index.ranking.score import worth
from lsp_server.context.index.ranking.tables import Floats, Tables
from lsp_server.context.index.ranking.view import View
from lsp_server.context.index.workspace import Workspace

# What is worth more comes first, and the last parts are small: when the log is cut at its end, it
# loses what is worth least. More parts would cut finer, and repeat more headings: in a large room
# they took 1,200 of 20,000 tokens and a third of the time, and kept nothing more.
_PARTS = (0.5, 0.85)
_PARTS_UP_TO = 8000
# The estimate of a definition's tokens is on the high side: ask for more, and count what comes.
_OVERASKED = 1.2
_OVERASKED_BODIES = 1.1
# A prompt uses its room to this share, or shows everything.
_USED = 0.97
_MOST_FILLINGS = 2
# Headings make the text longer than its estimate: what comes behind so much of the room is cut off
# by who counts real tokens, and need not be written.
_RENDERED = 1.15
_HEADING_TOKENS = 3
# What is left is estimated: the current file gets a little less, lest others be cut off for it.
_SURE = 0.95
_DATA = ("json", "yaml", "toml", "markdown")


def seek(workspace: Workspace, wanted: Seek) -> Found:
    """Return the pieces of the greatest worth per token that are not shown yet.

    Of the plans asked for, the first is taken unless a later one shows so much more that reading
    its extra tokens pays.
    """
    tables = workspace.tables()
    view = View(
        workspace.row_for(wanted.path, wanted.language, wanted.text),
        wanted.text,
        wanted.cursor,
        opened=wanted.opened,
        recent=wanted.recent,
        companions=workspace.history.companions(wanted.path),
    )
    worths = worth(view, tables)
    best, best_choices, best_value = 0, Choices.none(), -np.inf
    open_to = []
    for number, plan in enumerate(wanted.plans):
        shown, hidden = shown_of(tables, plan.shown), worths.copy()
        hidden[shown] = 0
        open_to.append(hidden)
        choices = choose(tables, hidden, _asked(plan.room - plan.own_room))
        needs = float(worths[shown].sum()) + float(choices.worths.sum(dtype=np.float64))
        value = needs * wanted.tokens_per_need - plan.reread
        if value > best_value:
            best, best_choices, best_value = number, choices, value
    plan, hidden = wanted.plans[best], open_to[best]
    picked = _Picked(tables, hidden, best_choices)
    reasons = Reasons(tables, view)
    needed = float(tables.definition_body_tokens @ (hidden > 0))
    installed = installed_pieces(workspace, view, plan, needed)
    slices = _filling(workspace, picked, plan, _tokens_of(installed))
    own_code = [
        Piece(item.path, item.text, item.shown, item.lines, item.worth, reasons.why(item))
        for item in slices
    ]
    # Packages change less often than what is being written: they go where the log is kept longest.
    pieces = (*own_code[:1], *installed, *own_code[1:])
    left = plan.room - _tokens_of(pieces)
    own = own_piece(view, plan, wanted.window, max(plan.own_room, _SURE * left))
    return Found(best, (*pieces, own) if own is not None else pieces)


@dataclass(frozen=True, slots=True)
class _Picked:
    """What each definition is worth, those that are shown nothing, and what was chosen of them."""

    tables: Tables
    worths: Floats
    choices: Choices


def _filling(workspace: Workspace, picked: _Picked, plan: Plan, taken: float) -> list[Slice]:
    """Return slices that take what is left of the plan's room beside `taken`, or all there is.

    Bodies that hold each other and headers that members share make the text shorter than the sum
    of its estimates: what is left is filled by choosing for more room than there is.
    """
    tables, choices = picked.tables, picked.choices
    wanted = max(plan.room - plan.own_room - taken, 0.0)
    slices = _in_parts(workspace, tables, choices, plan.room)
    room, got = _asked(wanted), _tokens_of(slices)
    for _ in range(_MOST_FILLINGS):
        if not _USED * wanted > got > 0:
            break
        room *= min(1.05 * wanted / got, 3.0)
        again = choose(tables, picked.worths, room)
        if again.equals(choices):
            break
        choices = again
        more = _in_parts(workspace, tables, again, plan.room)
        if _tokens_of(more) <= got:
            break
        slices, got = more, _tokens_of(more)
    return slices


def _asked(room: float) -> float:
    """Return for how many estimated tokens to choose, so that the text takes `room` at least."""
    room = max(room, 0.0)
    return room * (_OVERASKED if room * _OVERASKED <= BODIES_FROM else _OVERASKED_BODIES)


def _tokens_of(slices: Sequence[Slice | Piece]) -> float:
    return sum(len(item.text.encode()) for item in slices) / 4 + 8 * len(slices)


def _in_parts(workspace: Workspace, tables: Tables, choices: Choices, room: int) -> list[Slice]:
    spent = np.cumsum(tables.definition_tokens[choices.definitions])
    shares = _PARTS if room <= _PARTS_UP_TO else ()
    ends = [int(np.searchsorted(spent, room * share)) for share in shares]
    slices: list[Slice] = []
    left = room * _RENDERED
    for start, end in pairwise([0, *ends, len(choices.definitions)]):
        part = choices.part(start, end)
        for item in render_slices(tables, part, workspace.content):
            slices.append(item)
            left -= len(f"{item.path}{item.text}".encode()) / 4 + _HEADING_TOKENS
            if left < 0:
                return slices
    return slices


def repository_map(workspace: Workspace, wanted: MapWanted) -> MapText:
    """Return the most used definitions of the repository, sorted by path, whatever the place."""
    tables = workspace.tables()
    data = [tables.families[name] for name in _DATA if name in tables.families]
    fits = ~tables.file_test & ~np.isin(tables.file_family, data)
    worths = _general_worth(tables) * fits[tables.definition_file]
    if wanted.room <= 0:
        return MapText("", {})
    choices = choose(tables, worths, min(wanted.room, 19000)).without_bodies()
    slices = sorted(render_slices(tables, choices, workspace.content), key=lambda item: item.path)
    return _fitting(slices, wanted.room)


def _general_worth(tables: Tables) -> Floats:
    """Return how likely any file at all is to need a definition: by use, rank and kind."""
    name, file = tables.definition_name, tables.definition_file
    use = np.log1p(tables.name_files[name]) / np.maximum(tables.name_definers[name], 1)
    use = use * (0.2 + tables.definition_uses)
    weight = np.where(tables.definition_private, 0.1, 1.0)
    kind = np.array([1.0, 1.0, 0.5, 0.3, 0.5, 0.1])[tables.definition_kind]
    result: Floats = (use * weight * kind * 2 ** (0.3 * tables.file_rank[file])).astype(np.float32)
    return result / max(float(result.max(initial=0)), 1e-9)


def _fitting(slices: Sequence[Slice], room: int) -> MapText:
    texts: list[str] = []
    shown: dict[str, frozenset[str]] = {}
    spent = 0.0
    for item in slices:
        text = heading(item.path) + item.text
        cost = len(text.encode()) / 4
        if spent + cost > room:
            continue
        spent += cost
        texts.append(text)
        shown[item.path] = frozenset(item.shown)
    return MapText("".join(texts), shown)
