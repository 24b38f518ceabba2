"""The map of modules as text of a given length, as JSON and as a Mermaid drawing."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from lsp_server.context.evidence import module_line, on_one_line, some
from lsp_server.context.index.messages import Module, Survey
from lsp_server.context.tokens import Counter as TokenCounter
from lsp_server.context.tokens import first_that_fit

_MOST_NODES = 40
_MOST_EDGES = 120
_OTHER_FOLDERS = "other folders"
_OTHER_FILES = "other files"
# Up to that the map tells of each module what it offers only, before it says more of any.
_FEW_WORDS_UP_TO = 2000
_CYCLE_NAMES = 8
_CYCLES_SHARE = 4
# A program's beginning counts as much as a file of twice the rank.
_ENTRY_STEPS = 1.0
# Mermaid reads these in a label; it writes them for their numbers.
# See https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters.
_READ_BY_MERMAID = re.compile(r"[\"#<>&`\\]")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map, and how much of it is shown; `extent` is empty where that is all."""

    text: str
    extent: str


def map_as_text(survey: Survey, tokens: int | None, count: TokenCounter) -> Drawn:
    """Return the map in at most `tokens` tokens, or all of it for None.

    The most important modules are kept and printed in path order, then the cycles. Where anything
    is left out, the first line says how much. More tokens never tell of fewer modules.
    """
    cycles = [f"cycle: {some(cycle, _CYCLE_NAMES)}\n" for cycle in survey.cycles]
    if tokens is None:
        return Drawn("".join([*map(module_line, survey.modules), *cycles]), "")
    product = _product(survey)
    tokens -= count(_headline(_extent(survey, product, _Shown(0, 0, len(product)))))
    # The room for cycles is theirs whether they fill it or not: it grows as evenly as the rest.
    kept = min(sum(map(count, cycles)), tokens // _CYCLES_SHARE)
    lines = _most_important(product, tokens - kept, count)
    tokens -= sum(map(count, lines.values()))
    shown = first_that_fit(cycles, tokens, count)
    brief = sum(lines.get(one.path, full) != full for one in product for full in [module_line(one)])
    extent = _extent(survey, product, _Shown(len(lines), len(shown), brief))
    said = _headline(extent) if tokens >= 0 else ""
    return Drawn("".join([said, *(lines[path] for path in sorted(lines)), *shown]), extent)


def _headline(extent: str) -> str:
    return f"map: {extent}\n" if extent else ""


def _product(survey: Survey) -> list[Module]:
    """Return the modules that the map is about, most important first."""
    product = [one for one in survey.modules if not one.is_test and _says_something(one)]
    return sorted(product, key=lambda module: -module.rank - _ENTRY_STEPS * module.is_entry)


def _says_something(module: Module) -> bool:
    return bool(module.names or module.imports or module.imported_by or module.is_entry)


class _Shown(NamedTuple):
    """How many modules and cycles are shown, and how many of the modules in few words."""

    modules: int
    cycles: int
    brief: int = 0


def _extent(survey: Survey, product: Sequence[Module], shown: _Shown) -> str:
    """Return how much of the map is shown, or nothing if that is all."""
    parts = [_counted(shown.modules, len(product), "modules")]
    if shown.brief:
        parts.append(f"{shown.brief} of them in few words")
    if shown.cycles < len(survey.cycles):
        parts.append(_counted(shown.cycles, len(survey.cycles), "cycles"))
    silent = len(survey.modules) - len(product)
    if silent:
        parts.append(f"without tests and files that neither offer nor import ({silent})")
    return ", ".join(parts) if len(parts) > 1 or shown.modules < len(product) else ""


def _counted(shown: int, total: int, what: str) -> str:
    return f"{shown} of {total} {what}" if shown < total else f"{total} {what}"


def _most_important(product: Sequence[Module], tokens: int, count: TokenCounter) -> dict[str, str]:
    """Return the lines of the first modules by path, in at most `tokens` tokens.

    Where there is room for few, each is told in few words: a map of many modules says more than
    all about three of them. Of two halves of much room one goes to more modules, one to more words.
    """
    few = [module_line(_in_few_words(module)) for module in product]
    room = max(min(tokens, _FEW_WORDS_UP_TO), tokens // 2)
    chosen = first_that_fit(few, room, count)
    tokens -= sum(map(count, chosen))
    for number, module in enumerate(product):
        line = module_line(module)
        known = chosen[number] if number < len(chosen) else ""
        tokens -= count(line) - count(known)
        if tokens < 0:
            break
        chosen[number : number + 1] = [line]
    return {module.path: line for module, line in zip(product, chosen, strict=False)}


def _in_few_words(module: Module) -> Module:
    """Return a module that says what it offers, not with whom it has to do."""
    return replace(module, imports=(), imported_by=())


def map_as_json(survey: Survey) -> dict[str, Any]:
    """Return the map as JSON values; paths are relative to the root."""
    modules = [
        {
            "path": module.path,
            "language": module.language,
            "lines": module.lines,
            "names": list(module.names),
            "imports": list(module.imports),
            "imported_by": list(module.imported_by),
            "entry": module.is_entry,
            "test": module.is_test,
        }
        for module in survey.modules
    ]
    return {"modules": modules, "cycles": [list(cycle) for cycle in survey.cycles]}


def map_as_mermaid(survey: Survey) -> Drawn:
    """Return the imports as a Mermaid flowchart: by file, or by folder where files are too many.

    An arrow tells how many files behind it import what it points at. Where anything is left out, a
    comment says how much.
    """
    product = _product(survey)
    groups = _groups(product)
    edges: Counter[tuple[str, str]] = Counter()
    for module in product:
        # A package of Go is many files: one import of it is one arrow's worth.
        targets = {groups[target] for target in module.imports if target in groups}
        left = groups[module.path]
        edges.update((left, right) for right in targets - {left})
    nodes = sorted(set(groups.values()))
    names = {node: f"n{number}" for number, node in enumerate(nodes)}
    cut = [f"{_MOST_EDGES} of {len(edges)} arrows"] if len(edges) > _MOST_EDGES else []
    extent = _extent(survey, product, _Shown(len(product), len(survey.cycles)))
    extent = ", ".join(filter(None, [*cut, extent]))
    lines = ["flowchart LR", *([f"  %% map: {extent}"] if extent else ())]
    lines += [f'  {names[node]}["{_escaped(node)}"]' for node in nodes]
    for (left, right), weight in sorted(edges.most_common(_MOST_EDGES)):
        arrow = f"-- {weight} -->" if weight > 1 else "-->"
        lines.append(f"  {names[left]} {arrow} {names[right]}")
    return Drawn("\n".join(lines) + "\n", extent)


def _groups(product: Sequence[Module]) -> dict[str, str]:
    """Return the node of each module, most important first: its own, or one of many."""
    if len(product) <= _MOST_NODES:
        return {module.path: module.path for module in product}
    folders = _folders(product)
    if len(set(folders.values())) > 1:
        return folders
    # All lie in one folder, which would be a drawing of one node.
    return {
        module.path: module.path if number < _MOST_NODES - 1 else _OTHER_FILES
        for number, module in enumerate(product)
    }


def _folders(modules: Sequence[Module]) -> dict[str, str]:
    """Return a folder for each module, as deep as the number of nodes allows.

    Of more folders at the top than that the largest are kept, the rest are one node.
    """
    chosen = _folders_at(1, modules)
    for depth in range(2, 12):
        deeper = _folders_at(depth, modules)
        if len(set(deeper.values())) > _MOST_NODES:
            break
        chosen = deeper
    counts = Counter(chosen.values())
    if len(counts) <= _MOST_NODES:
        return chosen
    largest = {folder for folder, _ in counts.most_common(_MOST_NODES - 1)}
    return {
        path: folder if folder in largest else _OTHER_FOLDERS for path, folder in chosen.items()
    }


def _folders_at(depth: int, modules: Sequence[Module]) -> dict[str, str]:
    return {
        module.path: "/".join(PurePosixPath(module.path).parts[:-1][:depth]) or "."
        for module in modules
    }


def _escaped(text: str) -> str:
    """Return `text` as Mermaid shows it, on one line."""
    return _READ_BY_MERMAID.sub(lambda found: f"#{ord(found[0])};", on_one_line(text))
