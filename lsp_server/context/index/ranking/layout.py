"""The definitions and mentions of all files side by side, each name by its number in the tables."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lsp_server.context.index.ranking.graph import Floats, MentionTable
from lsp_server.context.index.ranking.lazy import Flags
from lsp_server.context.index.ranking.tables import IS_TYPE
from lsp_server.context.index.ranking.vocabulary import Ints
from lsp_server.context.index.reading import columns
from lsp_server.context.index.reading.rows import FileRow


@dataclass(frozen=True, slots=True)
class Part:
    """What one row brings, numbered by the vocabulary; stays as long as the row.

    `containers` are the last parts of the names of the definitions' containers, -1 for none.
    """

    row: FileRow
    mentions: Ints
    names: Ints
    containers: Ints


@dataclass(frozen=True, slots=True)
class Usable:
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

    @property
    def kinds(self) -> Ints:
        """The kind of each definition, as the rows number them."""
        return self.numbers[:, columns.KIND]

    def top_types(self) -> tuple[Ints, Ints]:
        """Return the files and the names of the types that stand in no other definition."""
        top = IS_TYPE[self.kinds] & (self.numbers[:, columns.PARENT] < 0)
        return self.file[top], self.name[top]

    def type_names(self, count: int) -> Flags:
        """Return which of `count` names a type bears."""
        found = np.zeros(count, np.bool_)
        found[self.name[IS_TYPE[self.kinds]]] = True
        return found


def usable_of(parts: Sequence[Part], dense: Ints) -> Usable:
    """Return the definitions of all files; `dense` numbers the names of the vocabulary."""
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
    return Usable(
        numbers[kept],
        file[kept],
        index[kept].astype(np.int32),
        dense[names[kept]],
        np.where(own >= 0, dense[own], -1).astype(np.int32),
        number_of,
        starts.tolist(),
    )


def mentions_of(parts: Sequence[Part], dense: Ints) -> MentionTable:
    """Return which defined names each file mentions."""
    counts = [len(part.mentions) for part in parts]
    owners = np.repeat(np.arange(len(parts)), counts)
    names = dense[np.concatenate([np.zeros(0, np.int32), *(part.mentions for part in parts)])]
    known = names >= 0
    pointers = np.searchsorted(owners[known], np.arange(len(parts) + 1))
    return MentionTable(pointers, names[known])


def norms_of(mentions: MentionTable, rarity: Floats) -> Floats:
    """Return the length of each file's vector of names, weighed by rarity."""
    totals = np.concatenate([[0.0], np.cumsum(rarity[mentions.names] ** 2)])
    norms = np.sqrt(totals[mentions.pointers[1:]] - totals[mentions.pointers[:-1]])
    result: Floats = np.maximum(norms, 1e-6).astype(np.float32)
    return result
