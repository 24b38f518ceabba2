"""The rest of a line, token by token, by votes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from lsp_server.models.builtin.lexer import LINE_OUT, LONG
from lsp_server.models.builtin.tokens import Ids
from lsp_server.models.builtin.votes import LONGEST, Source, Votes, advanced, votes_after

_LONGEST_REST = 40
_ENOUGH = 6
"""Shared tokens from which the places found so far are followed without looking for others."""


@dataclass(slots=True)
class Step:
    """One token of the rest, and the evidence for it."""

    token: int
    space: bool
    share: float
    length: int
    places: int
    near: float
    rival: float


@dataclass(slots=True)
class Rest:
    """Tokens up to the end of the line; `ends` tells whether the end itself was voted for."""

    steps: list[Step] = field(default_factory=list)
    end: Step | None = None


def rest_of_line(sources: Sequence[Source], context: Ids, votes: Votes | None = None) -> Rest:
    """Return the most voted continuation of `context` up to the end of the line.

    `votes` are those for the first token where the caller has them.
    """
    rest = Rest()
    votes = votes or votes_after(sources, context)
    while len(votes) and len(rest.steps) < _LONGEST_REST:
        step = _step(votes)
        if step.token <= LINE_OUT:
            rest.end = step
            return rest
        if step.token == LONG:
            return rest
        rest.steps.append(step)
        votes = advanced(votes, sources, step.token)
        if not len(votes) or votes.lengths.max() < _ENOUGH:
            written = [s.token for s in rest.steps]
            now = np.concatenate([context[-LONGEST:], np.array(written, np.int32)])
            votes = votes_after(sources, now)
    return rest


def votes_to_finish(
    sources: Sequence[Source], context: Ids, texts: Sequence[str], begun: str
) -> Votes | None:
    """Return the votes for longer words that begin with `begun`, after `context`.

    None where the word is more likely whole as it stands.
    """
    votes = votes_after(sources, context)
    fitting = [int(t) for t in np.unique(votes.tokens) if texts[t].startswith(begun)]
    votes = votes.only(np.isin(votes.tokens, fitting))
    if not len(votes) or texts[_step(votes).token] == begun:
        return None
    return votes.only(votes.tokens != _number(begun, fitting, texts))


def _number(begun: str, tokens: Sequence[int], texts: Sequence[str]) -> int:
    return next((token for token in tokens if texts[token] == begun), -1)


def _step(votes: Votes) -> Step:
    """Count the votes; all kinds of line starts are one: the line ends."""
    tokens = np.maximum(votes.tokens, LINE_OUT)
    values, member = np.unique(tokens, return_inverse=True)
    sums = np.bincount(member, votes.weights)
    best = int(sums.argmax())
    total = float(sums.sum())
    mine = votes.only(member == best)
    with_space = float(mine.weights[mine.spaces].sum())
    return Step(
        token=int(values[best]),
        space=with_space * 2 > float(sums[best]),
        share=float(sums[best]) / total,
        length=int(mine.lengths.max()),
        places=len(mine),
        near=float(mine.near.max()),
        rival=float(np.delete(sums, best).max(initial=0.0)) / total,
    )
