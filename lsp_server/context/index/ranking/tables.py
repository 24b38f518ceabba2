"""The index as arrays: what ranking reads, laid out from the rows when files have changed.

Every definition that another file can use has one number; the arrays `definition_*` are indexed
by it, those named `file_*` by the number of the file and those named `name_*` by that of the name.
`kept` holds what was computed from the arrays alone.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.ranking.files import tested_stem
from lsp_server.context.index.ranking.graph import Floats, Longs
from lsp_server.context.index.ranking.lazy import ByFile, ByName, Flags, LazyDefinitions
from lsp_server.context.index.ranking.vocabulary import Ints, subwords
from lsp_server.context.index.reading.definitions import CALLABLE, TYPES
from lsp_server.context.index.reading.definitions import KINDS as DEFINITION_KINDS
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.modules import Modules

__all__ = [
    "KINDS",
    "Flags",
    "Floats",
    "Ints",
    "Tables",
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
KIND_NUMBERS = np.array([_KIND_OF.get(kind, 5) for kind in DEFINITION_KINDS], np.int32)
IS_CALLABLE = np.array([kind in CALLABLE for kind in DEFINITION_KINDS], np.bool_)
IS_TYPE = np.array([kind in TYPES for kind in DEFINITION_KINDS], np.bool_)
_STEEPNESS = 50.0
_MOST_KEPT = 16_384
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
T = TypeVar("T")


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
    file_pointers: Longs
    file_names: Ints
    file_norm: Floats
    names: Mapping[str, int]
    name_files: Ints
    name_definers: Ints
    name_rarity: Floats
    names_by_word: Mapping[str, Ints]
    definitions: LazyDefinitions
    definition_file: Ints
    definition_name: Ints
    definition_container: Ints
    definition_kind: Ints
    definition_exact_kind: Ints
    definition_name_tokens: Floats
    definition_tokens: Floats
    definition_doc_tokens: Floats
    definition_body_tokens: Floats
    definition_private: Flags
    definition_index: Ints
    unique: Sequence[str]
    definition_uses: Floats
    definition_types: Sequence[Sequence[int]]
    by_name: ByName
    by_file: ByFile
    kept: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns; asked again for the same key, what it returned then.

        What was asked for last is kept longest.
        """
        known = key in self.kept
        made: T = self.kept.pop(key) if known else make()
        self.kept[key] = made
        if len(self.kept) > _MOST_KEPT:
            del self.kept[next(iter(self.kept))]
        return made

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
    def fixed(self) -> Floats:
        """One row a definition: what holds of it at every place, by `FIXED_FEATURES`."""
        kinds = self.definition_kind == np.arange(len(KINDS))[:, None]
        uses = self.definition_uses
        rows = [*kinds, self.definition_private, self.definition_container < 0, uses, rising(uses)]
        return np.array(rows, np.float32).T

    @cached_property
    def by_container(self) -> ByName:
        """For each name the numbers of the definitions that stand in a container of that name."""
        return ByName(self.places.containers, len(self.names))

    def named(self, name: int, kinds: frozenset[str]) -> "Named":
        """Return the definitions of a name that are of one of these kinds."""
        return self.once(("named", name, kinds), lambda: self._named(name, kinds))

    def _named(self, name: int, kinds: frozenset[str]) -> "Named":
        numbers = self.by_name.array_of(name)
        numbers = numbers[_flags_of(kinds)[self.definition_exact_kind[numbers]]]
        return Named(numbers.tolist(), self.definition_file[numbers].tolist())

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

    def numbers_of_file(self, file: int) -> Ints:
        """Return the numbers of the definitions of one file."""
        first, last = np.searchsorted(self.definition_file, (file, file + 1)).tolist()
        return np.arange(first, last, dtype=np.int32)

    def files_that_mention(self, name: str) -> list[int]:
        """Return the files in which a name occurs."""
        number = self.names.get(name, -1)
        places = np.flatnonzero(self.file_names == number)
        files: list[int] = (np.searchsorted(self.file_pointers, places, side="right") - 1).tolist()
        return files


class Named(NamedTuple):
    """Definitions of one name by their numbers, and the file of each."""

    numbers: Sequence[int]
    files: Sequence[int]


class Places(NamedTuple):
    """Where each definition finds its rows in what is computed by file, name and container."""

    files: npt.NDArray[np.intp]
    names: npt.NDArray[np.intp]
    containers: npt.NDArray[np.intp]


def rising(shares: Floats) -> Floats:
    """Return shares so that the step from none to few counts more than that from many to all."""
    some = np.flatnonzero(shares)
    result = np.zeros(len(shares), np.float32)
    result[some] = np.log1p(_STEEPNESS * shares[some]) / np.log1p(_STEEPNESS)
    return result


@lru_cache(maxsize=64)
def _flags_of(kinds: frozenset[str]) -> Flags:
    return np.array([kind in kinds for kind in DEFINITION_KINDS], np.bool_)


def imported_words(imports: Sequence[str]) -> frozenset[str]:
    """Return every identifier that stands in the import statements."""
    return frozenset(word for text in imports for word in _WORD.findall(text))
