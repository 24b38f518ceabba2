"""Who uses whom: importers, users of a package's types, shares of use, and the rank of files."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.ranking.vocabulary import Ints

Floats = npt.NDArray[np.float32]
Longs = npt.NDArray[np.int64]

_DAMPING = 0.85
_ROUNDS = 20
_IMPORT_WEIGHT = 3.0
# Beyond that many definers a name tells nothing of the file that it refers to.
_MOST_DEFINERS = 3


@dataclass(frozen=True, slots=True)
class MentionTable:
    """Which names each file mentions; those of file `f` lie from `pointers[f]` on."""

    pointers: Longs
    names: Ints

    @property
    def owners(self) -> Longs:
        """The file of each mention."""
        return np.repeat(np.arange(len(self.pointers) - 1), np.diff(self.pointers))

    def of(self, file: int) -> Ints:
        """Return the names that one file mentions."""
        return self.names[self.pointers[file] : self.pointers[file + 1]]


@dataclass(frozen=True, slots=True)
class Definers:
    """Pairs of a name and a file that defines it, by name; `counts` has one item a name."""

    names: Ints
    files: Ints
    counts: Ints


def definers_of(names: Ints, files: Ints, name_count: int) -> Definers:
    """Return who defines each name, from one name and file for each definition."""
    width = int(files.max()) + 1 if len(files) else 1
    pairs = np.unique(names.astype(np.int64) * width + files)
    found = (pairs // width).astype(np.int32)
    counts = np.bincount(found, minlength=name_count).astype(np.int32)
    return Definers(found, (pairs % width).astype(np.int32), counts)


def turned(imports: Sequence[Ints]) -> list[Ints]:
    """Return the importers of each file, from what each file imports."""
    sizes = [len(targets) for targets in imports]
    if not sum(sizes):
        return [np.zeros(0, np.int32) for _ in imports]
    targets = np.concatenate(imports)
    sources = np.repeat(np.arange(len(imports), dtype=np.int32), sizes)
    order = np.argsort(targets, kind="stable")
    bounds = np.searchsorted(targets[order], np.arange(1, len(imports)))
    return np.split(sources[order], bounds)


def users_of(
    importers: Sequence[Ints], packages: Ints, mentions: MentionTable, types: tuple[Ints, Ints]
) -> dict[int, Ints]:
    """Return who uses each file: its importers, and in its package who names one of its types.

    `types` are the files and the names of top-level types, side by side.
    """
    users = {file: found for file, found in enumerate(importers) if len(found)}
    files, names = types
    packed = packages[files] >= 0
    beside: dict[int, list[Ints]] = {}
    if packed.any():
        order = np.argsort(mentions.names, kind="stable")
        owners, sorted_names = mentions.owners[order], mentions.names[order]
        bounds = np.searchsorted(sorted_names, np.stack([names, names + 1]))
        for index in np.flatnonzero(packed).tolist():
            file = int(files[index])
            found = owners[bounds[0, index] : bounds[1, index]]
            beside.setdefault(file, []).append(found[packages[found] == packages[file]])
    for file, parts in beside.items():
        everyone = np.unique(np.concatenate([users.get(file, parts[0][:0]), *parts]))
        users[file] = everyone[everyone != file].astype(np.int32)
    return {file: found for file, found in users.items() if len(found)}


def use_shares(
    users: Mapping[int, Ints], mentions: MentionTable, files: Ints, names: Ints
) -> Generator[None, None, Floats]:
    """Return the share of a file's users that mention each definition; yields between steps.

    `files` and `names` belong to the definitions, in the order of files.
    """
    shares = np.zeros(len(files), np.float32)
    width = int(max(mentions.names.max(initial=0), names.max(initial=0))) + 1
    for number, (target, using) in enumerate(users.items()):
        low, high = np.searchsorted(files, [target, target + 1])
        if low == high:
            continue
        used = np.concatenate([mentions.of(file) for file in using.tolist()])
        counts = np.bincount(used, minlength=width)
        shares[low:high] = counts[names[low:high]] / (len(using) + 1)
        if number % 200 == 0:
            yield
    return shares


def page_rank(
    imports: Sequence[Ints], mentions: MentionTable, definers: Definers
) -> Generator[None, None, Floats]:
    """Return log2 of each file's rank times their number (Page et al., 1999); yields between steps.

    A file refers to another by each name that it mentions and the other defines, the less the
    more files define the name, and by each import.
    """
    count = len(imports)
    if not count:
        return np.zeros(0, np.float32)
    sources, targets, weights = _references(imports, mentions, definers)
    yield
    # One edge for each pair of files: a round then costs a tenth.
    keys, inverse = np.unique(sources * count + targets, return_inverse=True)
    weights = np.bincount(inverse, weights).astype(np.float64)
    sources, targets = keys // count, keys % count
    yield
    out = np.bincount(sources, weights, minlength=count)
    share = weights / out[sources]
    rank = np.full(count, 1 / count)
    for _ in range(_ROUNDS):
        flow = np.bincount(targets, share * rank[sources], minlength=count)
        lost = 1 - flow.sum()
        rank = (1 - _DAMPING) / count + _DAMPING * (flow + lost / count)
        yield
    result: Floats = np.log2(rank * count).astype(np.float32)
    return result


def _references(
    imports: Sequence[Ints], mentions: MentionTable, definers: Definers
) -> tuple[Longs, Longs, npt.NDArray[np.float64]]:
    starts = np.concatenate([[0], np.cumsum(definers.counts)])
    telling = definers.counts[mentions.names] <= _MOST_DEFINERS
    source, wanted = mentions.owners[telling], mentions.names[telling]
    widths = definers.counts[wanted]
    offsets = np.arange(int(widths.sum())) - np.repeat(np.cumsum(widths) - widths, widths)
    target = definers.files[np.repeat(starts[wanted], widths) + offsets]
    sizes = [len(found) for found in imports]
    sources = np.concatenate([np.repeat(source, widths), np.repeat(np.arange(len(sizes)), sizes)])
    targets = np.concatenate([target, *imports]).astype(np.int64)
    weights = np.concatenate(
        [
            np.repeat(1.0 / np.maximum(widths, 1), widths),
            np.full(sum(sizes), _IMPORT_WEIGHT),
        ]
    )
    away = sources != targets
    return sources[away], targets[away], weights[away]
