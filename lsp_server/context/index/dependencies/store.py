"""What is known of installed packages: files read when somebody names them, public headers only."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lsp_server.context.index.dependencies import go, python, rust, script
from lsp_server.context.index.dependencies.places import Finder, Homes, Spot, read_spot
from lsp_server.context.index.ranking.building import TableBuilder, finished
from lsp_server.context.index.ranking.tables import Tables, family_of
from lsp_server.context.index.reading.columns import DefinitionColumns
from lsp_server.context.index.reading.definitions import Definition
from lsp_server.context.index.reading.imports import Imported, read_import
from lsp_server.context.index.reading.rows import (
    ROW_VERSION,
    FileRow,
    digest_of,
    dump_rows,
    load_rows,
)
from lsp_server.context.index.reading.rows import read_row as read_text
from lsp_server.context.index.resolution.code import words_of_type
from lsp_server.context.index.resolution.modules import Modules
from lsp_server.context.index.walk import is_worth_reading
from lsp_server.storage.cache import Cache

log = logging.getLogger(__name__)

_MOST_FILES = 500
_MOST_FILES_A_SOURCE = 80
_LANGUAGES = {"python": "python", "script": "typescript", "go": "go", "rust": "rust"}
# What changes in a root when packages are installed there, beside the folders that hold them.
_TELLING = {
    "python": python.ENVIRONMENTS,
    "script": ("node_modules",),
    "go": ("go.mod", "vendor"),
    "rust": ("Cargo.lock",),
}

_Link = tuple[str, tuple[str, ...]]


@dataclass(slots=True)
class _Search:
    """One file's search: the names that are wanted, and how many files may still be read for it."""

    wanted: set[str]
    left: int = _MOST_FILES_A_SOURCE
    seen: set[str] = field(default_factory=set)


class _Linked(Modules):
    """Imports as they were followed while reading, by the importing file's key."""

    def __init__(self, links: dict[str, list[_Link]]) -> None:
        super().__init__(())
        self._links = links

    def imported_by(self, row: FileRow) -> list[_Link]:
        """Return (file, names taken from it) for the imports of `row`."""
        return self._links.get(row.path, [])


class Dependencies:
    """The installed packages of some roots. Nothing is read before a file names it.

    Only text is read, only below the folders in which tools install packages; nothing runs. What
    was read stays until there are too many files of it.
    """

    def __init__(self, roots: Sequence[Path], homes: Homes, cache: Cache | None = None) -> None:
        self._roots = roots
        self._homes = homes
        self._cache = cache
        self._finder = Finder()
        self._places: dict[str, list[Path]] = {}
        self._versions: dict[str, dict[str, str]] = {}
        self._rows: dict[str, FileRow] = {}
        self._links: dict[str, list[_Link]] = {}
        self._asked: dict[str, tuple[str, ...]] = {}
        self._queue: deque[tuple[Spot, _Search]] = deque()
        self._stamps: dict[Path, int] = {}
        self._builder = TableBuilder()
        self._laid_out: Tables | None = None
        self._drawn: Tables | None = None
        self._reading: asyncio.Task[None] | None = None

    async def load_for(self, row: FileRow, seconds: float = 0.0) -> None:
        """Begin to read what the imports of `row` name, and wait so long at most for its end."""
        self.ask(row)
        if self.is_behind and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read_all())
        if seconds > 0 and self._reading is not None and not self._reading.done():
            await asyncio.wait([self._reading], timeout=seconds)

    @property
    def is_behind(self) -> bool:
        """Whether files that somebody named have not been read yet."""
        return bool(self._queue)

    def ask(self, row: FileRow) -> None:
        """Note what the imports of `row` name as worth reading."""
        family = family_of(row.language)
        asked = tuple(row.imports)
        if family not in _LANGUAGES:
            return
        if len(self._rows) > _MOST_FILES or self._is_outdated():
            self._forget()
        if self._asked.get(row.path) == asked:
            return
        self._asked[row.path] = asked
        self._follow(row, None, _Search(set(row.names)))

    def _is_outdated(self) -> bool:
        """Whether packages were installed or removed since somebody looked for them."""
        return any(_changed_at(path) != known for path, known in self._stamps.items())

    def _forget(self) -> None:
        self._places.clear()
        self._versions.clear()
        self._stamps.clear()
        self._rows.clear()
        self._links.clear()
        self._asked.clear()
        self._queue.clear()
        self._finder = Finder()
        self._builder = TableBuilder()
        self._laid_out = self._drawn = None

    async def _read_all(self) -> None:
        while self._queue:
            self.read_next()
            await asyncio.sleep(0)

    def read_next(self) -> None:
        """Read one file that is worth it, and follow what it imports of what is wanted."""
        spot, search = self._queue.popleft()
        if spot.key in search.seen or search.left <= 0:
            return
        search.seen.add(spot.key)
        search.left -= 1
        row = self._rows.get(spot.key) or self._row(spot)
        if row is None:
            return
        if spot.key not in self._rows:
            self._rows[spot.key] = row
            self._laid_out = self._drawn = None
        for item in row.definitions:
            if item.parent < 0 and item.name in search.wanted:
                search.wanted.update(words_of_type(item.header)[:20])
        self._follow(row, spot, search)

    def _row(self, spot: Spot) -> FileRow | None:
        content = read_spot(spot)
        if content is None or not is_worth_reading(content):
            return None
        language = _LANGUAGES.get(_family_of_key(spot.key), "")
        name = f"{ROW_VERSION}:installed:{language}:{spot.key}:{digest_of(content)}"
        stored = self._cache.get(name) if self._cache is not None else None
        if stored is not None:
            try:
                return load_rows(stored)[0]
            except (ValueError, IndexError):
                log.info("An entry of the cache could not be read: %s", spot.key)
        row = public_part(read_text(spot.key, language, content))
        if self._cache is not None:
            self._cache.put(name, dump_rows([row]))
        return row

    def _follow(self, row: FileRow, spot: Spot | None, search: _Search) -> None:
        known = self._links.get(row.path, [])
        # Of a package's file each search follows other imports; of the user's own these are all.
        links = list(known) if spot is not None else []
        for statement in row.imports:
            for item in read_import(statement, row.language):
                if spot is not None and not _is_worth_following(item, row.language, search.wanted):
                    continue
                for found in self._files(row.language, item, spot):
                    links.append((found.key, item.names))
                    self._queue.append((found, search))
        links = list(dict.fromkeys(links))
        if links != known:
            self._links[row.path] = links
            self._drawn = None

    def _files(self, language: str, item: Imported, spot: Spot | None) -> list[Spot]:
        family = family_of(language)
        if family not in self._places:
            self._look(family)
        places, versions = self._places[family], self._versions[family]
        if family == "python":
            return python.files_of(item, spot, places, self._finder)
        if family == "script":
            return script.files_of(item, spot, places, self._finder)
        if family == "rust":
            return rust.files_of(item, spot, self._homes, versions, self._finder)
        if spot is not None:
            return []
        return go.files_of(item, places, self._homes, versions, self._finder)

    def _look(self, family: str) -> None:
        self._places[family], self._versions[family] = [], {}
        if family == "python":
            self._places[family] = python.sites(self._roots, self._homes)
        elif family == "script":
            self._places[family] = script.sites(self._roots)
        elif family == "go":
            self._places[family] = go.vendors(self._roots)
            self._versions[family] = go.required(self._roots)
        else:
            self._versions[family] = rust.locked(self._roots)
        told = [root / name for root in self._roots for name in _TELLING[family]]
        for path in (*told, *self._places[family]):
            self._stamps[path] = _changed_at(path)

    def tables(self) -> Tables | None:
        """Return the tables of what has been read, or None while that is nothing."""
        if self._drawn is None and self._rows:
            links = {
                path: [link for link in found if link[0] in self._rows]
                for path, found in self._links.items()
            }
            if self._laid_out is None:
                self._laid_out = finished(self._builder.steps(list(self._rows.values())))
            self._drawn = replace(self._laid_out, modules=_Linked(links))
        return self._drawn


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _family_of_key(key: str) -> str:
    top = key.split("/", 1)[0]
    families = {python.PREFIX: "python", script.PREFIX: "script", rust.PREFIX: "rust"}
    return families.get(top, "go")


def _is_worth_following(item: Imported, language: str, wanted: set[str]) -> bool:
    """Whether a package's own import can bring something that was asked for."""
    if item.names:
        return not wanted.isdisjoint(item.names)
    if language == "rust":
        # Rust declares all of its files as modules: most have nothing to do with the matter.
        return not wanted.isdisjoint(item.module[-1:])
    return bool(item.relative)


def public_part(row: FileRow) -> FileRow:
    """Return a row with what its package offers to others, without the texts' extents."""
    kept: dict[int, int] = {}
    definitions: list[Definition] = []
    for index, item in enumerate(row.definitions):
        if item.parent >= 0 and item.parent not in kept:
            continue
        if not is_public(
            item, row.language, row.definitions[item.parent] if item.parent >= 0 else None
        ):
            continue
        kept[index] = len(definitions)
        parent = kept.get(item.parent, -1)
        definitions.append(replace(item, parent=parent, start=0, end=0, body=-1))
    return replace(row, definitions=DefinitionColumns.of(definitions))


def is_public(item: Definition, language: str, parent: Definition | None) -> bool:
    """Whether a definition can be used from outside of its package, by the language's own rule."""
    name, header = item.name, item.header.lstrip()
    if language == "go":
        return name[:1].isupper()
    if language == "rust":
        shared = parent is not None and (
            parent.kind in {"trait", "enum"} or " for " in parent.header
        )
        return header.startswith("pub ") or shared or item.kind == "implementation"
    if language == "python":
        return not name.startswith("_") or name in {"__init__", "__call__", "__enter__"}
    return not name.startswith(("_", "#")) and not header.startswith("private")
