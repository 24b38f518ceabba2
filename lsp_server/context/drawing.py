"""The map of modules as text of a given length, as JSON and as a Mermaid drawing."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from lsp_server.context.evidence import module_line, some
from lsp_server.context.index.messages import Module, Survey
from lsp_server.context.tokens import Counter as TokenCounter

_MOST_NODES = 40
_MOST_EDGES = 120
_MOST_CYCLES = 10
_REST = "other folders"
_CYCLE_NAMES = 8
# Below that the map tells of each module what it offers only.
_WORDY_FROM = 2000
# A program's beginning counts as much as a file of twice the rank.
_ENTRY_STEPS = 1.0


def map_as_text(survey: Survey, tokens: int | None, count: TokenCounter) -> str:
    """Return the map in at most `tokens` tokens, or all of it for None.

    The most important modules are kept and printed in path order, then the cycles.
    """
    if tokens is None:
        lines = {module.path: module_line(module) for module in survey.modules}
    else:
        lines = _most_important(survey.modules, tokens, count)
    text = "".join(lines[path] for path in sorted(lines))
    for cycle in survey.cycles[:_MOST_CYCLES]:
        line = f"cycle: {some(cycle, _CYCLE_NAMES)}\n"
        if tokens is None or count(text + line) <= tokens:
            text += line
    return text


def _says_something(module: Module) -> bool:
    return bool(module.names or module.imported_by or module.is_entry)


def _most_important(modules: Iterable[Module], tokens: int, count: TokenCounter) -> dict[str, str]:
    """Return the lines of the modules to which most leads, by path, in at most `tokens` tokens.

    Where there is room for few, each is told in few words: a map of many modules says more than
    all about three of them.
    """
    product = [module for module in modules if not module.is_test and _says_something(module)]
    product.sort(key=lambda module: -module.rank - _ENTRY_STEPS * module.is_entry)
    few_words = tokens < _WORDY_FROM
    lines: dict[str, str] = {}
    for module in product:
        line = module_line(_in_few_words(module) if few_words else module)
        tokens -= count(line)
        if tokens < 0:
            break
        lines[module.path] = line
    return lines


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


def map_as_mermaid(survey: Survey) -> str:
    """Return the imports as a Mermaid flowchart: by file, or by folder where files are too many.

    An arrow tells how many files behind it import what it points at.
    """
    product = [module for module in survey.modules if not module.is_test]
    if len(product) <= _MOST_NODES:
        groups = {module.path: module.path for module in product}
    else:
        groups = _folders(product)
    edges: Counter[tuple[str, str]] = Counter()
    for module in product:
        # A package of Go is many files: one import of it is one arrow's worth.
        targets = {groups[target] for target in module.imports if target in groups}
        left = groups[module.path]
        edges.update((left, right) for right in targets - {left})
    nodes = sorted(set(groups.values()))
    names = {node: f"n{number}" for number, node in enumerate(nodes)}
    lines = ["flowchart LR"]
    lines += [f'  {names[node]}["{_escaped(node)}"]' for node in nodes]
    for (left, right), weight in sorted(edges.most_common(_MOST_EDGES)):
        arrow = f"-- {weight} -->" if weight > 1 else "-->"
        lines.append(f"  {names[left]} {arrow} {names[right]}")
    return "\n".join(lines) + "\n"


def _folders(modules: list[Module]) -> dict[str, str]:
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
    return {path: folder if folder in largest else _REST for path, folder in chosen.items()}


def _folders_at(depth: int, modules: list[Module]) -> dict[str, str]:
    return {
        module.path: "/".join(PurePosixPath(module.path).parts[:-1][:depth]) or "."
        for module in modules
    }


def _escaped(text: str) -> str:
    return re.sub(r'["\[\]]', "", text)
