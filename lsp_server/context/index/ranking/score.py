"""One scored model: how likely the code at a place is to need a definition.

A logistic regression over the named features. Its weights lie in `weights.json`; docs/context.md
tells on what they were fitted and how they are fitted again.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np

from lsp_server.context.index.ranking.features import CROSSES, feature_names, plain_features
from lsp_server.context.index.ranking.tables import Floats, Ints, Tables
from lsp_server.context.index.ranking.view import View

_WEIGHTS = Path(__file__).with_name("weights.json")


@cache
def weights() -> tuple[Floats, Floats, float]:
    """Return the weights of the plain features, the matrix of those of pairs, and the bias.

    Raises ValueError if the file names other features than there are.
    """
    named: dict[str, float] = json.loads(_WEIGHTS.read_text("utf-8"))
    names = feature_names()
    if set(named) != {*names, "bias"}:
        raise ValueError("weights.json does not fit the features")
    plain = names[: len(names) - len(CROSSES)]
    pairs = np.zeros((len(plain), len(plain)), np.float32)
    for left, right in CROSSES:
        pairs[plain.index(left), plain.index(right)] = named[f"{left} & {right}"]
    return np.array([named[name] for name in plain], np.float32), pairs, named["bias"]


def worth(view: View, tables: Tables, chosen: Ints) -> Floats:
    """Return, for each definition of `chosen`, the probability that the code here needs it."""
    plain = plain_features(view, tables, chosen)
    single, pairs, bias = weights()
    total = plain @ single + bias
    # Row by row the pairs are x·P·x; only some rows of P hold anything.
    used = np.flatnonzero(pairs.any(axis=1))
    total += np.einsum("ij,ij->i", plain[:, used], plain @ pairs[used].T)
    result: Floats = (1 / (1 + np.exp(-np.clip(total, -30, 30)))).astype(np.float32)
    return result
