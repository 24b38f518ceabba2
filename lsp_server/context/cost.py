"""What reading tokens again costs, and what it must bring to pay."""

from dataclasses import dataclass
from typing import Protocol


class ReadCost(Protocol):
    """The model layer's knowledge of how fast a prompt is read."""

    def milliseconds(self, tokens: int) -> float:
        """Return how long reading `tokens` new tokens of a prompt takes."""
        ...


@dataclass(frozen=True, slots=True)
class SteadyReading:
    """Reading at one rate, in tokens a second: the guess before anything was measured."""

    tokens_per_second: float = 1000.0

    def milliseconds(self, tokens: int) -> float:
        """Return how long reading `tokens` new tokens of a prompt takes."""
        return tokens * 1000 / self.tokens_per_second


# How long a user would rather wait once than have a model guess at one definition it needs.
PATIENCE_MILLISECONDS = 6000.0
_PROBE_TOKENS = 1000
# What a change to another file may read again, in tokens and in time, where the last one is closed.
_MOST_CLOSED = 10_000
_CLOSED_MS = 10_000.0


def tokens_per_need(cost: ReadCost) -> int:
    """Return how many tokens may be read again to show one more needed definition."""
    return _read_in(PATIENCE_MILLISECONDS, cost)


def free_tokens(budget: int) -> int:
    """Return how many tokens a change of file may always read again.

    Small prompts are read again as a whole; of large ones a fresh end suffices.
    """
    return min(budget, max(2000, min(5000, int(0.4 * budget)), budget // 20))


def closed_tokens(budget: int, cost: ReadCost) -> int:
    """Return the same where the log was fetched for a file that is closed: more may go.

    No more than is read in some seconds: on a slow machine the rest stays until it pays.
    """
    return min(max(free_tokens(budget), min(budget, _MOST_CLOSED)), _read_in(_CLOSED_MS, cost))


def _read_in(milliseconds: float, cost: ReadCost) -> int:
    return int(milliseconds / max(cost.milliseconds(_PROBE_TOKENS), 1e-6) * _PROBE_TOKENS)


# A user who comes back from a pause waits no longer than this for what is still being read.
_MOST_IDLE_MILLISECONDS = 5000.0
_LEAST_FOREIGN = 0.25


def pays_when_idle(cost: ReadCost, budget: int, foreign: int) -> bool:
    """Whether to read `budget` tokens again while nobody waits, `foreign` of them for others."""
    return foreign > _LEAST_FOREIGN * budget and cost.milliseconds(budget) < _MOST_IDLE_MILLISECONDS
