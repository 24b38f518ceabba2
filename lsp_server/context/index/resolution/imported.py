"""What the imports of a file bring, followed through the files that only pass it on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.reading.rows import FileRow

_DEEPEST = 5
_MOST_STEPS = 400
_MOST_NAMES = 300


@dataclass(frozen=True, slots=True)
class Brought:
    """What imports bring: `files` asked for or defining what was, `definitions` by number."""

    files: frozenset[int]
    definitions: frozenset[int]


def brought_by(row: FileRow, tables: Tables) -> Brought:
    """Return what the imports of `row` bring, as its text stands now."""
    key = ("brought", row.path, tuple(row.imports))
    return tables.once(key, lambda: _Follower(tables).follow(row))


@dataclass(frozen=True, slots=True)
class _PassedOn:
    """The files from which a file takes each name to pass it on, and those it takes whole."""

    by_name: Mapping[str, Sequence[int]]
    whole: Sequence[int]
    starred: bool


def _passed_on_by(file: int, tables: Tables) -> _PassedOn:
    row = tables.rows[file]
    by_name: dict[str, list[int]] = {}
    whole = []
    for path, names in tables.modules.imported_by(row):
        target = tables.file_of[path]
        if not names:
            whole.append(target)
        for name in dict.fromkeys(names):
            by_name.setdefault(name, []).append(target)
    return _PassedOn(by_name, whole, any("*" in text for text in row.imports))


class _Follower:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._steps = 0
        self._seen: set[tuple[int, str]] = set()
        self._files: set[int] = set()
        self._definitions: set[int] = set()

    def follow(self, row: FileRow) -> Brought:
        own = self._tables.file_of.get(row.path, -1)
        for path, names in self._tables.modules.imported_by(row):
            file = self._tables.file_of[path]
            self._files.add(file)
            for name in names[:_MOST_NAMES]:
                self._find(file, name, 0)
        self._files.discard(own)
        return Brought(frozenset(self._files), frozenset(self._definitions))

    def _find(self, file: int, name: str, depth: int) -> None:
        """Find `name` in a file, or where the file has it from."""
        if (file, name) in self._seen or depth > _DEEPEST or self._steps > _MOST_STEPS:
            return
        self._seen.add((file, name))
        self._steps += 1
        number = self._tables.by_file[file].get(name)
        if number is not None:
            self._files.add(file)
            self._definitions.add(number)
            return
        for target in self._passed_on(file, name):
            self._find(target, name, depth + 1)

    def _passed_on(self, file: int, name: str) -> Sequence[int]:
        tables = self._tables
        passed = tables.once(("passed on", file), lambda: _passed_on_by(file, tables))
        if not passed.starred and not tables.rows[file].holds(name):
            return ()
        # A star brings everything: it is asked only where nobody names the thing.
        return passed.by_name.get(name, passed.whole)
