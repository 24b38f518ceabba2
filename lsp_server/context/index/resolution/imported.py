"""What the imports of a file bring, followed through the files that only pass it on."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.reading.imports import read_import
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.aliases import (
    DEFAULT,
    namespace_in,
    read_aliases,
    read_defaults,
)
from lsp_server.context.index.resolution.defaults import default_of
from lsp_server.context.index.resolution.modules import SCRIPT

_DEEPEST = 5
_MOST_STEPS = 400
_MOST_NAMES = 300


@dataclass(frozen=True, slots=True)
class Brought:
    """What imports bring: `files` asked for or defining what was, `definitions` by number.

    `by_name` has the definitions by the names that the importing file gives them. `modules` has the
    files of modules that it imports by a name from a file that gives them this name.
    """

    files: frozenset[int]
    definitions: frozenset[int]
    by_name: Mapping[str, frozenset[int]]
    modules: Mapping[str, Sequence[int]]


def brought_by(row: FileRow, tables: Tables) -> Brought:
    """Return what the imports of `row` bring, as its text stands now."""
    key = ("brought", row.path, tuple(row.imports))
    return tables.once(key, lambda: _Follower(tables).follow(row))


class _Taken(NamedTuple):
    """One name that a file takes out of another: what it is called there, and what here."""

    file: int
    name: str
    given: str


@dataclass(frozen=True, slots=True)
class _PassedOn:
    """From where a file takes each name to pass it on, and the files that it takes whole.

    `modules` are the files of those that it gives a name.
    """

    by_name: Mapping[str, Sequence[_Taken]]
    modules: Mapping[str, Sequence[int]]
    whole: Sequence[int]
    starred: bool


def _passed_on_by(file: int, tables: Tables) -> _PassedOn:
    row = tables.rows[file]
    by_name: dict[str, list[_Taken]] = defaultdict(list)
    for taken in _taken_by(row, tables):
        by_name[taken.given].append(taken)
    imported = tables.modules.imported_by(row)
    whole = [tables.file_of[path] for path, names in imported if not names]
    starred = any("*" in text for text in row.imports)
    return _PassedOn(by_name, _modules_of(row, tables), whole, starred)


def _taken_by(row: FileRow, tables: Tables) -> Iterator[_Taken]:
    """Yield what a file takes by name out of others, each once for every name that it gives."""
    aliases = read_aliases(row.imports)
    defaults = read_defaults(row.imports) if row.language in SCRIPT else frozenset()
    given: dict[str, list[str]] = defaultdict(list)
    for alias, name in aliases.items():
        given[name].append(alias)
    for path, names in tables.modules.imported_by(row):
        for name in dict.fromkeys(names[:_MOST_NAMES]):
            original = DEFAULT if name in defaults else name
            for one in given.get(name, (name,)):
                yield _Taken(tables.file_of[path], original, one)


def _modules_of(row: FileRow, tables: Tables) -> Mapping[str, Sequence[int]]:
    if row.language not in SCRIPT:
        return {}
    found: dict[str, Sequence[int]] = {}
    for statement in row.imports:
        name = namespace_in(statement)
        if name:
            files = [
                tables.file_of[path]
                for item in read_import(statement, row.language)
                for path in tables.modules.files_of(row, item)
            ]
            found.setdefault(name, files)
    return found


class _Follower:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._steps = 0
        self._found: dict[tuple[int, str], frozenset[int]] = {}
        self._files: set[int] = set()
        self._modules: dict[str, Sequence[int]] = {}

    def follow(self, row: FileRow) -> Brought:
        tables = self._tables
        own = tables.file_of.get(row.path, -1)
        self._files.update(tables.file_of[path] for path, _ in tables.modules.imported_by(row))
        by_name: dict[str, frozenset[int]] = {}
        for taken in _taken_by(row, tables):
            found = self._find(taken, 0)
            if found:
                by_name[taken.given] = by_name.get(taken.given, frozenset()) | found
        self._files.discard(own)
        definitions = frozenset(number for found in by_name.values() for number in found)
        return Brought(frozenset(self._files), definitions, by_name, self._modules)

    def _find(self, taken: _Taken, depth: int) -> frozenset[int]:
        """Find what is taken in its file, or where the file has it from."""
        key = (taken.file, taken.name)
        if key in self._found or depth > _DEEPEST or self._steps > _MOST_STEPS:
            return self._found.get(key, frozenset())
        # Files that pass a name to each other in a circle end here.
        self._found[key] = frozenset()
        self._steps += 1
        number = self._defined(taken)
        if number is not None:
            self._files.add(taken.file)
            self._found[key] = frozenset((number,))
        else:
            passed_on = self._passed_on(taken)
            self._found[key] = frozenset[int]().union(
                *(self._find(one, depth + 1) for one in passed_on)
            )
        return self._found[key]

    def _defined(self, taken: _Taken) -> int | None:
        numbers = self._tables.by_file[taken.file]
        if taken.name == DEFAULT and self._tables.rows[taken.file].language in SCRIPT:
            return default_of(self._tables, taken.file, taken.given)
        return numbers.get(taken.name)

    def _passed_on(self, taken: _Taken) -> Sequence[_Taken]:
        tables, file = self._tables, taken.file
        passed = tables.once(("passed on", file), lambda: _passed_on_by(file, tables))
        name = taken.name
        if name in passed.modules:
            self._modules[taken.given] = passed.modules[name]
            self._files.update(passed.modules[name])
            return ()
        if name in passed.by_name:
            return passed.by_name[name]
        if not passed.starred and not tables.rows[file].holds(name):
            return ()
        # A star brings everything: it is asked only where nobody names the thing.
        return [_Taken(target, name, taken.given) for target in passed.whole]
