"""Choosing by worth per token: which definitions at which depth fit into a number of tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lsp_server.common.blocks import Depth
from lsp_server.context.index.ranking.tables import Floats, Ints, Tables

Places = npt.NDArray[np.int64]

# What a reader gains beyond the signature, as shares of the signature's worth.
DOC_SHARE = 0.004
BODY_SHARE = 0.003
# What the line with the name tells, as a share of what a signature of several lines tells.
NAME_SHARE = 0.5
# Below so many tokens more than the name a signature is shown at once.
_LONG = 8
_LEAST_TOKENS = 3.0
_LONGEST_BODY = 6000
# Below that no body is worth its tokens, unless all signatures are in.
BODIES_FROM = 20000


@dataclass(frozen=True, slots=True)
class Choices:
    """Definitions by their numbers in the tables, with depth and worth, the densest first."""

    definitions: Ints
    depths: npt.NDArray[np.int8]
    worths: Floats

    @classmethod
    def none(cls) -> "Choices":
        """Return no choices."""
        return cls(np.zeros(0, np.int32), np.zeros(0, np.int8), np.zeros(0, np.float32))

    def equals(self, other: "Choices") -> bool:
        """Whether the same definitions are shown at the same depths, in the same order."""
        same = np.array_equal(self.definitions, other.definitions)
        return same and np.array_equal(self.depths, other.depths)

    def without_bodies(self) -> "Choices":
        """Return the same with docs at most: for what is shown beside the text itself."""
        depths = np.minimum(self.depths, Depth.DOCUMENTED).astype(np.int8)
        return Choices(self.definitions, depths, self.worths)

    def part(self, start: int, end: int | None = None) -> "Choices":
        """Return the choices from `start` up to `end`."""
        return Choices(self.definitions[start:end], self.depths[start:end], self.worths[start:end])


def choose(tables: Tables, worths: Floats, room: float) -> Choices:
    """Return the choices of the greatest worth per token that fit into `room` tokens.

    `worths` has one item a definition; what is worth nothing is not chosen. The costs of file
    headings are spread over what is shown of a file; the caller counts the rendered text and leaves
    out what does not fit.
    """
    signature, names = tables.definition_tokens, tables.definition_name_tokens
    fit = float(signature @ (worths > 0)) < room
    costs = signature if fit else names
    # Docs and bodies are less dense than their signatures, and take room besides: what has no
    # place among the shortest has none among all.
    order = np.sort(_filling(worths / (costs + 2), costs, room)).astype(np.int32)
    parts = [*_headers(tables, order, worths[order])]
    if fit or room > BODIES_FROM:
        parts += _docs_and_bodies(tables, order, worths[order], parts[0].density)
    return _at_depths(order, worths[order], parts, room)


class _Part(NamedTuple):
    """What can be shown of each definition beside the parts before: how dense, at which cost.

    `depth` is the one at which a definition is shown that has this part.
    """

    density: Floats
    cost: Floats
    depth: npt.NDArray[np.int8]


def _headers(tables: Tables, chosen: Ints, worths: Floats) -> tuple[_Part, _Part]:
    """Return the least that is shown, and what a long signature has beyond the name."""
    name, signature = tables.definition_name_tokens[chosen], tables.definition_tokens[chosen]
    # A short signature is shown at once.
    long = signature - name >= _LONG
    least = np.where(long, NAME_SHARE * worths / (name + 2), worths / (signature + 2))
    rest = (1 - NAME_SHARE) * worths / np.maximum(signature - name, 1)
    more = np.where(long, np.minimum(rest, least * 0.995), 0)
    return (
        _Part(least, np.where(long, name, signature), np.where(long, 0, 1).astype(np.int8)),
        _Part(more, np.where(long, signature - name, 0), np.full(len(chosen), 1, np.int8)),
    )


def _docs_and_bodies(
    tables: Tables, chosen: Ints, worths: Floats, least: Floats
) -> tuple[_Part, _Part]:
    """Return the docs and the bodies, each less dense than the `least` that is shown."""
    doc = tables.definition_doc_tokens[chosen]
    signature, body = tables.definition_tokens[chosen], tables.definition_body_tokens[chosen]
    extra = np.maximum(body - signature - doc, 1)
    docs = np.where(doc > 0, worths * DOC_SHARE / (doc + 1), 0)
    bodies = np.where(extra < _LONGEST_BODY, worths * BODY_SHARE / extra, 0)
    return (
        _Part(np.minimum(docs, least * 0.99), doc, np.full(len(chosen), 2, np.int8)),
        _Part(np.minimum(bodies, least * 0.98), extra, np.full(len(chosen), 3, np.int8)),
    )


def _at_depths(chosen: Ints, worths: Floats, parts: Sequence[_Part], room: float) -> Choices:
    density, cost, depths = map(np.concatenate, zip(*parts, strict=True))
    order, count = _filling(density, cost, room), len(chosen)
    depth = np.zeros(count, np.int8)
    np.maximum.at(depth, order % count, depths[order])
    first = order[order < count]
    return Choices(chosen[first], depth[first], worths[first])


def _filling(density: Floats, cost: Floats, room: float) -> Places:
    """Return the places of the greatest densities, the greatest first, as many as fit."""
    order = _densest(density, room)
    order = order[density[order] > 0]
    spent = np.cumsum(cost[order])
    return order[: int(np.searchsorted(spent, room, side="right"))]


def _densest(density: Floats, room: float) -> Places:
    """Return the places of the greatest densities, the greatest first: no more than can fit."""
    most = int(room / _LEAST_TOKENS) + 1
    if most >= len(density):
        return np.argsort(-density, kind="stable")
    # Sorting all of a large repository takes longer than everything else here.
    best = np.sort(np.argpartition(-density, most)[:most])
    return best[np.argsort(-density[best], kind="stable")]


def shown_of(tables: Tables, shown: Mapping[str, str]) -> Ints:
    """Return the definitions that are shown: `shown` has unique names, one a line, by path."""
    files = ((tables.file_of.get(path, -1), names) for path, names in shown.items())
    return tables.by_file.numbers_of((file, names) for file, names in files if file >= 0)
