"""One scored model: how likely the code at a place is to need a definition.

A conditional logit over the named features. Its weights lie in `weights.json`; docs/context.md
tells on what they were fitted and how they are fitted again.
"""

import json
from collections.abc import Iterable
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

Places = npt.NDArray[np.intp]

# The worth of a definition that nothing at the place points to, for each doubling of its users.
_BACKGROUND = 1e-5
_TEST_SHARE = np.float32(0.1)
# From that share on the non-zero values cost more to gather than all of them to multiply.
_DENSE = 0.3
_NOWHERE: Places = np.zeros(0, np.intp)
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
    result: Floats = tables.once("background", lambda: _background(tables)) * fits
    result[playing] = 1 / (1 + np.exp(-np.clip(total, -30, 30)))
    return result


def _background(tables: Tables) -> Floats:
    names = np.float32(_BACKGROUND) * tables.name_spread
    files = np.where(tables.file_test, _TEST_SHARE, np.float32(1))
    result: Floats = names.take(tables.places.names) * files.take(tables.places.files)
    return result


class _Scoring:
    """The features of some definitions, gathered column by column when they are asked for.

    Most features belong to the file, the name or the container: their single weights are summed
    there, once for all definitions that share it.
    """

    def __init__(self, parts: Parts, tables: Tables, chosen: Places) -> None:
        self._tables = tables
        self._sources = parts.sources(tables, chosen)
        self._where = [
            (source, column)
            for source, (matrix, _) in enumerate(self._sources)
            for column in range(matrix.shape[1])
        ]
        self._columns: dict[int, Floats] = {}
        self._count = len(chosen)

    def total(self, weights: Model) -> Floats:
        """Return the weighted sums."""
        total = np.full(self._count, weights.bias, np.float32)
        first = 0
        for matrix, numbers in self._sources:
            own = weights.single[first : first + matrix.shape[1]]
            sums = self._fixed_sums(own) if matrix is self._tables.fixed else matrix @ own
            # Clipping, numpy does not look for numbers that are out of bounds first.
            total += sums.take(numbers, mode="clip")
            first += matrix.shape[1]
        for left, rights in weights.pairs:
            self._add_pairs(total, left, rights)
        return total

    def _fixed_sums(self, weights: Floats) -> Floats:
        fixed = self._tables.fixed
        return self._tables.once("fixed sums", lambda: fixed @ weights)

    def _add_pairs(self, total: Floats, left: int, rights: tuple[tuple[int, float], ...]) -> None:
        """Add the products of the feature `left` with others, one weight for each other."""
        at = self._having(left)
        if len(at) > _DENSE * self._count:
            total += self._column(left) * self._sum(rights)
        elif len(at):
            total[at] += self._sum_at([(left, 1.0)], at) * self._sum_at(rights, at)

    def _having(self, label: int) -> Places:
        """Return the places of the definitions for which a feature is not zero: mostly few."""
        source, column = self._where[label]
        matrix, numbers = self._sources[source]
        # Flags are gathered and searched several times as fast as the values themselves.
        flags = matrix[:, column] != 0
        return np.flatnonzero(flags.take(numbers, mode="clip")) if flags.any() else _NOWHERE

    def _column(self, label: int) -> Floats:
        """Return a feature of all definitions."""
        if label not in self._columns:
            source, column = self._where[label]
            matrix, numbers = self._sources[source]
            self._columns[label] = matrix[:, column].take(numbers, mode="clip")
        return self._columns[label]

    def _sum(self, labels: Iterable[tuple[int, float]]) -> Floats:
        """Return the weighted sum of some features of all definitions."""
        sums = np.zeros(self._count, np.float32)
        for label, weight in labels:
            sums += np.float32(weight) * self._column(label)
        return sums

    def _sum_at(self, labels: Iterable[tuple[int, float]], at: Places) -> Floats:
        """Return the weighted sum of some features of the definitions `at` some places."""
        sums = np.zeros(len(at), np.float32)
        rows: dict[int, Places] = {}
        for label, weight in labels:
            source, column = self._where[label]
            matrix, numbers = self._sources[source]
            if source not in rows:
                rows[source] = numbers.take(at)
            sums += np.float32(weight) * matrix[:, column].take(rows[source], mode="clip")
        return sums
