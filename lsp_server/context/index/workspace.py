"""The rows of all files of a workspace, and the tables that ranking reads, kept up to date."""

import asyncio
import logging
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from pathlib import Path
from typing import TypeVar

from lsp_server.common.languages import PLAIN, language_of_path, language_of_text
from lsp_server.context.index.contents import read_own, read_utf8
from lsp_server.context.index.dependencies.places import Homes
from lsp_server.context.index.dependencies.store import Dependencies
from lsp_server.context.index.history import History
from lsp_server.context.index.ignoring import IGNORE_FILE
from lsp_server.context.index.ranking.building import TableBuilder, finished
from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.reading.batches import Source
from lsp_server.context.index.reading.rows import (
    FileRow,
    digest_of,
    read_row,
    row_of,
)
from lsp_server.context.index.resolution.manifests import is_manifest, read_manifests
from lsp_server.context.index.roots import Roots
from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.kept import OpenTrees
from lsp_server.context.index.walk import (
    SKIPPED_FOLDERS,
    Found,
    WalkLimits,
    is_private,
    is_wanted,
    is_worth_reading,
    walk,
    walk_below,
)

log = logging.getLogger(__name__)

# Contents that were read for bodies are kept up to so many bytes.
_MOST_KEPT = 32 * 1024 * 1024
_MOST_NEW = 0.25
_GO_MANIFEST = "go.mod"

Result = TypeVar("Result")


class Workspace:
    """What is known of some roots.

    Files go by their keys; see `Roots`.
    """

    def __init__(self, roots: Sequence[Path], limits: WalkLimits) -> None:
        self._roots = Roots(roots)
        self.limits = limits
        self.rows: dict[str, FileRow] = {}
        self.buffers: dict[str, str] = {}
        self.definition_count = 0
        self._tables: Tables | None = None
        self.builder = TableBuilder()
        self._changed: set[str] = set()
        self._contents: dict[str, bytes] = {}
        self._folders: set[Path] = set()
        self._read_alone: set[str] = set()
        self._trees = OpenTrees()
        self.history = History()
        self._kept_bytes = 0
        self._manifests: set[str] = set()
        self._manifests_changed = False
        self.dependencies = Dependencies(roots, Homes())

    def sources(self) -> Iterator[Source]:
        """Yield every file that belongs in the index, as many as may be."""
        found = self._found()
        yield from islice(found, self.limits.max_files)
        if next(found, None) is not None:
            log.warning(
                "The workspace has more than %s files; those beyond are not indexed. "
                "Ignore what is not code, or raise index.max_files.",
                self.limits.max_files,
            )

    def _found(self) -> Iterator[Source]:
        for root in self.roots:
            seen = {root.parent}
            for found in walk(root, self.limits):
                path = root / found.path
                # A root inside this one has its own files.
                if self._roots.holding(path) == root:
                    key = self._roots.key_in(root, found.path)
                    self._note_manifests(key, path, seen)
                    self._folders.add(path.parent)
                    yield Source(key, path, found.language)

    @property
    def roots(self) -> Sequence[Path]:
        """The folders of the workspace."""
        return self._roots.folders

    def _note_manifests(self, key: str, path: Path, seen: set[Path]) -> None:
        """Note the file if it is a manifest, and Go's in the folders above it but those `seen`."""
        found = {key} if is_manifest(key) else set()
        # A walk yields files of known languages, and Go's manifests are of none.
        for folder in path.parents if path.suffix == ".go" else ():
            if folder in seen:
                break
            seen.add(folder)
            above = self.key_of(folder / _GO_MANIFEST)
            if above is not None and (folder / _GO_MANIFEST).exists():
                found.add(above)
        if not found <= self._manifests:
            self._manifests |= found
            self._manifests_changed = True

    def _text_of(self, key: str) -> str | None:
        path = self.path_of(key)
        # A settings file can name any path; only those of the workspace are read.
        if path is None or ".." in path.parts or self.key_of(path.resolve()) is None:
            return None
        try:
            return read_utf8(path, self.limits.max_bytes).decode("utf-8")
        except OSError:
            return None

    def key_of(self, path: Path) -> str | None:
        """Return the key of a path below one of the roots, or None."""
        return self._roots.key_of(path)

    def path_of(self, key: str) -> Path | None:
        """Return the file of a key, or None for a key of no root."""
        return self._roots.path_of(key)

    def learn_history(self, commits: Mapping[Path, Sequence[Sequence[str]]]) -> None:
        """Know what changed together in each root, from the files of its commits."""
        keys = [
            [self._roots.key_in(root, path) for path in commit]
            for root, found in commits.items()
            for commit in found
        ]
        self.history = History(keys)

    def take(self, rows: Iterable[FileRow]) -> None:
        """Take rows that were read elsewhere; open documents and later readings stay."""
        for row in rows:
            if row.path not in self.buffers and not self._is_older(row):
                self._put(row)
                self.builder.prepare(row)

    def _is_older(self, row: FileRow) -> bool:
        """Whether the file, or a folder that held it, was looked at after the row was asked for."""
        above = accumulate(row.path.split("/"), "{}/{}".format)
        return not self._read_alone.isdisjoint(above)

    def _put(self, row: FileRow) -> None:
        known = self.rows.get(row.path)
        self.definition_count += len(row.definitions) - (len(known.definitions) if known else 0)
        self.rows[row.path] = row
        self._changed.add(row.path)

    def add(self, key: str, language: str, content: bytes) -> None:
        """Read one file."""
        self._kept_bytes -= len(self._contents.pop(key, b""))
        self._read_alone.add(key)
        if not is_worth_reading(content, language):
            self.remove(key)
            return
        self._put(read_row(key, language, content))

    def set_buffer(self, key: str, language: str, text: str) -> None:
        """Take an open document as it stands; only what changed in it is parsed again."""
        lines = ByteLines.of_text(text)
        known = self.rows.get(key)
        self.buffers[key] = text
        if known is not None and (known.digest, known.language) == (
            digest_of(lines.source),
            language,
        ):
            return
        self._put(row_of(key, language, lines, self._trees.parsed(key, language, lines)))

    def close_buffer(self, key: str) -> None:
        """Let go of an open document; the file on disk holds again."""
        self.buffers.pop(key, None)
        self._trees.forget(key)
        path = self.path_of(key)
        if path is not None and path.exists():
            self.refresh(path)
        else:
            # A document from outside the roots, or one that was never saved: nothing holds again.
            self.remove(key)

    def remove(self, key: str) -> None:
        """Forget one file."""
        self._kept_bytes -= len(self._contents.pop(key, b""))
        self._read_alone.add(key)
        row = self.rows.pop(key, None)
        if row is not None:
            self.definition_count -= len(row.definitions)
            self._changed.add(key)

    def below(self, path: Path) -> list[Path]:
        """Return the file `path` itself, or the wanted files below a folder.

        For a file of rules it is what the rules let in now or keep out.
        """
        root = self._roots.holding(path)
        if root is not None and path.name == IGNORE_FILE:
            return sorted(self._wanted_below(root, path.parent) ^ self._known_below(path.parent))
        if root is None or not path.is_dir():
            return [path]
        if not self._is_left_out(path):
            self._folders.add(path)
        # What is known and not wanted any more is forgotten: the folder may be a link by now.
        return sorted(self._wanted_below(root, path) | self._known_below(path))

    def _wanted_below(self, root: Path, folder: Path) -> set[Path]:
        return {root / found.path for found in walk_below(root, folder, self.limits)}

    def _known_below(self, folder: Path) -> set[Path]:
        paths = map(self.path_of, self.rows)
        return {path for path in paths if path is not None and path.is_relative_to(folder)}

    def _is_left_out(self, folder: Path) -> bool:
        return is_private(self.roots, folder / "a")

    def folders(self) -> set[Path]:
        """Return the folders that hold indexed files, with all between them and their roots."""
        files = filter(None, map(self.path_of, self.rows))
        found = set(self.roots)
        for folder in {*self._folders, *(path.parent for path in files)}:
            for one in (folder, *folder.parents):
                if one in found:
                    break
                found.add(one)
        return {folder for folder in found if any(map(folder.is_relative_to, self.roots))}

    def may_hold(self, path: Path) -> bool:
        """Whether a path that changed can matter: of a known language, or a folder."""
        if language_of_path(path) is not PLAIN or path.name in {IGNORE_FILE, _GO_MANIFEST}:
            return True
        key = self.key_of(path)
        if path.is_dir():
            return path.name not in SKIPPED_FOLDERS and not self._is_left_out(path)
        return key is not None and any(known.startswith(key + "/") for known in self.rows)

    def refresh(self, path: Path) -> None:
        """Read `path` again as it is on disk, or forget it and what lay below it."""
        key, root = self.key_of(path), self._roots.holding(path)
        if key is None or root is None:
            return
        if is_private(self.roots, path):
            self.buffers.pop(key, None)
            self._forget_below(key)
            return
        if path.is_symlink() or not path.exists():
            self._forget_below(key)
            return
        self._note_manifests(key, path, {root.parent})
        if key in self._manifests:
            self._manifests_changed = True
        if key not in self.buffers:
            self._read(key, path, is_wanted(root, path, self.limits))

    def _read(self, key: str, path: Path, found: Found | None) -> None:
        try:
            content = read_utf8(path, self.limits.max_bytes) if found is not None else b""
        except OSError:
            found, content = None, b""
        language = language_of_text(path, content).name if found is not None else ""
        known = self.rows.get(key)
        if found is None:
            self.remove(key)
        elif known is None and len(self.rows) >= self.limits.max_files:
            self._read_alone.add(key)
        elif known is None or (known.digest, known.language) != (digest_of(content), language):
            self.add(key, language, content)

    def _forget_below(self, key: str) -> None:
        """Forget a file, or all of a folder; what is open of it is known as it stands there."""
        self._read_alone.add(key)
        for known in [known for known in self.rows if _is_below(known, key)]:
            if known not in self.buffers:
                self.remove(known)
        gone = {known for known in self._manifests if _is_below(known, key)}
        if gone:
            self._manifests -= gone
            self._manifests_changed = True

    def indexed(self, paths: Iterable[Path]) -> tuple[str, ...]:
        """Return the keys of those `paths` that are in the index."""
        keys = map(self.key_of, paths)
        return tuple(key for key in keys if key is not None and key in self.rows)

    def row_for(self, key: str, language: str, text: str) -> FileRow:
        """Return the row of `text`: the one in the index if it was read from the same text."""
        content = text.encode("utf-8", "replace")
        known = self.rows.get(key)
        if known is not None and known.digest == digest_of(content):
            return known
        return read_row(key, language, content)

    def content(self, row: FileRow) -> bytes:
        """Return the text that `row` was read from, or nothing where the file has another now.

        Offsets in a row say nothing of another text: not even whether it may be shown.
        """
        known = self.rows.get(row.path)
        if known is None or known.digest != row.digest:
            return b""
        if row.path in self.buffers:
            return ByteLines.of_text(self.buffers[row.path]).source
        kept = self._contents.get(row.path)
        if kept is not None:
            return kept
        path = self.path_of(row.path)
        content = read_own(self._roots, path, self.limits.max_bytes) if path is not None else None
        if content is None or digest_of(content) != row.digest:
            return b""
        self._keep(row.path, content)
        return content

    def _keep(self, key: str, content: bytes) -> None:
        self._kept_bytes += len(content)
        self._contents[key] = content
        while self._kept_bytes > _MOST_KEPT:
            self._kept_bytes -= len(self._contents.pop(next(iter(self._contents))))

    def tables(self) -> Tables:
        """Return the tables of the rows as they were a moment ago: good enough for ranking.

        Laying out all rows anew takes longer than a request may; `fresh_tables` does it when
        nobody waits. Only while the index grows it is done at once: tables of its first files say
        nothing of the others. After a switch of branch the older ones serve until it is done.
        """
        if self._tables is None or len(self.rows) > (1 + _MOST_NEW) * len(self._tables.rows):
            return self.fresh_tables()
        return self._tables

    def fresh_tables(self) -> Tables:
        """Return the tables of the rows as they are now."""
        if self._tables is None or self._changed or self._manifests_changed:
            self._tables = finished(self._steps(list(self.rows.values())))
            self._changed.clear()
        return self._tables

    def _steps(self, rows: Sequence[FileRow]) -> Generator[None, None, Tables]:
        if self._manifests_changed:
            self._manifests_changed = False
            self.builder.follow(read_manifests(sorted(self._manifests), self._text_of))
        return self.builder.steps(rows)

    async def settle(self) -> None:
        """Bring the tables up to date in steps, so that requests are answered meanwhile."""
        while self._changed or self._manifests_changed:
            before, taken = self._tables, dict(self.rows)
            tables = await in_steps(self._steps(list(taken.values())))
            if self._tables is not before:
                continue  # somebody else brought them up to date, perhaps from older rows
            self._tables = tables
            self._changed = {
                path for path in self._changed if self.rows.get(path) is not taken.get(path)
            }
            return


def _is_below(key: str, folder: str) -> bool:
    return key == folder or key.startswith(f"{folder}/")


async def in_steps(steps: Generator[None, None, Result]) -> Result:
    """Return what `steps` returns in the end; others are served at each of its pauses."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
        await asyncio.sleep(0)
