"""Building the tables of a workspace from its rows, in steps between which others are answered."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from lsp_server.context.index.ranking.files import FileSet, file_set, packages
from lsp_server.context.index.ranking.graph import (
    Definers,
    Floats,
    MentionTable,
    definers_of,
    page_rank,
    turned,
    use_shares,
    users_of,
)
from lsp_server.context.index.ranking.layout import Part, Usable, mentions_of, norms_of, usable_of
from lsp_server.context.index.ranking.lazy import (
    ByFile,
    ByName,
    HeaderTypes,
    LazyDefinitions,
    UniqueNames,
)
from lsp_server.context.index.ranking.tables import (
    KIND_NUMBERS,
    Tables,
)
from lsp_server.context.index.ranking.vocabulary import Ints, NamesByWord, Vocabulary
from lsp_server.context.index.reading import columns
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.families import family_of
from lsp_server.context.index.resolution.manifests import Manifests

if TYPE_CHECKING:
    from lsp_server.context.index.resolution.modules import Modules

Result = TypeVar("Result")

# So many files are laid out in one step; requests are answered between two.
_FILES_A_STEP = 400


def build_tables(rows: Sequence[FileRow], manifests: Manifests | None = None) -> Tables:
    """Lay the rows out as arrays, resolve their imports and rank their files."""
    return finished(TableBuilder(manifests).steps(rows))


def finished(steps: Generator[None, None, Result]) -> Result:
    """Take all steps at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result


class TableBuilder:
    """Builds the tables of one workspace again and again; what did not change is kept between."""

    def __init__(self, manifests: Manifests | None = None) -> None:
        self.manifests = manifests or Manifests()
        self._vocabulary = Vocabulary()
        self._files: FileSet | None = None
        self._parts: dict[str, Part] = {}
        self._imports: dict[str, tuple[FileRow, Modules, Ints]] = {}

    def steps(self, rows: Sequence[FileRow]) -> Generator[None, None, Tables]:
        """Build the tables of `rows` in steps of some milliseconds; the value is the tables."""
        rows = sorted(rows, key=lambda row: row.path)
        files = self._file_set([row.path for row in rows])
        yield
        parts = yield from self._laid_out(rows)
        imports = yield from self._resolved(rows, files)
        dense, names = self._dense(parts)
        usable = usable_of(parts, dense)
        yield
        mentions = mentions_of(parts, dense)
        definers = definers_of(usable.name, usable.file, len(names))
        yield
        own_packages = packages(rows, files.folder)
        importers = turned(imports)
        users = users_of(importers, own_packages, mentions, usable.top_types())
        yield
        shares = yield from use_shares(users, mentions, usable.file, usable.name)
        rank = yield from page_rank(imports, mentions, definers)
        graph = _Graph(imports, importers, own_packages, rank, shares, definers)
        words = NamesByWord(self._vocabulary, dense)
        return _tables(rows, files, _Named(names, words, usable, mentions), graph)

    def learn_words(self) -> Iterator[None]:
        """Take apart, in steps, the names of the last tables; else the first request does it."""
        return self._vocabulary.learn_words()

    def prepare(self, row: FileRow) -> None:
        """Give the names of `row` their numbers now, while other files are still being read."""
        self._parts[row.path] = self._part(row)

    def follow(self, manifests: Manifests) -> None:
        """Look for modules where `manifests` say, from the next tables on."""
        if manifests != self.manifests:
            self.manifests, self._files = manifests, None

    def _file_set(self, paths: list[str]) -> FileSet:
        if self._files is None or self._files.paths != paths:
            self._files = file_set(paths, self.manifests)
        return self._files

    def _laid_out(self, rows: Sequence[FileRow]) -> Generator[None, None, list[Part]]:
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

    def _part(self, row: FileRow) -> Part:
        number = self._vocabulary.numbers_of
        items = row.definitions
        names, parents = items.names, items.numbers[:, columns.PARENT]
        numbers = tails = number(names)
        if any("." in name for name in names):
            tails = number(name.rsplit(".", 1)[-1] for name in names)
        containers = np.where(parents >= 0, tails[parents], -1).astype(np.int32)
        owned = np.flatnonzero(items.numbers[:, columns.OWNER])
        containers[owned] = number(items.owner(index) for index in owned.tolist())
        return Part(row, number(row.names), numbers, containers)

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

    def _dense(self, parts: Sequence[Part]) -> tuple[Ints, dict[str, int]]:
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
        self._vocabulary.note_words(numbers, texts)
        return dense, {text: number for number, text in enumerate(texts)}


@dataclass(frozen=True, slots=True)
class _Named:
    """The names that are defined, by number and by word, their definitions and mentions."""

    numbers: Mapping[str, int]
    words: NamesByWord
    usable: Usable
    mentions: MentionTable


@dataclass(frozen=True, slots=True)
class _Graph:
    """Who imports whom and what follows from it."""

    imports: Sequence[Ints]
    importers: Sequence[Ints]
    packages: Ints
    rank: Floats
    shares: Floats
    definers: Definers


def _tables(rows: Sequence[FileRow], files: FileSet, named: _Named, graph: _Graph) -> Tables:
    names, usable, mentions = named.numbers, named.usable, named.mentions
    name_files = np.bincount(mentions.names, minlength=len(names)).astype(np.int32)
    rarity = np.log(1 + len(rows) / (1 + name_files)).astype(np.float32)
    families: dict[str, int] = {}
    family = [families.setdefault(family_of(row.language), len(families)) for row in rows]
    private = np.array([name.startswith(("_", "#")) for name in names], np.bool_)
    definitions = LazyDefinitions(rows, usable.file, usable.index)
    body = usable.numbers[:, columns.END] - usable.numbers[:, columns.START]
    tokens = (3 + usable.numbers[:, columns.HEADER] / 4).astype(np.float32)
    name_tokens = (3 + usable.numbers[:, columns.NAMING] / 4).astype(np.float32)
    return Tables(
        rows=rows,
        file_of=files.file_of,
        modules=files.modules,
        families=families,
        file_family=np.array(family, np.int32),
        file_test=files.tests,
        file_folder=files.folder,
        folders=files.folders,
        file_package=graph.packages,
        files_by_stem=files.by_stem,
        files_by_tested=files.by_tested,
        file_rank=graph.rank,
        file_imports=graph.imports,
        file_importers=graph.importers,
        file_pointers=mentions.pointers,
        file_names=mentions.names,
        file_norm=norms_of(mentions, rarity),
        names=names,
        name_files=name_files,
        name_definers=graph.definers.counts,
        name_rarity=rarity,
        names_by_word=named.words,
        definitions=definitions,
        definition_file=usable.file,
        definition_name=usable.name,
        definition_container=usable.container,
        definition_kind=KIND_NUMBERS[usable.kinds],
        definition_exact_kind=usable.kinds,
        definition_name_tokens=name_tokens,
        definition_tokens=tokens,
        definition_doc_tokens=(usable.numbers[:, columns.DOC] / 4).astype(np.float32),
        definition_body_tokens=(body / 4).astype(np.float32),
        definition_private=private[usable.name],
        definition_index=usable.index,
        unique=UniqueNames(rows, usable.file, usable.index),
        definition_uses=graph.shares,
        definition_types=HeaderTypes(definitions, names, usable.type_names(len(names))),
        by_name=ByName(usable.name, len(names)),
        by_file=ByFile(rows, usable.number_of, usable.starts),
    )
