"""Definitions by their numbers, made into values when somebody looks at one."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar, overload

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.ranking.vocabulary import Ints
from lsp_server.context.index.reading.definitions import Definition
from lsp_server.context.index.reading.rows import FileRow

Flags = npt.NDArray[np.bool_]
T = TypeVar("T")

_WORD = re.compile(r"[A-Za-z_$][\w$]*")


class _Numbered(Sequence[T], ABC, Generic[T]):
    """A sequence whose items are made on request."""

    def __init__(self, count: int) -> None:
        self._count = count

    @abstractmethod
    def _make(self, number: int) -> T:
        """Return the item of a number that there is."""

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> T: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[T]: ...

    def __getitem__(self, number: int | slice) -> T | Sequence[T]:
        if isinstance(number, slice):
            return [self._make(one) for one in range(*number.indices(len(self)))]
        if not -self._count <= number < self._count:
            raise IndexError(number)
        return self._make(number % self._count)


class LazyDefinitions(_Numbered[Definition]):
    """The definitions themselves."""

    def header(self, number: int) -> tuple[str, str]:
        """Return the header of a definition and its name."""
        items, index = self._rows[self._files.item(number)].definitions, self._indices.item(number)
        return items.header(index), items.name(index)

    def __init__(self, rows: Sequence[FileRow], files: Ints, indices: Ints) -> None:
        super().__init__(len(files))
        self._rows = rows
        self._files = files
        self._indices = indices

    def _make(self, number: int) -> Definition:
        return self._rows[int(self._files[number])].definitions[int(self._indices[number])]

    def __iter__(self) -> Iterator[Definition]:
        for file, index in zip(self._files.tolist(), self._indices.tolist(), strict=True):
            yield self._rows[file].definitions.made(index)


class UniqueNames(_Numbered[str]):
    """The names by which definitions of one file are told apart."""

    def __init__(self, rows: Sequence[FileRow], files: Ints, indices: Ints) -> None:
        super().__init__(len(files))
        self._rows = rows
        self._files = files
        self._indices = indices

    def _make(self, number: int) -> str:
        return self._rows[int(self._files[number])].definitions.unique[int(self._indices[number])]


class HeaderTypes(_Numbered[Sequence[int]]):
    """The names in each definition's header that are types of the workspace, without its own."""

    def __init__(
        self, definitions: LazyDefinitions, names: Mapping[str, int], is_type: Flags
    ) -> None:
        super().__init__(len(definitions))
        self._definitions = definitions
        self._names = names
        self._is_type = is_type
        self._found: dict[int, Sequence[int]] = {}

    def _make(self, number: int) -> Sequence[int]:
        if number not in self._found:
            self._found[number] = self._find(number)
        return self._found[number]

    def _find(self, number: int) -> Sequence[int]:
        header, name = self._definitions.header(number)
        words = {self._names.get(word, -1) for word in _WORD.findall(header)}
        words -= {-1, self._names.get(name, -1)}
        return sorted(word for word in words if self._is_type[word])


class FileNumbers(Mapping[str, int]):
    """The numbers of one file's definitions by unique name; `numbers` has one a definition."""

    def __init__(self, row: FileRow, numbers: Ints) -> None:
        self._index_of = row.definitions.index_of
        self._numbers = numbers

    def __getitem__(self, name: str) -> int:
        number = int(self._numbers[self._index_of[name]])
        if number < 0:
            raise KeyError(name)
        return number

    def __iter__(self) -> Iterator[str]:
        known = (self._numbers >= 0).tolist()
        return (name for name, index in self._index_of.items() if known[index])

    def __len__(self) -> int:
        return int((self._numbers >= 0).sum())


class ByFile(Sequence[FileNumbers]):
    """For each file the numbers of its definitions by unique name.

    `numbers` has one for each definition of each row, -1 where it cannot be used; `starts` says
    where those of a file begin.
    """

    def __init__(self, rows: Sequence[FileRow], numbers: Ints, starts: Sequence[int]) -> None:
        self._rows = rows
        self._numbers = numbers
        self._starts = starts
        self._found: dict[int, tuple[str, Ints]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, file: int) -> FileNumbers: ...
    @overload
    def __getitem__(self, file: slice) -> Sequence[FileNumbers]: ...

    def __getitem__(self, file: int | slice) -> FileNumbers | Sequence[FileNumbers]:
        if isinstance(file, slice):
            return [self[one] for one in range(*file.indices(len(self)))]
        row, first = self._rows[file], self._starts[file]
        return FileNumbers(row, self._numbers[first : first + len(row.definitions)])

    def numbers_of(self, names: Iterable[tuple[int, str]]) -> Ints:
        """Return the numbers of unique names in files, one a line; unknown ones are left out."""
        found = [np.zeros(0, np.int32)]
        for file, wanted in names:
            known = self._found.get(file)
            # From one request to the next most files show what they showed.
            if known is None or known[0] != wanted:
                known = self._found[file] = (wanted, self._find(file, wanted))
            found.append(known[1])
        return np.concatenate(found)

    def _find(self, file: int, wanted: str) -> Ints:
        index_of, first = self._rows[file].definitions.index_of, self._starts[file]
        places = [first + index_of[name] for name in wanted.split("\n") if name in index_of]
        numbers = self._numbers[places]
        usable: Ints = numbers[numbers >= 0]
        return usable


class ByName(Mapping[int, Sequence[int]]):
    """For each name the numbers of the definitions that bear it."""

    def __init__(self, definition_name: Ints | npt.NDArray[np.intp], name_count: int) -> None:
        self._order = np.argsort(definition_name, kind="stable")
        self._starts = np.searchsorted(definition_name[self._order], np.arange(name_count + 1))

    def __getitem__(self, name: int) -> Sequence[int]:
        if not 0 <= name < len(self._starts) - 1:
            raise KeyError(name)
        numbers: list[int] = self.array_of(name).tolist()
        return numbers

    def array_of(self, name: int) -> npt.NDArray[np.intp]:
        """Return the numbers of a name that there is as an array."""
        return self._order[self._starts[name] : self._starts[name + 1]]

    def counts(self, names: Ints) -> npt.NDArray[np.intp]:
        """Return how many definitions each of some names has."""
        found: npt.NDArray[np.intp] = self._starts[names + 1] - self._starts[names]
        return found

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self._starts) - 1))

    def __len__(self) -> int:
        return len(self._starts) - 1
