"""Choosing by worth per token: which definitions at which depth fit into a number of tokens."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.ranking.tables import Flags, Floats, Ints, Tables

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

    definitions: list[int]
    depths: list[int]
    worths: list[float]

    def part(self, start: int, end: int | None = None) -> "Choices":
        """Return the choices from `start` up to `end`."""
        return Choices(self.definitions[start:end], self.depths[start:end], self.worths[start:end])


def choose(tables: Tables, chosen: Ints, worths: Floats, room: float) -> Choices:
    """Return the choices of the greatest worth per token that fit into `room` tokens.

    `worths` belongs to `chosen` item by item. The costs of file headings are spread over what is
    shown of a file; the caller counts the rendered text and leaves out what does not fit.
    """
    signature = tables.definition_tokens[chosen]
    densities = [worths / (signature + 2)]
    costs = [signature]
    if room > BODIES_FROM or float(signature.sum()) < room:
        doc = tables.definition_doc_tokens[chosen]
        extra = np.maximum(tables.definition_body_tokens[chosen] - signature - doc, 1)
        docs = np.where(doc > 0, worths * DOC_SHARE / (doc + 1), 0)
        bodies = np.where(extra < _LONGEST_BODY, worths * BODY_SHARE / extra, 0)
        densities += [
            np.minimum(docs, densities[0] * 0.99),
            np.minimum(bodies, densities[0] * 0.98),
        ]
        costs += [doc, extra]
    density = np.concatenate(densities)
    cost = np.concatenate(costs)
    order = _densest(density, room)
    order = order[density[order] > 0]
    spent = np.cumsum(cost[order])
    order = order[: int(np.searchsorted(spent, room, side="right"))]
    count = len(chosen)
    depth = np.zeros(count, np.int8)
    item = order % count
    np.maximum.at(depth, item, (order // count + 1).astype(np.int8))
    first = order[order < count]
    return Choices(chosen[first].tolist(), depth[first].tolist(), worths[first].tolist())


def _densest(density: Floats, room: float) -> npt.NDArray[np.int64]:
    """Return the places of the greatest densities, the greatest first: no more than can fit."""
    most = int(room / _LEAST_TOKENS) + 1
    if most >= len(density):
        return np.argsort(-density, kind="stable")
    # Sorting all of a large repository takes longer than everything else here.
    best = np.sort(np.argpartition(-density, most)[:most])
    return best[np.argsort(-density[best], kind="stable")]


def shown_of(tables: Tables, chosen: Ints, shown: Mapping[str, frozenset[str]]) -> Flags:
    """Return which of `chosen` are shown already: `shown` has unique names by path."""
    marks = np.zeros(len(tables.definitions), np.bool_)
    files = ((tables.file_of.get(path, -1), names) for path, names in shown.items())
    marks[tables.by_file.numbers_of((file, names) for file, names in files if file >= 0)] = True
    result: Flags = marks[chosen]
    return result
