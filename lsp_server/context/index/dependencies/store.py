"""What is known of installed packages: files read when somebody names them, public headers only."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lsp_server.context.index.dependencies import go, python, rust, script
from lsp_server.context.index.dependencies.places import Finder, Homes, Spot, read_spot
from lsp_server.context.index.dependencies.public import public_part
from lsp_server.context.index.ranking.building import TableBuilder, finished
from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.reader import SecondReader
from lsp_server.context.index.reading.batches import Source
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
from lsp_server.context.index.resolution.families import family_of
from lsp_server.context.index.resolution.modules import Modules
from lsp_server.context.index.walk import is_worth_reading
from lsp_server.storage.cache import Cache

log = logging.getLogger(__name__)

_MOST_FILES = 500
_MOST_FILES_A_SOURCE = 80
_MOST_MISSING = 100
# Ten milliseconds of parsing: more is done by another process, so that no request waits for it.
_LARGE = 48 * 1024
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
        self._reader: SecondReader | None = None
        self._ahead: dict[str, FileRow] = {}

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
        try:
            while self._queue:
                await self._read_large(self._queue[0][0])
                # Meanwhile all may have been forgotten.
                if self._queue:
                    self.read_next()
                await asyncio.sleep(0)
        finally:
            self._ahead.clear()
            if self._reader is not None:
                await self._reader.stop()
                self._reader = None

    async def _read_large(self, spot: Spot) -> None:
        """Have a large file parsed by a process beside this one, if it must be parsed."""
        if spot.key in self._rows or (content := read_spot(spot)) is None:
            return
        if len(content) <= _LARGE or self._stored(spot, content) is not None:
            return
        if self._reader is None:
            self._reader = await SecondReader.start(None)
        written = await self._reader.read_public(Source(spot.key, spot.path, _language_of(spot)))
        for row in load_rows(written) if written is not None else ():
            self._ahead[spot.key] = row

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
        if content is None or not (
            _is_declaration(spot) or is_worth_reading(content, _language_of(spot))
        ):
            return None
        row = self._stored(spot, content)
        if row is not None:
            return row
        row = self._ahead.pop(spot.key, None)
        if row is None or row.digest != digest_of(content):
            row = public_part(read_text(spot.key, _language_of(spot), content))
        if self._cache is not None:
            self._cache.put(_name_of(spot, content), dump_rows([row]))
        return row

    def _stored(self, spot: Spot, content: bytes) -> FileRow | None:
        stored = self._cache.get(_name_of(spot, content)) if self._cache is not None else None
        if stored is not None:
            try:
                return load_rows(stored)[0]
            except (ValueError, IndexError):
                log.info("An entry of the cache could not be read: %s", spot.key)
        return None

    def _follow(self, row: FileRow, spot: Spot | None, search: _Search) -> None:
        known = self._links.get(row.path, [])
        # Of a package's file each search follows other imports; of the user's own these are all.
        links = list(known) if spot is not None else []
        for statement in row.imports:
            hands_on = spot is not None and script.hands_on(statement, search.wanted)
            for item in read_import(statement, row.language):
                if not (
                    spot is None
                    or hands_on
                    or _is_worth_following(item, row.language, search.wanted)
                ):
                    continue
                for found in self._files(row.language, item, spot):
                    links.append((found.key, () if hands_on else item.names))
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
        for path in (*told, *self._places[family], *self._telling(family)):
            self._stamps[path] = _changed_at(path)

    def _telling(self, family: str) -> list[Path]:
        """Return what else changes when packages come that are not there yet."""
        if family == "script":
            return [record for site in self._places[family] for record in script.records(site)]
        if family == "go":
            return go.missing(self._versions[family], self._homes)[:_MOST_MISSING]
        if family == "rust":
            unpacked = [home / "registry" / "src" for home in self._homes.cargo]
            return [*unpacked, *rust.registries(self._homes)]
        return []

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


def _is_declaration(spot: Spot) -> bool:
    # Bundlers write all that a package exports on one line, and generated stubs say what is there.
    return spot.path.name.endswith((".d.ts", ".d.mts", ".d.cts", ".pyi"))


def _language_of(spot: Spot) -> str:
    return _LANGUAGES.get(_family_of_key(spot.key), "")


def _name_of(spot: Spot, content: bytes) -> str:
    return f"{ROW_VERSION}:installed:{_language_of(spot)}:{spot.key}:{digest_of(content)}"


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
