"""A conditional logit: weights that put what a hole needs before all else that it could be shown.

Each hole is asked which of its own candidates are needed (McFadden 1974), so that holes of large
repositories and of small ones do not have to agree on how likely anything is. A bias is found
afterwards, by which the chances of all candidates add up to what was needed.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_ROUNDS = 25
_LEAST_GAIN = 0.3
_LONGEST_STEP = 2.0
_LEAST_STEP = 1e-3
_HELD = 1.0
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """Candidates hole by hole.

    `features` has one row each, `weights` says how much a needed one counts and for how many a
    sampled other one stands; `holes` numbers the hole, in order.
    """

    features: Floats
    needed: npt.NDArray[np.bool_]
    weights: Floats
    holes: Ints


def fit(choice: Choice) -> Doubles:
    """Return the weights of the features, and the bias behind them."""
    scale = choice.features.std(0) + 1e-6
    problem = _Problem(choice, (choice.features / scale).astype(np.float32))
    values = np.zeros(choice.features.shape[1])
    loss = problem.loss(values)
    for _ in range(_ROUNDS):
        step = problem.step(values)
        step *= min(1.0, _LONGEST_STEP / float(np.abs(step).max()))
        # Far from the best weights a whole step may lead away from them.
        while (after := problem.loss(values - step)) > loss and np.abs(step).max() > _LEAST_STEP:
            step /= 2
        values, gain, loss = values - step, loss - after, after
        if gain < _LEAST_GAIN:
            break
    values /= scale
    return np.append(values, _bias(choice, values))


class _Problem:
    def __init__(self, choice: Choice, scaled: Floats) -> None:
        self._scaled = scaled
        self._holes = choice.holes
        self._first = np.flatnonzero(np.diff(choice.holes, prepend=-1))
        self._counted: Floats = np.where(choice.needed, choice.weights, 0).astype(np.float32)
        self._wanted = np.add.reduceat(self._counted, self._first)
        # One that stands for many takes part as often; a needed one once, however much it counts.
        self._often: Doubles = np.where(
            choice.needed, 0.0, np.log(np.maximum(choice.weights, 1e-9))
        ).astype(np.float64)

    def _shares(self, values: Doubles) -> tuple[Floats, Doubles, Doubles]:
        """Return the scores, each candidate's share of its hole, and the holes' normalisers."""
        scores: Floats = self._scaled @ values.astype(np.float32)
        total = scores + self._often
        most = np.maximum.reduceat(total, self._first)
        powers = np.exp(total - most[self._holes])
        sums = np.add.reduceat(powers, self._first)
        return scores, powers / sums[self._holes], np.log(sums) + most

    def loss(self, values: Doubles) -> float:
        """Return the surprise at what was needed, and the weights' squares."""
        scores, _, normalisers = self._shares(values)
        surprise = (self._wanted * normalisers).sum() - (self._counted * scores).sum()
        return float(surprise + _HELD * (values @ values) / 2)

    def step(self, values: Doubles) -> Doubles:
        """Return Newton's step."""
        _, shares, _ = self._shares(values)
        expected = (shares * self._wanted[self._holes]).astype(np.float32)
        slope = self._scaled.T @ (expected - self._counted) + _HELD * values
        means = np.add.reduceat(self._scaled * shares[:, None].astype(np.float32), self._first)
        curve = (self._scaled * expected[:, None]).T @ self._scaled
        curve = curve - (means * self._wanted[:, None]).T @ means + np.eye(len(values)) * _HELD
        result: Doubles = np.linalg.solve(curve.astype(np.float64), slope)
        return result


def _bias(choice: Choice, values: Doubles) -> float:
    scores = choice.features @ values.astype(np.float32)
    needed = float(choice.weights[choice.needed].sum())
    low, high = -60.0, 60.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        chances = 1 / (1 + np.exp(-np.clip(scores + middle, -60, 60)))
        if float((chances * choice.weights).sum(dtype=np.float64)) < needed:
            low = middle
        else:
            high = middle
    return (low + high) / 2
