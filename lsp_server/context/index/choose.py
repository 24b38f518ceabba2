"""Choosing by worth per token: which definitions at which depth fit into a number of tokens."""

from dataclasses import dataclass

import numpy as np

from lsp_server.common.blocks import Depth
from lsp_server.context.index.ranking.tables import Floats, Ints, Tables

# What a reader gains beyond the signature, as shares of the signature's worth.
DOC_SHARE = 0.08
BODY_SHARE = 0.25
_HEADER_TOKENS = 9.0
_LEAST_WORTH = 2e-5
_LONGEST_BODY = 6000
# Below that no body is worth its tokens.
_BODIES_FROM = 20000


@dataclass(frozen=True, slots=True)
class Choice:
    """A definition, by its number in the tables, with the depth and the worth it was chosen at."""

    definition: int
    depth: Depth
    worth: float


def choose(tables: Tables, chosen: Ints, worths: Floats, room: float) -> list[Choice]:
    """Return the choices of the greatest worth per token that fit into `room` tokens.

    `worths` belongs to `chosen` item by item. The costs of file headings are spread over what is
    shown of a file; the caller counts the rendered text and leaves out what does not fit.
    """
    signature = tables.definition_tokens[chosen]
    doc = np.array([0.0], np.float32)
    definitions = (
        [tables.definitions[number] for number in chosen.tolist()] if room > _BODIES_FROM else None
    )
    densities = [worths / (signature + 2)]
    costs = [signature]
    if definitions is not None:
        doc = np.array([len(item.doc) / 4 for item in definitions], np.float32)
        body = np.array([max(item.end - item.start, 1) / 4 for item in definitions], np.float32)
        extra = np.maximum(body - signature - doc, 1)
        deep = np.where((doc > 0), worths * DOC_SHARE / (doc + 1), 0)
        bodies = np.where(extra < _LONGEST_BODY, worths * BODY_SHARE / extra, 0)
        densities += [
            np.minimum(deep, densities[0] * 0.99),
            np.minimum(bodies, densities[0] * 0.98),
        ]
        costs += [doc, extra]
    density = np.concatenate(densities)
    cost = np.concatenate(costs)
    order = np.argsort(-density, kind="stable")
    order = order[density[order] > 0]
    spent = np.cumsum(cost[order])
    order = order[: int(np.searchsorted(spent, room, side="right"))]
    count = len(chosen)
    depth = np.zeros(count, np.int8)
    item = order % count
    np.maximum.at(depth, item, (order // count + 1).astype(np.int8))
    first = order[order < count]
    return [
        Choice(int(chosen[number]), Depth(int(depth[number])), float(worths[number]))
        for number in first.tolist()
        if worths[number] > _LEAST_WORTH
    ]
