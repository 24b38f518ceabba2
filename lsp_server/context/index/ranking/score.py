"""One scored model: how likely the code at a place is to need a definition.

A conditional logit over the named features. Its weights lie in `weights.json`; docs/context.md
tells on what they were fitted and how they are fitted again.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.ranking.by_file import candidates
from lsp_server.context.index.ranking.features import Parts, in_play, parts_at
from lsp_server.context.index.ranking.labels import CROSSES, PLAIN_FEATURES, feature_names
from lsp_server.context.index.ranking.tables import Floats, Tables
from lsp_server.context.index.ranking.view import View

# The worth of a definition that nothing at the place points to, for each doubling of its users.
_BACKGROUND = 1e-5
_TEST_SHARE = np.float32(0.1)
# From that share on the non-zero values cost more to gather than all of them to multiply.
_DENSE = 0.3
# Below that share a column is gathered only where it is asked for.
_FEW = 0.05
_WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of the single features, of pairs by the first of the two, and the bias."""

    single: Floats
    pairs: tuple[tuple[int, tuple[tuple[int, float], ...]], ...]
    bias: float


@cache
def model() -> Model:
    """Return the fitted model. Raises ValueError if the file names other features than ours."""
    named: dict[str, float] = json.loads(_WEIGHTS.read_text("utf-8"))
    if set(named) != {*feature_names(), "bias"}:
        raise ValueError("weights.json does not fit the features")
    plain = PLAIN_FEATURES
    pairs: dict[int, list[tuple[int, float]]] = {}
    for left, right in CROSSES:
        weight = named[f"{left} & {right}"]
        if weight:
            pairs.setdefault(plain.index(left), []).append((plain.index(right), weight))
    return Model(
        np.array([named[name] for name in plain], np.float32),
        tuple((left, tuple(rights)) for left, rights in sorted(pairs.items())),
        named["bias"],
    )


def worth(view: View, tables: Tables) -> Floats:
    """Return, for each definition, the probability that the code here needs it.

    What may not be shown here is worth nothing.
    """
    parts = parts_at(view, tables)
    fits = candidates(view, tables)
    playing = np.flatnonzero(in_play(parts, tables) & fits)
    total = _Scoring(parts, tables, playing).total(model())
    result: Floats = _background(tables) * fits
    result[playing] = 1 / (1 + np.exp(-np.clip(total, -30, 30)))
    return result


def _background(tables: Tables) -> Floats:
    if "background" not in tables.kept:
        tables.kept["background"] = _general(tables)
    return tables.kept["background"]


def _general(tables: Tables) -> Floats:
    names = np.float32(_BACKGROUND) * tables.name_spread
    files = np.where(tables.file_test, _TEST_SHARE, np.float32(1))
    result: Floats = names.take(tables.places.names) * files.take(tables.places.files)
    return result


class _Scoring:
    """The features of some definitions, gathered column by column when they are asked for.

    Most features belong to the file, the name or the container: their single weights are summed
    there, once for all definitions that share it.
    """

    def __init__(self, parts: Parts, tables: Tables, chosen: npt.NDArray[np.intp]) -> None:
        self._tables = tables
        self._sources = parts.sources(tables, chosen)
        self._where = [
            (source, column)
            for source, (matrix, _) in enumerate(self._sources)
            for column in range(matrix.shape[1])
        ]
        self._columns: dict[int, Floats | None] = {}
        self._count = len(chosen)

    def total(self, weights: Model) -> Floats:
        """Return the weighted sums."""
        total = np.full(self._count, weights.bias, np.float32)
        first = 0
        for matrix, numbers in self._sources:
            own = weights.single[first : first + matrix.shape[1]]
            sums = self._fixed_sums(own) if matrix is self._tables.fixed else matrix @ own
            total += sums.take(numbers, mode="clip")
            first += matrix.shape[1]
        for left, rights in weights.pairs:
            self._add_pairs(total, left, rights)
        return total

    def _fixed_sums(self, weights: Floats) -> Floats:
        kept = self._tables.kept
        if "fixed sums" not in kept:
            kept["fixed sums"] = self._tables.fixed @ weights
        return kept["fixed sums"]

    def _column(self, label: int) -> Floats | None:
        """Return a feature of all definitions, or None where it is zero for all."""
        if label not in self._columns:
            source, column = self._where[label]
            matrix, numbers = self._sources[source]
            values = matrix[:, column]
            # Clipping, numpy does not look for numbers that are out of bounds first.
            self._columns[label] = values.take(numbers, mode="clip") if values.any() else None
        return self._columns[label]

    def _part(self, label: int, at: npt.NDArray[np.intp]) -> Floats | None:
        """Return a feature of the definitions `at` some places: few need no whole column."""
        if label in self._columns or len(at) > _FEW * self._count:
            column = self._column(label)
            return column.take(at) if column is not None else None
        source, column_number = self._where[label]
        matrix, numbers = self._sources[source]
        return matrix[:, column_number].take(numbers.take(at), mode="clip")

    def _add_pairs(self, total: Floats, left: int, rights: tuple[tuple[int, float], ...]) -> None:
        """Add the products of the feature `left` with others, one weight for each other."""
        column = self._column(left)
        if column is None:
            return
        # Most features are zero for most definitions.
        having = np.flatnonzero(column)
        if len(having) > _DENSE * self._count:
            total += column * self._sum(rights, None)
        elif len(having):
            total[having] += column.take(having) * self._sum(rights, having)

    def _sum(
        self, labels: tuple[tuple[int, float], ...], at: npt.NDArray[np.intp] | None
    ) -> Floats:
        sums = np.zeros(self._count if at is None else len(at), np.float32)
        for label, weight in labels:
            column = self._column(label) if at is None else self._part(label, at)
            if column is not None:
                sums += np.float32(weight) * column
        return sums
