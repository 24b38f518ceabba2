"""What prompts cost: how many tokens are new to the server, and how long reading them takes."""

import logging
from dataclasses import dataclass, field

from lsp_server.models.api import Usage
from lsp_server.models.tokens.counter import CalibratedCounter, CountsTokens, ExactCounter

_log = logging.getLogger(__name__)
_NEWS = 0.3
_FEWEST_TO_MEASURE = 64
_FIRST_PREFILL, _FIRST_DECODE = 1000.0, 40.0
_DRIFT_TOKENS, _DRIFT_SHARE = 16, 0.02
_PAD = 256
_BEFORE_END, _AFTER_RESTORE = 4, 3


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a prompt should cost: tokens in all, tokens that the server still has, milliseconds."""

    tokens: int
    cached: int
    milliseconds: float

    @property
    def new(self) -> int:
        """Tokens that must be read."""
        return self.tokens - self.cached


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost: new ones of a prompt, cached ones, and those of answers."""

    new: float = 0.0
    cached: float = 0.0
    answer: float = 0.0


_FREE = Prices()
_MILLION = 1e6


@dataclass(slots=True)
class Account:
    """Sums over all requests of one model; `cost` in the currency of the prices.

    `predicted` and `measured` are the seconds that reading took.
    """

    requests: int = 0
    tokens: int = 0
    cached: int = 0
    answered: int = 0
    cost: float = 0.0
    predicted: float = 0.0
    measured: float = 0.0

    @property
    def share(self) -> float:
        """The share of prompt tokens that the server did not have to read, 0 to 1."""
        return self.cached / self.tokens if self.tokens else 0.0


@dataclass(frozen=True, slots=True)
class Memory:
    """How a server keeps what it has read: a sliding window's size, and the batch. Zero: none."""

    window: int = 0
    batch: int = 512


@dataclass(slots=True)
class Speeds:
    """Measured tokens a second, as averages in which news counts most."""

    prefill: float = _FIRST_PREFILL
    decode: float = _FIRST_DECODE
    measured: bool = False

    def milliseconds(self, tokens: int) -> float:
        """Return how long reading `tokens` new tokens takes."""
        return tokens * 1000 / self.prefill

    def learn(self, usage: Usage, new: int) -> None:
        """Take in what a call took; short ones tell nothing."""
        if new >= _FEWEST_TO_MEASURE and usage.prompt_seconds > 0:
            rate = new / usage.prompt_seconds
            share = _NEWS if self.measured else 1.0
            self.prefill += share * (rate - self.prefill)
            self.measured = True
        written = usage.answer_tokens or 0
        if written > 1 and usage.answer_seconds > 0:
            self.decode += _NEWS * (written / usage.answer_seconds - self.decode)


@dataclass
class Meter:
    """Counts, forecasts and measures for one model.

    `sent` is the text that the server has read last, with its count. Everything but the changed
    end of a prompt is counted once. `drift` is how many tokens the server counts for each of ours;
    it is 1 where the vocabulary is the server's own, and corrects every forecast.
    """

    count: CountsTokens
    memory: Memory = field(default_factory=Memory)
    speeds: Speeds = field(default_factory=Speeds)
    account: Account = field(default_factory=Account)
    drift: float = 1.0
    prices: Prices = _FREE
    _loads: int = 0
    _sent: str = ""
    _sent_tokens: int = 0

    @property
    def is_exact(self) -> bool:
        """Whether counts are those of the model's vocabulary."""
        return isinstance(self.count, ExactCounter)

    @property
    def is_free(self) -> bool:
        """Whether tokens cost nothing."""
        return self.prices == _FREE

    def forecast(self, text: str) -> Forecast:
        """Return what sending `text` should cost, and remember it as sent."""
        same = _common_length(self._sent, text)
        # Tokens do not end in the middle of a line, so the line of the difference counts as new.
        same = text.rfind("\n", 0, same) + 1 if same < len(text) else same
        dropped, added = self.count(self._sent[same:]), self.count(text[same:])
        shared = self._sent_tokens - dropped
        tokens = shared + added
        cached = self._surviving(shared) if self._sent else 0
        self._sent, self._sent_tokens = text, tokens
        return self._corrected(tokens, min(cached, max(tokens - 1, 0)))

    def cost(self, text: str) -> Forecast:
        """Return what sending `text` would cost, and forget it again."""
        before = self.mark()
        forecast = self.forecast(text)
        self._sent, self._sent_tokens = before
        return forecast

    def mark(self) -> tuple[str, int]:
        """Return what `unread` needs, taken before a forecast."""
        return self._sent, self._sent_tokens

    def unread(self, mark: tuple[str, int]) -> None:
        """Note that the server broke off before it had read what was sent since `mark`.

        What it surely has still is what both prompts begin with.
        """
        before, tokens = mark
        same = _common_length(before, self._sent)
        same = before.rfind("\n", 0, same) + 1 if same < len(before) else same
        self._sent, self._sent_tokens = before[:same], tokens - self.count(before[same:])

    def forget(self) -> None:
        """Note that the server has nothing of what it read: it was restarted."""
        self._sent, self._sent_tokens = "", 0

    def since_load(self, number: int) -> None:
        """Note which load of the model this is; what an earlier one had read is gone."""
        if number != self._loads:
            self._loads = number
            self.forget()

    def settle(self, forecast: Forecast, usage: Usage, text: str) -> None:
        """Compare a forecast with what the server says, learn from it, and log it."""
        told = usage.prompt_tokens
        cached = usage.cached_tokens if usage.cached_tokens is not None else forecast.cached
        if told is not None:
            self._learn_counts(forecast, told, text)
        tokens = told if told is not None else forecast.tokens
        cached = min(cached, tokens)
        self.speeds.learn(usage, tokens - cached)
        self._book(forecast, usage, tokens, cached)
        _log.info(
            "prompt: %d tokens, hit %.0f %%, %d new (predicted %d), %.0f ms (predicted %.0f)",
            tokens,
            100 * cached / max(tokens, 1),
            tokens - cached,
            forecast.new,
            usage.prompt_seconds * 1000,
            forecast.milliseconds,
        )

    def _book(self, forecast: Forecast, usage: Usage, tokens: int, cached: int) -> None:
        account, prices, answered = self.account, self.prices, usage.answer_tokens or 0
        account.requests += 1
        account.tokens += tokens
        account.cached += cached
        account.answered += answered
        account.predicted += forecast.milliseconds / 1000
        account.measured += usage.prompt_seconds
        paid = (tokens - cached) * prices.new + cached * prices.cached + answered * prices.answer
        account.cost += paid / _MILLION

    def _learn_counts(self, forecast: Forecast, told: int, text: str) -> None:
        if isinstance(self.count, CalibratedCounter):
            self.count.learn(len(text.encode("utf-8", "replace")), told)
            return
        off = told - forecast.tokens
        if abs(off) > max(_DRIFT_TOKENS, _DRIFT_SHARE * told):
            _log.warning("the server counts %d tokens, Tandem %d", told, forecast.tokens)
            rate = told / max(forecast.tokens, 1)
            # Servers up to 0.30.0 leave out what was cached: that is no drift.
            if rate > 1 - _NEWS:
                self.drift *= 1 + _NEWS * (rate - 1)

    def _corrected(self, tokens: int, cached: int) -> Forecast:
        """Return the forecast for our counts, as the server counts."""
        told, kept = round(tokens * self.drift), round(cached * self.drift)
        return Forecast(told, kept, self.speeds.milliseconds(told - kept))

    def _surviving(self, shared: int) -> int:
        """Return how many of the shared tokens the server can still use.

        Layers with a sliding window keep the last cells only; further back they start from a
        checkpoint, and such are made near the end of each prompt alone.
        """
        window, batch, sent = self.memory.window, self.memory.batch, self._sent_tokens
        if not window or shared >= sent:
            return shared
        cells = -(-(window + batch) // _PAD) * _PAD
        if sent - cells <= max(shared - window, 0):
            return shared
        marks = (sent - _BEFORE_END - batch, sent - _BEFORE_END)
        return max((mark + _AFTER_RESTORE for mark in marks if 0 < mark <= shared), default=0)


def _common_length(one: str, other: str) -> int:
    """Return how many characters two texts share from their start."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
