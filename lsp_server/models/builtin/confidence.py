"""How likely a guess is exactly right, learned from real commits.

Two logistic regressions over `evidence.NAMES`, one for guesses of the whole rest of a line and one
for a next word. `scripts/bench calibrate` fits them to commits of repositories other than those
on which the engine is reported (docs/built-in-engine.md) and writes `confidence.json`.
"""

import json
from functools import cache
from importlib import resources

import numpy as np

from lsp_server.models.builtin.engine import Guess
from lsp_server.models.builtin.evidence import NAMES, Vector

WHOLE, PART = "whole", "part"


def confidence(guess: Guess) -> float:
    """Return the probability, 0 to 1, that all of the guess is what the user goes on to type."""
    bias, weights = _learned()[WHOLE if guess.whole else PART]
    return float(1 / (1 + np.exp(-(bias + weights @ guess.evidence))))


@cache
def _learned() -> dict[str, tuple[float, Vector]]:
    """Return bias and weights of each kind; raises ValueError if they are of other evidence."""
    text = resources.files("lsp_server.models.builtin").joinpath("confidence.json").read_text()
    data = json.loads(text)
    if data["names"] != list(NAMES):
        raise ValueError("confidence.json was learned from other evidence: calibrate anew")
    return {kind: (data[kind][0], np.array(data[kind][1:])) for kind in (WHOLE, PART)}
