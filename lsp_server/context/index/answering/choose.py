"""Choosing by worth per token: which definitions at which depth fit into a number of tokens."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.ranking.tables import Floats, Ints, Tables

Places = npt.NDArray[np.int64]

# What a reader gains beyond the signature, as shares of the signature's worth.
DOC_SHARE = 0.004
BODY_SHARE = 0.003
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

    def part(self, start: int, end: int | None = None) -> "Choices":
        """Return the choices from `start` up to `end`."""
        return Choices(self.definitions[start:end], self.depths[start:end], self.worths[start:end])


def choose(tables: Tables, worths: Floats, room: float) -> Choices:
    """Return the choices of the greatest worth per token that fit into `room` tokens.

    `worths` has one item a definition; what is worth nothing is not chosen. The costs of file
    headings are spread over what is shown of a file; the caller counts the rendered text and leaves
    out what does not fit.
    """
    signature = tables.definition_tokens
    order = _filling(worths / (signature + 2), signature, room).astype(np.int32)
    if room <= BODIES_FROM and float(signature @ (worths > 0)) >= room:
        return Choices(order, np.ones(len(order), np.int8), worths[order])
    # Docs and bodies are less dense than their signatures, and take room besides: what has no
    # place among signatures alone has none among all three.
    order = np.sort(order)
    return _with_bodies(tables, order, worths[order], room)


def _with_bodies(tables: Tables, chosen: Ints, worths: Floats, room: float) -> Choices:
    signature = tables.definition_tokens[chosen]
    density = worths / (signature + 2)
    doc = tables.definition_doc_tokens[chosen]
    extra = np.maximum(tables.definition_body_tokens[chosen] - signature - doc, 1)
    docs = np.where(doc > 0, worths * DOC_SHARE / (doc + 1), 0)
    bodies = np.where(extra < _LONGEST_BODY, worths * BODY_SHARE / extra, 0)
    densities = [density, np.minimum(docs, density * 0.99), np.minimum(bodies, density * 0.98)]
    order = _filling(np.concatenate(densities), np.concatenate([signature, doc, extra]), room)
    count = len(chosen)
    depth = np.zeros(count, np.int8)
    np.maximum.at(depth, order % count, (order // count + 1).astype(np.int8))
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
