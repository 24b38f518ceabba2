"""What the modules named at a place offer: `util.` near the cursor, or right before it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp

from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.reading.imports import Imported
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.aliases import DEFAULT
from lsp_server.context.index.resolution.chains import Link, receiver_before
from lsp_server.context.index.resolution.defaults import default_of
from lsp_server.context.index.resolution.imported import brought_by
from lsp_server.context.index.resolution.module_files import parts_of
from lsp_server.context.index.resolution.module_names import module_names
from lsp_server.context.index.resolution.modules import SCRIPT
from lsp_server.context.index.resolution.surroundings import distances_of
from lsp_server.context.index.resolution.unused import unused_modules

_REACH = 600
_NEAR = 4000
_BEHIND = 2000
_MOST_MODULES = 12
_MOST_PASSED_ON = 300
_PASSED_ON_DEPTH = 2
# Giving nothing back once it is matched, it is twice as fast, and finds the same.
_QUALIFIER = re.compile(r"([A-Za-z_$][\w$]*+)\s*+(?:\.|::)\s*+(?=[A-Za-z_$])")
_BARRELS = frozenset({"__init__", "index", "mod", "lib"})
_RUST_ROOTS = frozenset({"crate", "self", "super"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A definition that a module named here offers: how likely, and of which module."""

    weight: float
    module: str


@dataclass(frozen=True, slots=True)
class Offers:
    """What modules offer, by the definitions' numbers.

    `near` are the modules named around the place, `here` is the one a member of which is being
    written, `unused` are those that are imported and used nowhere.
    """

    near: Mapping[int, Offer]
    here: Mapping[int, Offer]
    unused: Mapping[int, Offer]


def offers_at(tables: Tables, row: FileRow, text: str, cursor: int) -> Offers:
    """Return what the modules that are named around `cursor` offer, the nearest weighing most."""
    key = ("module names", row.path, tuple(row.imports))
    names = tables.once(key, lambda: _module_names(tables, row))
    chain = receiver_before(text, cursor)
    here = _before(tables, row, names, chain)
    near: dict[int, Offer] = {}
    if names:
        for name, distance in _nearest(text, cursor, names)[:_MOST_MODULES]:
            offer = Offer(exp(-distance / _REACH), name)
            for number in _offered(tables, names[name]):
                near.setdefault(number, offer)
    written = ".".join(link.name for link in chain)
    unused = {
        number: Offer(1.0, name)
        for name in unused_modules(row, text, names)
        for number in _offered(tables, names[name])
    }
    return Offers(near, dict.fromkeys(_offered(tables, here), Offer(1.0, written)), unused)


def _module_names(tables: Tables, row: FileRow) -> Mapping[str, tuple[str, ...]]:
    """Return the files of each module by its name, also by those that other files give it."""
    handed_on = {
        name: tuple(tables.rows[file].path for file in files)
        for name, files in brought_by(row, tables).modules.items()
    }
    return {**handed_on, **module_names(tables.modules, row)}


def _nearest(text: str, cursor: int, names: Iterable[str]) -> list[tuple[str, int]]:
    found = distances_of(_QUALIFIER, text, cursor, (_NEAR, _BEHIND))
    known = [(name, distance) for name, distance in found.items() if name in names]
    return sorted(known, key=lambda item: item[1])


def _before(
    tables: Tables,
    row: FileRow,
    names: Mapping[str, tuple[str, ...]],
    chain: tuple[Link, ...],
) -> tuple[str, ...]:
    """Return the files of the module whose member is being written."""
    if not chain or any(link.called for link in chain):
        return ()
    parts = tuple(link.name for link in chain)
    if row.language == "rust" and parts[0] in _RUST_ROOTS:
        return _rust_module(tables, row, parts)
    if len(parts) == 1 or parts[0] in names or row.language == "python":
        return names.get(parts[-1], ())
    return ()


def _rust_module(tables: Tables, row: FileRow, parts: tuple[str, ...]) -> tuple[str, ...]:
    ups = sum(part == "super" for part in parts)
    inner = tuple(part for part in parts if part not in {"self", "super"})
    item = Imported(inner, (), 0 if parts[0] == "crate" else 1 + ups)
    files = tables.modules.files_of(row, item)
    return tuple(path for path in files if parts[-1] in (*parts_of(path)[-2:], "crate", "super"))


def _offered(tables: Tables, files: Iterable[str]) -> list[int]:
    """Return the definitions that other files can ask a module of `files` for by its name."""
    found: dict[int, None] = {}
    seen: set[int] = set()
    level = {tables.file_of[path] for path in files}
    for depth in range(_PASSED_ON_DEPTH + 1):
        level -= seen
        seen |= level
        following: set[int] = set()
        for file in level:
            found.update(dict.fromkeys(_top_level(tables, file)))
            if depth < _PASSED_ON_DEPTH and _hands_on(tables.rows[file], depth):
                for target, name in _passed_on(tables, file):
                    number = _exported(tables, target, name) if name else None
                    if number is not None:
                        found[number] = None
                    elif not name:
                        following.add(target)
        level = following
    return list(found)


def _hands_on(row: FileRow, depth: int) -> bool:
    """Whether what a file imports is offered by it: a barrel's, and what a star takes from it."""
    return parts_of(row.path)[-1] in _BARRELS or (depth > 0 and row.language == "python")


def _top_level(tables: Tables, file: int) -> list[int]:
    numbers = tables.numbers_of_file(file)
    top: list[int] = numbers[tables.definition_container[numbers] < 0].tolist()
    return top


def _passed_on(tables: Tables, file: int) -> list[tuple[int, str]]:
    """Return (file, name) of what a barrel hands on; an empty name means everything."""
    row = tables.rows[file]
    starred = any("*" in statement for statement in row.imports)
    found: list[tuple[int, str]] = []
    for path, names in tables.modules.imported_by(row):
        target = tables.file_of[path]
        if names:
            found += [(target, name) for name in names]
        elif starred:
            found.append((target, ""))
    return found[:_MOST_PASSED_ON]


def _exported(tables: Tables, file: int, name: str) -> int | None:
    if name == DEFAULT and tables.rows[file].language in SCRIPT:
        return default_of(tables, file, "")
    return tables.by_file[file].get(name)
