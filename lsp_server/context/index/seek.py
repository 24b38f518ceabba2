"""Finding what the code at a place needs: score, choose, render."""

from collections.abc import Mapping, Sequence

import numpy as np

from lsp_server.common.blocks import Depth
from lsp_server.context.index.choose import Choice, choose
from lsp_server.context.index.definitions import CALLABLE
from lsp_server.context.index.messages import Found, MapText, MapWanted, Piece, Plan, Seek
from lsp_server.context.index.ranking.features import candidates
from lsp_server.context.index.ranking.score import worth
from lsp_server.context.index.ranking.tables import Floats, Ints, Tables
from lsp_server.context.index.ranking.view import View, imported_files
from lsp_server.context.index.render import Slice, heading, render_slices
from lsp_server.context.index.workspace import Workspace

# The better half comes first: when the log is cut at its end, it loses what is worth least.
_FIRST_SHARE = 0.5
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
    )
    everything = np.flatnonzero(candidates(view, tables)).astype(np.int32)
    worths = worth(view, tables, everything) if len(everything) else np.zeros(0, np.float32)
    best, best_choices, best_value = 0, list[Choice](), -np.inf
    for number, plan in enumerate(wanted.plans):
        hidden = ~_shown(tables, everything, plan.shown)
        choices = choose(tables, everything[hidden], worths[hidden], plan.room - plan.own_room)
        needs = float(worths[~hidden].sum()) + sum(choice.worth for choice in choices)
        value = needs * wanted.tokens_per_need - plan.reread
        if value > best_value:
            best, best_choices, best_value = number, choices, value
    plan = wanted.plans[best]
    slices = _in_two_halves(workspace, tables, best_choices, plan.room)
    pieces = tuple(_piece(tables, view, item) for item in slices)
    own = own_piece(view, plan, wanted.window)
    return Found(best, (*pieces, own) if own is not None else pieces)


def _shown(
    tables: Tables, chosen: Ints, shown: Mapping[str, frozenset[str]]
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    marks = np.zeros(len(tables.definitions), np.bool_)
    for path, names in shown.items():
        file = tables.file_of.get(path)
        if file is None:
            continue
        for number in np.flatnonzero(tables.definition_file == file).tolist():
            marks[number] = tables.definitions[number].qualified in names
    return marks[chosen]


def _in_two_halves(
    workspace: Workspace, tables: Tables, choices: Sequence[Choice], room: int
) -> list[Slice]:
    spent, middle = 0.0, len(choices)
    for number, choice in enumerate(choices):
        spent += float(tables.definition_tokens[choice.definition])
        if spent > room * _FIRST_SHARE:
            middle = number
            break
    slices: list[Slice] = []
    for part in (choices[:middle], choices[middle:]):
        rendered = render_slices(tables, part, workspace.content)
        slices += sorted(rendered, key=lambda item: (-item.worth, item.path))
    return slices


def _piece(tables: Tables, view: View, item: Slice) -> Piece:
    row = tables.rows[tables.file_of[item.path]]
    shown = {row.definitions[index].qualified: depth for index, depth in item.shown.items()}
    spans = [row.definitions[index].span for index in item.shown]
    lines = (min(span.start.line for span in spans), max(span.end.line for span in spans))
    return Piece(item.path, item.text, shown, lines, item.worth, why(tables, view, item.path))


def why(tables: Tables, view: View, path: str) -> str:
    """Return in the user's words what made a file relevant at a place."""
    file = tables.file_of[path]
    own = tables.file_of.get(view.row.path, -1)
    if file in imported_files(view, tables):
        return "imported by this file"
    if (
        own >= 0
        and tables.file_package[own] >= 0
        and tables.file_package[own] == tables.file_package[file]
    ):
        return "in the same package"
    if path in view.opened:
        return "open in the editor"
    if own >= 0 and tables.file_folder[own] == tables.file_folder[file]:
        return "in the same folder"
    return "names used here or in similar files"


def repository_map(workspace: Workspace, wanted: MapWanted) -> MapText:
    """Return the most used definitions of the repository, sorted by path, whatever the place."""
    tables = workspace.tables()
    data = [tables.families[name] for name in _DATA if name in tables.families]
    fits = ~tables.file_test & ~np.isin(tables.file_family, data)
    chosen = np.flatnonzero(fits[tables.definition_file]).astype(np.int32)
    if not len(chosen) or wanted.room <= 0:
        return MapText("", {})
    choices = choose(tables, chosen, _general_worth(tables, chosen), min(wanted.room, 19000))
    slices = sorted(render_slices(tables, choices, workspace.content), key=lambda item: item.path)
    return _fitting(tables, slices, wanted.room)


def _general_worth(tables: Tables, chosen: Ints) -> Floats:
    """Return how likely any file at all is to need a definition: by use, rank and kind."""
    name, file = tables.definition_name[chosen], tables.definition_file[chosen]
    use = np.log1p(tables.name_files[name]) / np.maximum(tables.name_definers[name], 1)
    use = use * (0.2 + tables.definition_uses[chosen])
    weight = np.where(tables.definition_private[chosen], 0.1, 1.0)
    kind = np.array([1.0, 1.0, 0.5, 0.3, 0.5, 0.1])[tables.definition_kind[chosen]]
    result: Floats = (use * weight * kind * 2 ** (0.3 * tables.file_rank[file])).astype(np.float32)
    return result / max(float(result.max()), 1e-9)


def _fitting(tables: Tables, slices: Sequence[Slice], room: int) -> MapText:
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
        row = tables.rows[tables.file_of[item.path]]
        shown[item.path] = frozenset(row.definitions[index].qualified for index in item.shown)
    return MapText("".join(texts), shown)


def own_piece(view: View, plan: Plan, window: tuple[int, int]) -> Piece | None:
    """Return the current file outside of its window: all of it where it fits, else its headers."""
    if plan.own_room <= 0:
        return None
    lines = view.text.split("\n")
    first, last = window
    rest = [*lines[:first], *(["..."] if last < len(lines) else []), *lines[last:]]
    text = "\n".join(rest).strip("\n") + "\n"
    outside = [
        item
        for item in view.row.definitions
        if not first <= item.span.start.line < last
        and (item.parent < 0 or view.row.definitions[item.parent].kind not in CALLABLE)
    ]
    depth = Depth.BODY
    if len(text.encode()) / 4 > plan.own_room:
        depth = Depth.SIGNATURE
        known = plan.shown.get(view.row.path, frozenset())
        outside = [item for item in outside if item.qualified not in known]
        kept = _lines_within([item.header for item in outside], plan.own_room)
        outside, text = outside[: len(kept)], "\n".join(kept) + "\n"
    if not text.strip():
        return None
    shown = {item.qualified: depth for item in outside}
    return Piece(view.row.path, text, shown, (0, len(lines) - 1), 1.0, "the rest of this file")


def _lines_within(lines: Sequence[str], room: float) -> list[str]:
    kept: list[str] = []
    for line in lines:
        room -= len(line.encode()) / 4 + 1
        if room < 0:
            break
        kept.append(line)
    return kept
