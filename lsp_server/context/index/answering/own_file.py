"""What a prompt shows of the current file outside of its window."""

from collections.abc import Iterable

import numpy as np

from lsp_server.common.blocks import Depth
from lsp_server.context.index.messages import Piece, Plan
from lsp_server.context.index.ranking.tables import IS_CALLABLE
from lsp_server.context.index.ranking.view import View
from lsp_server.context.index.reading.columns import KIND, LINE, PARENT, DefinitionColumns


def own_piece(view: View, plan: Plan, window: tuple[int, int]) -> Piece | None:
    """Return the current file outside of its window: all of it where it fits, else its headers."""
    if plan.own_room <= 0:
        return None
    lines = view.text.split("\n")
    first, last = window
    rest = [*lines[:first], *(["..."] if last < len(lines) else []), *lines[last:]]
    text = "\n".join(rest).strip("\n") + "\n"
    items = view.row.definitions
    outside = _outside(items, window)
    depth = Depth.BODY
    if len(text.encode()) / 4 > plan.own_room:
        depth = Depth.SIGNATURE
        known = frozenset(plan.shown.get(view.row.path, "").split("\n"))
        outside = [index for index in outside if items.unique[index] not in known]
        kept = _lines_within(map(items.header, outside), plan.own_room)
        outside, text = outside[: len(kept)], "\n".join(kept) + "\n"
    if not text.strip():
        return None
    shown = dict.fromkeys([items.unique[index] for index in outside], depth)
    return Piece(view.row.path, text, shown, (0, len(lines) - 1), 1.0, "the rest of this file")


def _outside(items: DefinitionColumns, window: tuple[int, int]) -> list[int]:
    """Return which definitions begin outside of the lines of a window, but for locals."""
    first, last = window
    lines, parents = items.numbers[:, LINE], items.numbers[:, PARENT]
    is_local = (parents >= 0) & IS_CALLABLE[items.numbers[parents, KIND]]
    found: list[int] = np.flatnonzero(~((first <= lines) & (lines < last) | is_local)).tolist()
    return found


def _lines_within(lines: Iterable[str], room: float) -> list[str]:
    kept: list[str] = []
    for line in lines:
        room -= len(line.encode()) / 4 + 1
        if room < 0:
            break
        kept.append(line)
    return kept
