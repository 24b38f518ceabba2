"""Counts of tokens: exact by vocabulary, and by calibrated bytes where there is none."""

import math
import re
from collections.abc import Sequence
from typing import Protocol

from lsp_server.models.tokens.vocabulary import Vocabulary

_MOST_KEPT = 50_000
_FLOOR_BYTES, _CEILING_BYTES = 1.5, 8.0
_NEWS = 0.2
_FIRST_GUESS = 3.6
_MARGIN = 1.15

# Where text may be cut without changing a count. Patterns that end a piece at a line break allow
# it before every line that is not blank; the others only between two lines without blanks there.
_CUTS = {True: r"(?<=\n)(?=[ \t]*[^\s])", False: r"(?<=\S\n)(?=\S)"}


class CountsTokens(Protocol):
    """Anything that counts tokens."""

    def __call__(self, text: str) -> int:
        """Return how many tokens `text` has."""
        ...


class ExactCounter:
    """Counts by the model's own vocabulary; each of `marks` in a text is one token.

    Text is cut where a line break surely ends a token, and the counts of the parts are kept: after
    a change only the part that changed is looked at again. The sum is exact.
    """

    def __init__(self, vocabulary: Vocabulary, marks: Sequence[str] = ()) -> None:
        import tiktoken

        ranks = {token: rank for rank, token in enumerate(vocabulary.tokens)}
        pattern = vocabulary.cutting.pattern
        self._encoding = tiktoken.Encoding(
            "served", pat_str=pattern, mergeable_ranks=ranks, special_tokens={}
        )
        self._cuts = re.compile(_CUTS[vocabulary.cutting.breaks_before_indent])
        longest_first = sorted(marks, key=len, reverse=True)
        self._marks = re.compile("|".join(map(re.escape, longest_first))) if marks else None
        self._kept: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        """Return how many tokens `text` has."""
        kept = self._kept
        total = 0
        for part in self._cuts.split(text):
            count = kept.get(part)
            if count is None:
                count = self._count(part)
            total += count
        return total

    def _count(self, part: str) -> int:
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        # Lone surrogates have no UTF-8; the server gets U+FFFD in their place, and so do we.
        clean = part.encode("utf-8", "replace").decode()
        texts = self._marks.split(clean) if self._marks is not None else [clean]
        counts = [len(self._encoding.encode_ordinary(text)) for text in texts]
        count = self._kept[part] = sum(counts) + len(texts) - 1
        return count


class CalibratedCounter:
    """Counts by bytes, with a margin, at a rate that follows what the server counts."""

    def __init__(self) -> None:
        self.bytes_per_token = _FIRST_GUESS

    def __call__(self, text: str) -> int:
        """Return at least about as many tokens as `text` has."""
        size = len(text.encode("utf-8", "replace"))
        return math.ceil(size * _MARGIN / self.bytes_per_token)

    def learn(self, size: int, tokens: int) -> None:
        """Take in that a prompt of `size` bytes had `tokens` tokens by the server's count."""
        rate = size / tokens if tokens else 0.0
        # Old servers leave out what they had cached; no code has so many bytes a token.
        if _FLOOR_BYTES <= rate <= _CEILING_BYTES:
            self.bytes_per_token += _NEWS * (rate - self.bytes_per_token)


def counter_for(vocabulary: Vocabulary | None, marks: Sequence[str]) -> CountsTokens:
    """Return a counter by `vocabulary` and its marks, or by bytes where there is none."""
    return ExactCounter(vocabulary, marks) if vocabulary is not None else CalibratedCounter()
