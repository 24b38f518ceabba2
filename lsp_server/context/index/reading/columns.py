"""The definitions of one file as columns: a matrix of numbers and the bytes of their texts.

A workspace has hundreds of thousands of definitions and a request looks at a few hundred of them,
so they become values only when they are asked for.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import overload

import numpy as np
import numpy.typing as npt

from lsp_server.common.text import Position, Span
from lsp_server.context.index.reading.definitions import (
    KINDS,
    Definition,
    insides,
    is_usable,
    told_apart,
)

Numbers = npt.NDArray[np.int32]

# The columns of the matrix, in this order. The last three are the lengths of texts in bytes: an
# owner is a container that does not enclose the definition, as for methods in Go. `USABLE` says
# whether another file can mean the definition, `NAMING` how long the line of the header is that
# holds the name.
(
    LINE,
    COLUMN,
    LAST_LINE,
    LAST_COLUMN,
    NAME_LINE,
    START,
    END,
    BODY,
    PARENT,
    KIND,
    USABLE,
    NAMING,
    HEADER,
    DOC,
    OWNER,
) = range(15)
WIDTH = 15
# Requests come back to the same few thousand definitions.
_MOST_MADE = 32_768
# A request goes through all of the current file several times.
_MOST_WHOLE = 8
_KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}


class DefinitionColumns(Sequence[Definition]):
    """Definitions in file order. `numbers` has one row each; see the names of its columns."""

    def __init__(self, numbers: Numbers, names: bytes, texts: bytes) -> None:
        self.numbers = numbers
        self.names_text = names
        self.texts = texts

    @classmethod
    def of(cls, definitions: Sequence[Definition]) -> "DefinitionColumns":
        """Return the columns that hold `definitions`."""
        headers = [item.header.encode("utf-8", "replace") for item in definitions]
        docs = [item.doc.encode("utf-8", "replace") for item in definitions]
        owners = [
            ("" if item.parent >= 0 else item.container).encode("utf-8", "replace")
            for item in definitions
        ]
        names = "\n".join(item.name for item in definitions).encode("utf-8", "replace")
        rows = [
            (
                item.span.start.line,
                item.span.start.column,
                item.span.end.line,
                item.span.end.column,
                item.name_line,
                item.start,
                item.end,
                item.body,
                item.parent,
                _KIND_NUMBERS[item.kind],
                is_usable(item, inside=inside),
                len(item.naming),
                len(header),
                len(doc),
                len(owner),
            )
            for item, inside, header, doc, owner in zip(
                definitions, insides(definitions), headers, docs, owners, strict=True
            )
        ]
        texts = b"".join(
            part for three in zip(headers, docs, owners, strict=True) for part in three
        )
        return cls(np.array(rows, np.int32).reshape(-1, WIDTH), names, texts)

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> Definition: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Definition]: ...

    def __getitem__(self, index: int | slice) -> Definition | Sequence[Definition]:
        if isinstance(index, slice):
            return [self.made(number) for number in range(*index.indices(len(self)))]
        count = len(self.numbers)
        if not -count <= index < count:
            raise IndexError(index)
        return _kept(self, index % count)

    def __iter__(self) -> Iterator[Definition]:
        return iter(_whole(self))

    @property
    def names(self) -> list[str]:
        """The name of each definition."""
        return self.names_text.decode("utf-8").split("\n") if len(self) else []

    @cached_property
    def unique(self) -> list[str]:
        """The unique name of each definition, as `unique_names` tells them apart."""
        return told_apart(self._qualified)

    @cached_property
    def index_of(self) -> dict[str, int]:
        """The index of each definition by its unique name."""
        return {name: index for index, name in enumerate(self.unique)}

    @cached_property
    def _qualified(self) -> list[str]:
        found: list[str] = []
        for index, (name, container) in enumerate(zip(self.names, self.parents, strict=True)):
            above = found[container] if container >= 0 else self.owner(index)
            found.append(f"{above}.{name}" if above else name)
        return found

    @cached_property
    def parents(self) -> list[int]:
        """The index of the definition around each one, -1 for none."""
        parents: list[int] = self.numbers[:, PARENT].tolist()
        return parents

    @cached_property
    def outermost(self) -> list[tuple[int, int]]:
        """The first and the last line of each definition that stands in no other."""
        numbers = self.numbers[self.numbers[:, PARENT] < 0]
        return list(zip(numbers[:, LINE].tolist(), numbers[:, LAST_LINE].tolist(), strict=True))

    def around(self, line: int, kinds: Collection[str], margin: int = 0) -> list[Definition]:
        """Return the definitions of some kinds that hold a line, or end `margin` lines before."""
        first, last = self.numbers[:, LINE], self.numbers[:, LAST_LINE] + margin
        holding = np.flatnonzero((first <= line) & (line <= last)).tolist()
        found = [_kept(self, index) for index in holding]
        return [item for item in found if item.kind in kinds]

    def container_name(self, index: int) -> str:
        """Return the last part of the name of what a definition stands in, or an empty string."""
        parent = self.parents[index]
        above = self._name_list[parent] if parent >= 0 else self.owner(index)
        return above.rsplit(".", 1)[-1]

    def name(self, index: int) -> str:
        """Return the name of a definition."""
        return self._name_list[index]

    def kind(self, index: int) -> str:
        """Return the kind of a definition."""
        return KINDS[self.numbers[index, KIND]]

    def owner(self, index: int) -> str:
        """Return the container that does not enclose a definition, or an empty string."""
        length = int(self.numbers[index, OWNER])
        end = self._offsets[index + 1] if length else 0
        return str(self.texts[end - length : end], "utf-8", "replace")

    def header(self, index: int) -> str:
        """Return the header of a definition."""
        begin = self._offsets[index]
        return str(self.texts[begin : begin + int(self.numbers[index, HEADER])], "utf-8", "replace")

    @cached_property
    def _name_list(self) -> list[str]:
        return self.names

    @cached_property
    def _offsets(self) -> list[int]:
        return [0, *accumulate(self.numbers[:, HEADER:].sum(axis=1).tolist())]

    def made(self, index: int) -> Definition:
        """Return a definition without keeping it: for passes over all of them."""
        return self._made(index, self.numbers[index].tolist())

    def all_made(self) -> Sequence[Definition]:
        """Return all definitions without keeping them."""
        return [self._made(index, values) for index, values in enumerate(self.numbers.tolist())]

    def _made(self, index: int, values: list[int]) -> Definition:
        begin = self._offsets[index]
        middle = begin + values[HEADER]
        return Definition(
            name=self._name_list[index],
            kind=KINDS[values[KIND]],
            container=self._qualified[values[PARENT]] if values[PARENT] >= 0 else self.owner(index),
            header=str(self.texts[begin:middle], "utf-8", "replace"),
            doc=str(self.texts[middle : middle + values[DOC]], "utf-8", "replace"),
            span=Span(
                Position(values[LINE], values[COLUMN]),
                Position(values[LAST_LINE], values[LAST_COLUMN]),
            ),
            name_line=values[NAME_LINE],
            start=values[START],
            end=values[END],
            body=values[BODY],
            parent=values[PARENT],
        )


@lru_cache(maxsize=_MOST_WHOLE)
def _whole(columns: DefinitionColumns) -> Sequence[Definition]:
    return columns.all_made()


@lru_cache(maxsize=_MOST_MADE)
def _kept(columns: DefinitionColumns, index: int) -> Definition:
    return columns.made(index)
