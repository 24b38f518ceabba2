"""One scored model: how likely the code at a place is to need a definition.

A logistic regression over the named features. Its weights lie in `weights.json`; docs/context.md
tells on what they were fitted and how they are fitted again.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np

from lsp_server.context.index.ranking.features import (
    CROSSES,
    feature_names,
    in_play,
    parts_at,
    plain_features,
)
from lsp_server.context.index.ranking.tables import Floats, Ints, Tables
from lsp_server.context.index.ranking.view import View

# The worth of a definition that nothing at the place points to, for each doubling of its users.
_BACKGROUND = 1e-5
# From that share on the non-zero values cost more to gather than all of them to multiply.
_DENSE = 0.3
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
    parts = parts_at(view, tables)
    playing = in_play(parts, tables, chosen)
    result = _BACKGROUND * np.log1p(tables.name_files[tables.definition_name[chosen]])
    result = result.astype(np.float32) * (
        1 - 0.9 * tables.file_test[tables.definition_file[chosen]]
    )
    plain = plain_features(parts, tables, chosen[playing])
    single, pairs, bias = weights()
    total = np.full(len(plain), bias, np.float32)
    for column in np.flatnonzero(plain.any(axis=0)).tolist():
        total += single[column] * plain[:, column]
    for left in np.flatnonzero(pairs.any(axis=1)).tolist():
        _add_pairs(total, plain, left, pairs[left])
    result[playing] = 1 / (1 + np.exp(-np.clip(total, -30, 30)))
    scores: Floats = result.astype(np.float32)
    return scores


def _add_pairs(total: Floats, plain: Floats, left: int, weights: Floats) -> None:
    """Add the products of the feature `left` with others, one weight for each other."""
    # Most features are zero for most definitions.
    having = np.flatnonzero(plain[:, left])
    if not len(having):
        return
    dense = len(having) > _DENSE * len(plain)
    products = np.zeros(len(plain) if dense else len(having), np.float32)
    for right in np.flatnonzero(weights).tolist():
        products += weights[right] * (plain[:, right] if dense else plain[:, right].take(having))
    if dense:
        total += plain[:, left] * products
    else:
        total[having] += plain[:, left].take(having) * products
