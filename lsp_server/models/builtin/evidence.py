"""What speaks for and against a guess, as numbers that a confidence can be learned from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lsp_server.models.builtin.continuation import Rest, Step
from lsp_server.models.builtin.lexer import is_literal, is_word
from lsp_server.models.builtin.votes import SAME_DOCUMENT

NAMES = (
    "log share",
    "lowest share",
    "first share",
    "first rival",
    "end share",
    "first length",
    "shortest length",
    "mean length",
    "tokens",
    "first places",
    "fewest places",
    "in this document",
    "line start",
    "tokens on line",
    "letters begun",
    "words",
    "literals",
    "closers only",
    "words new here",
    "end length",
    "words on line again",
    "begun stands here",
)

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """The cursor's line: its text and tokens before the cursor, and the word that is begun.

    `tokens` are without the line's start and without the begun word; `begun_number` is the token
    that the begun word would be as it stands, or -1; `here` are those of the guess's tokens, and of
    it, that the document holds.
    """

    before: str
    tokens: Sequence[int]
    begun: str
    begun_number: int
    here: set[int]


def evidence(rest: Rest, texts: Sequence[str], line: Line) -> Vector:
    """Return the numbers of `NAMES` for the whole of `rest`; `texts` are the vocabulary's."""
    on_line, begun, here = line.tokens, line.begun, line.here
    steps = rest.steps
    end = rest.end or Step(0, space=False, share=0.01, length=0, places=0, near=0.0, rival=1.0)
    shares = np.array([s.share for s in steps] + [end.share])
    lengths = np.array([s.length for s in steps], np.float64)
    words = [texts[s.token] for s in steps]
    first = steps[0]
    return np.array(
        [
            np.log(shares).sum(),
            shares.min(),
            first.share,
            first.rival,
            end.share,
            np.log1p(first.length),
            np.log1p(lengths.min()),
            np.log1p(lengths.mean()),
            np.log(len(steps)),
            np.log1p(first.places),
            np.log1p(min(s.places for s in steps)),
            float(min(s.near for s in steps) >= SAME_DOCUMENT),
            float(not on_line and not begun),
            np.log1p(len(on_line)),
            np.log1p(len(begun)),
            np.log1p(sum(map(is_word, words))),
            float(any(map(is_literal, words))),
            float(not any(w[:1].isalnum() or is_literal(w) or is_word(w) for w in words)),
            np.log1p(sum(s.token not in here for s in steps)),
            np.log1p(end.length),
            float(sum(s.token in on_line and is_word(texts[s.token]) for s in steps)),
            float(line.begun_number in here),
        ]
    )
