"""The index as arrays: what ranking reads, laid out from the rows when files have changed.

Every definition that another file can use has one number; the arrays `definition_*` are indexed
by it, those named `file_*` by the number of the file and those named `name_*` by that of the name.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.ranking.files import FileSet, file_set, packages, tested_stem
from lsp_server.context.index.ranking.graph import (
    Floats,
    Longs,
    MentionTable,
    definers_of,
    page_rank,
    turned,
    use_shares,
    users_of,
)
from lsp_server.context.index.ranking.lazy import (
    ByFile,
    ByName,
    Flags,
    HeaderTypes,
    LazyDefinitions,
    UniqueNames,
)
from lsp_server.context.index.ranking.vocabulary import Ints, NamesByWord, Vocabulary, subwords
from lsp_server.context.index.reading import columns
from lsp_server.context.index.reading.definitions import KINDS as DEFINITION_KINDS
from lsp_server.context.index.reading.definitions import TYPES, Definition
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.modules import Modules
from lsp_server.context.index.resolution.script_paths import ScriptPaths

__all__ = [
    "KINDS",
    "Flags",
    "Floats",
    "Ints",
    "TableBuilder",
    "Tables",
    "build_tables",
    "family_of",
    "imported_words",
    "subwords",
    "tested_stem",
]

KINDS = ("type", "function", "method", "field", "constant", "other")
_KIND_OF = {
    **dict.fromkeys(TYPES - {"implementation"}, 0),
    "function": 1,
    "macro": 1,
    "method": 2,
    "property": 3,
    "field": 3,
    "constant": 4,
    "variable": 4,
}
_KIND_NUMBERS = np.array([_KIND_OF.get(kind, 5) for kind in DEFINITION_KINDS], np.int32)
_IS_TYPE = np.array([kind in TYPES for kind in DEFINITION_KINDS], np.bool_)
_FAMILY = {
    "typescript": "script",
    "typescriptreact": "script",
    "javascript": "script",
    "javascriptreact": "script",
    "c": "c",
    "cpp": "c",
    "java": "jvm",
    "kotlin": "jvm",
}
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
# So many files are laid out in one step; requests are answered between two.
_FILES_A_STEP = 400


@dataclass(frozen=True)
class Tables:
    """The arrays of one state of the index; `rows[f]` and `definition_index` lead back to it."""

    rows: Sequence[FileRow]
    file_of: Mapping[str, int]
    modules: Modules
    families: Mapping[str, int]
    file_family: Ints
    file_test: Flags
    file_folder: Ints
    folders: Sequence[tuple[str, ...]]
    file_package: Ints
    files_by_stem: Mapping[str, Ints]
    files_by_tested: Mapping[str, Ints]
    file_rank: Floats
    file_imports: Sequence[Ints]
    file_importers: Sequence[Ints]
    file_imported_names: Sequence[frozenset[str]]
    file_pointers: Longs
    file_names: Ints
    file_norm: Floats
    names: Mapping[str, int]
    name_files: Ints
    name_definers: Ints
    name_rarity: Floats
    names_by_word: Mapping[str, Ints]
    definitions: Sequence[Definition]
    definition_file: Ints
    definition_name: Ints
    definition_container: Ints
    definition_kind: Ints
    definition_exact_kind: Ints
    definition_tokens: Floats
    definition_doc_tokens: Floats
    definition_body_tokens: Floats
    definition_private: Flags
    definition_index: Ints
    unique: Sequence[str]
    definition_uses: Floats
    definition_types: Sequence[Ints]
    by_name: ByName
    by_file: ByFile

    @cached_property
    def places(self) -> "Places":
        """The file, the name and the container of each definition, as numbers that gather."""
        # The row after the last name stands for no container.
        container = np.where(
            self.definition_container < 0, len(self.names), self.definition_container
        )
        return Places(
            self.definition_file.astype(np.intp),
            self.definition_name.astype(np.intp),
            container.astype(np.intp),
        )

    @cached_property
    def by_container(self) -> ByName:
        """For each name the numbers of the definitions that stand in a container of that name."""
        return ByName(self.places.containers, len(self.names))

    def named(self, name: int, kinds: frozenset[str]) -> list[int]:
        """Return the definitions of a name that are of one of these kinds."""
        numbers = self.by_name.array_of(name)
        found: list[int] = numbers[_flags_of(kinds)[self.definition_exact_kind[numbers]]].tolist()
        return found

    @cached_property
    def name_spread(self) -> Floats:
        """The logarithm of one and the number of files that mention each name."""
        result: Floats = np.log1p(self.name_files).astype(np.float32)
        return result

    @cached_property
    def name_ambiguity(self) -> Floats:
        """The logarithm of the number of files that define each name."""
        result: Floats = np.log(np.maximum(self.name_definers, 1)).astype(np.float32)
        return result

    def sums_by_file(self, weights: Floats) -> Floats:
        """Return, for each file, the sum of the weights of the names that it mentions."""
        taken = weights.take(self._mentioned, mode="clip")
        filled = np.flatnonzero(np.diff(self.file_pointers))
        sums = np.zeros(len(self.rows), np.float32)
        if len(filled):
            sums[filled] = np.add.reduceat(taken, self.file_pointers[filled])
        return sums

    @cached_property
    def _mentioned(self) -> npt.NDArray[np.intp]:
        return self.file_names.astype(np.intp)

    def names_in(self, file: int) -> Ints:
        """Return the numbers of the names that the file mentions."""
        return self.file_names[self.file_pointers[file] : self.file_pointers[file + 1]]

    def files_that_mention(self, name: str) -> list[int]:
        """Return the files in which a name occurs."""
        number = self.names.get(name, -1)
        places = np.flatnonzero(self.file_names == number)
        files: list[int] = (np.searchsorted(self.file_pointers, places, side="right") - 1).tolist()
        return files


class Places(NamedTuple):
    """Where each definition finds its rows in what is computed by file, name and container."""

    files: npt.NDArray[np.intp]
    names: npt.NDArray[np.intp]
    containers: npt.NDArray[np.intp]


def family_of(language: str) -> str:
    """Return the name under which languages that import each other go."""
    return _FAMILY.get(language, language)


@lru_cache(maxsize=64)
def _flags_of(kinds: frozenset[str]) -> Flags:
    return np.array([kind in kinds for kind in DEFINITION_KINDS], np.bool_)


def imported_words(imports: Sequence[str]) -> frozenset[str]:
    """Return every identifier that stands in the import statements."""
    return frozenset(word for text in imports for word in _WORD.findall(text))


def build_tables(
    rows: Sequence[FileRow],
    go_modules: Sequence[tuple[str, str]] = (),
    script_paths: Sequence[ScriptPaths] = (),
) -> Tables:
    """Lay the rows out as arrays, resolve their imports and rank their files."""
    return finished(TableBuilder(go_modules, script_paths).steps(rows))


def finished(steps: Generator[None, None, Tables]) -> Tables:
    """Take all steps at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            tables: Tables = end.value
            return tables


@dataclass(frozen=True, slots=True)
class _Part:
    """What one row brings, numbered by the vocabulary; stays as long as the row.

    `containers` are the last parts of the names of the definitions' containers, -1 for none.
    """

    row: FileRow
    mentions: Ints
    names: Ints
    containers: Ints
    imported: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Usable:
    """The definitions that other files can use, in the order of files.

    `number_of` has one number for each definition of each row, -1 for those left out; those of a
    file begin at its item of `starts`.
    """

    numbers: Ints
    file: Ints
    index: Ints
    name: Ints
    container: Ints
    number_of: Ints
    starts: Sequence[int]


class TableBuilder:
    """Builds the tables of one workspace again and again; what did not change is kept between."""

    def __init__(
        self,
        go_modules: Sequence[tuple[str, str]] = (),
        script_paths: Sequence[ScriptPaths] = (),
    ) -> None:
        self._go_modules = go_modules
        self.script_paths = script_paths
        self._vocabulary = Vocabulary()
        self._files: FileSet | None = None
        self._parts: dict[str, _Part] = {}
        self._imports: dict[str, tuple[FileRow, Modules, Ints]] = {}

    def steps(self, rows: Sequence[FileRow]) -> Generator[None, None, Tables]:
        """Build the tables of `rows` in steps of some milliseconds; the value is the tables."""
        rows = sorted(rows, key=lambda row: row.path)
        files = self._file_set([row.path for row in rows])
        yield
        parts = yield from self._laid_out(rows)
        imports = yield from self._resolved(rows, files)
        dense, names = self._dense(parts)
        usable = _usable(parts, dense)
        yield
        mentions = _mentions(parts, dense)
        definers = definers_of(usable.name, usable.file, len(names))
        name_files = np.bincount(mentions.names, minlength=len(names)).astype(np.int32)
        rarity = np.log(1 + len(rows) / (1 + name_files)).astype(np.float32)
        kind = usable.numbers[:, columns.KIND]
        is_type = np.zeros(len(names), np.bool_)
        is_type[usable.name[_IS_TYPE[kind]]] = True
        yield
        own_packages = packages(rows, files.folder)
        importers = turned(imports)
        top = _IS_TYPE[kind] & (usable.numbers[:, columns.PARENT] < 0)
        users = users_of(importers, own_packages, mentions, (usable.file[top], usable.name[top]))
        yield
        shares = yield from use_shares(users, mentions, usable.file, usable.name)
        rank = yield from page_rank(imports, mentions, definers)
        families: dict[str, int] = {}
        family = [families.setdefault(family_of(row.language), len(families)) for row in rows]
        private = np.array([name.startswith(("_", "#")) for name in names], np.bool_)
        definitions = LazyDefinitions(rows, usable.file, usable.index)
        unique = UniqueNames(rows, usable.file, usable.index)
        header, doc = usable.numbers[:, columns.HEADER], usable.numbers[:, columns.DOC]
        body = usable.numbers[:, columns.END] - usable.numbers[:, columns.START]
        return Tables(
            rows=rows,
            file_of=files.file_of,
            modules=files.modules,
            families=families,
            file_family=np.array(family, np.int32),
            file_test=files.tests,
            file_folder=files.folder,
            folders=files.folders,
            file_package=own_packages,
            files_by_stem=files.by_stem,
            files_by_tested=files.by_tested,
            file_rank=rank,
            file_imports=imports,
            file_importers=importers,
            file_imported_names=[part.imported for part in parts],
            file_pointers=mentions.pointers,
            file_names=mentions.names,
            file_norm=_norms(mentions, rarity),
            names=names,
            name_files=name_files,
            name_definers=definers.counts,
            name_rarity=rarity,
            names_by_word=NamesByWord(self._vocabulary, dense),
            definitions=definitions,
            definition_file=usable.file,
            definition_name=usable.name,
            definition_container=usable.container,
            definition_kind=_KIND_NUMBERS[kind],
            definition_exact_kind=kind,
            definition_tokens=(3 + header / 4).astype(np.float32),
            definition_doc_tokens=(doc / 4).astype(np.float32),
            definition_body_tokens=(body / 4).astype(np.float32),
            definition_private=private[usable.name],
            definition_index=usable.index,
            unique=unique,
            definition_uses=shares,
            definition_types=HeaderTypes(definitions, names, is_type),
            by_name=ByName(usable.name, len(names)),
            by_file=ByFile(rows, usable.number_of, usable.starts),
        )

    def prepare(self, row: FileRow) -> None:
        """Give the names of `row` their numbers now, while other files are still being read."""
        self._parts[row.path] = self._part(row)

    def _file_set(self, paths: list[str]) -> FileSet:
        if self._files is None or self._files.paths != paths:
            self._files = file_set(paths, self._go_modules, self.script_paths)
        return self._files

    def _laid_out(self, rows: Sequence[FileRow]) -> Generator[None, None, list[_Part]]:
        found = []
        for number, row in enumerate(rows):
            part = self._parts.get(row.path)
            if part is None or part.row is not row:
                part = self._part(row)
            found.append(part)
            if number % _FILES_A_STEP == 0:
                yield
        self._parts = {part.row.path: part for part in found}
        return found

    def _part(self, row: FileRow) -> _Part:
        number = self._vocabulary.numbers_of
        items = row.definitions
        names, parents = items.names, items.numbers[:, columns.PARENT]
        numbers = tails = number(names)
        if any("." in name for name in names):
            tails = number(name.rsplit(".", 1)[-1] for name in names)
        containers = np.where(parents >= 0, tails[parents], -1).astype(np.int32)
        owned = np.flatnonzero(items.numbers[:, columns.OWNER])
        containers[owned] = number(items.owner(index) for index in owned.tolist())
        return _Part(row, number(row.names), numbers, containers, imported_words(row.imports))

    def _resolved(
        self, rows: Sequence[FileRow], files: FileSet
    ) -> Generator[None, None, list[Ints]]:
        kept: dict[str, tuple[FileRow, Modules, Ints]] = {}
        for number, row in enumerate(rows):
            known = self._imports.get(row.path)
            if known is None or known[0] is not row or known[1] is not files.modules:
                paths = {path for path, _ in files.modules.imported_by(row)} - {row.path}
                targets = np.array(sorted(files.file_of[path] for path in paths), np.int32)
                known = (row, files.modules, targets)
            kept[row.path] = known
            if number % _FILES_A_STEP == 0:
                yield
        self._imports = kept
        return [targets for _, _, targets in kept.values()]

    def _dense(self, parts: Sequence[_Part]) -> tuple[Ints, dict[str, int]]:
        """Return the numbers that defined names have in the tables, and the names' own mapping.

        They are numbered in the order of files, so that the tables do not depend on the order in
        which files were read.
        """
        usable = [part.names[part.row.definitions.numbers[:, columns.USABLE] > 0] for part in parts]
        defined = np.concatenate([*usable, np.zeros(0, np.int32)])
        numbers, first = np.unique(defined, return_index=True)
        numbers = numbers[np.argsort(first)]
        dense = np.full(len(self._vocabulary), -1, np.int32)
        dense[numbers] = np.arange(len(numbers), dtype=np.int32)
        texts = self._vocabulary.texts_of(numbers)
        self._vocabulary.learn_words(numbers, texts)
        return dense, {text: number for number, text in enumerate(texts)}


def _usable(parts: Sequence[_Part], dense: Ints) -> _Usable:
    counts = np.array([len(part.names) for part in parts], np.int64)
    starts = np.cumsum(counts) - counts
    file = np.repeat(np.arange(len(parts), dtype=np.int32), counts)
    empty = np.zeros((0, columns.WIDTH), np.int32)
    numbers = np.concatenate([empty, *(part.row.definitions.numbers for part in parts)])
    names = np.concatenate([empty[:, 0], *(part.names for part in parts)])
    containers = np.concatenate([empty[:, 0], *(part.containers for part in parts)])
    index = np.arange(len(file)) - starts[file]
    kept = numbers[:, columns.USABLE] > 0
    own = containers[kept]
    number_of = np.full(len(file), -1, np.int32)
    number_of[kept] = np.arange(int(kept.sum()), dtype=np.int32)
    return _Usable(
        numbers[kept],
        file[kept],
        index[kept].astype(np.int32),
        dense[names[kept]],
        np.where(own >= 0, dense[own], -1).astype(np.int32),
        number_of,
        starts.tolist(),
    )


def _mentions(parts: Sequence[_Part], dense: Ints) -> MentionTable:
    counts = [len(part.mentions) for part in parts]
    owners = np.repeat(np.arange(len(parts)), counts)
    names = dense[np.concatenate([np.zeros(0, np.int32), *(part.mentions for part in parts)])]
    known = names >= 0
    pointers = np.searchsorted(owners[known], np.arange(len(parts) + 1))
    return MentionTable(pointers, names[known])


def _norms(mentions: MentionTable, rarity: Floats) -> Floats:
    totals = np.concatenate([[0.0], np.cumsum(rarity[mentions.names] ** 2)])
    norms = np.sqrt(totals[mentions.pointers[1:]] - totals[mentions.pointers[:-1]])
    result: Floats = np.maximum(norms, 1e-6).astype(np.float32)
    return result
