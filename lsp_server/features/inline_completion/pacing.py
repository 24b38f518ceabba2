"""When to ask the model: after a wait that follows the user's rhythm and the model's speed."""

from collections import deque
from dataclasses import dataclass, field

_RECENT = 24
_PAUSE = 1.5
"""Seconds without a key after which the rhythm is not measured: the user was reading."""

_LONGEST = 0.25
_SMOOTH = 0.3
_LINE_TOKENS = 12
_BLOCK_TOKENS = 3 * _LINE_TOKENS
_LEAST_TOKENS = 24
_LOADING = 5.0
_FEWEST_CHARACTERS = 12
_CHARACTERS_A_TOKEN = 3.5


@dataclass
class Rhythm:
    """Seconds between the user's keys, of late."""

    gaps: deque[float] = field(default_factory=lambda: deque(maxlen=_RECENT))
    last: float | None = None

    def key(self, now: float) -> None:
        """Take note of a key."""
        if self.last is not None and 0 < now - self.last < _PAUSE:
            self.gaps.append(now - self.last)
        self.last = now

    @property
    def gap(self) -> float:
        """The usual time between two keys: the median, 0.2 s before any is known."""
        return sorted(self.gaps)[len(self.gaps) // 2] if self.gaps else 0.2


@dataclass
class Speed:
    """How fast the model answers, as measured: smoothed seconds and tokens a second."""

    first_token: float | None = None
    decode: float | None = None

    def measured(self, first_token: float, characters: int, seconds: float) -> None:
        """Take in one call: when its first text came, and how much came in the seconds after.

        A call that waited for the model to load says nothing about the next one.
        """
        if first_token > _LOADING:
            return
        self.first_token = _smoothed(self.first_token, first_token)
        if seconds > 0 and characters >= _FEWEST_CHARACTERS:
            rate = characters / _CHARACTERS_A_TOKEN / seconds
            self.decode = _smoothed(self.decode, rate)

    def first_line(self) -> float | None:
        """Return the seconds after which a first line is likely there; None if nothing is known."""
        if self.first_token is None:
            return None
        return self.first_token + (_LINE_TOKENS / self.decode if self.decode else 0.0)

    def affords_block(self, deadline: float) -> bool:
        """Whether three lines are likely there within twice the deadline."""
        if self.first_token is None:
            return True
        lines = _BLOCK_TOKENS / self.decode if self.decode else 0.0
        return self.first_token + lines <= 2 * deadline

    def tokens_within(self, seconds: float, most: int) -> int:
        """Return how many tokens to ask for so that they come within `seconds`."""
        if self.decode is None:
            return most
        return max(_LEAST_TOKENS, min(most, int(seconds * self.decode)))


def _smoothed(old: float | None, new: float) -> float:
    return new if old is None else old + _SMOOTH * (new - old)


def wait_seconds(rhythm: Rhythm, speed: Speed, line_before: str) -> float:
    """Return how long to wait for the next key before asking.

    Zero at the start of a line. Elsewhere half as long again as the user's usual gap, less after
    a sign than inside a word, less the time that the model takes anyway: a request that a key
    supersedes within its time to first token has cost little.
    """
    if not line_before.strip():
        return 0.0
    share = 1.5 if line_before[-1].isalnum() or line_before[-1] == "_" else 0.75
    wait = rhythm.gap * share - (speed.first_token or 0.0)
    return min(max(wait, 0.0), _LONGEST)
