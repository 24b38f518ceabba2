"""What followed the same context elsewhere, and how much each such place counts.

A place counts by the length of the context that it shares with the cursor (a power of it: a long
match is worth many short ones, as in the nested cache models of Hellendoorn and Devanbu, FSE 2017)
and by how near it is: this document, another open one, the same folder, the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lsp_server.models.builtin.block import Block
from lsp_server.models.builtin.tokens import Ids, Spaces

LONGEST = 24
SAME_DOCUMENT = 10.0
"""How much more a place in the document itself counts than one elsewhere."""

_BASE = 3.5
_MOST = 600
_WITHIN = 4
_PLENTY = 40

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Source:
    """A run of tokens in which to look; `block` is its index where it is too long to scan.

    `weights` belongs to the files that begin at `starts`.
    """

    ids: Ids
    spaces: Spaces
    starts: Ints
    weights: Floats
    block: Block | None = None


@dataclass(frozen=True, slots=True)
class Votes:
    """Places that share context with the cursor: what comes next there, and their weight.

    `sources` and `positions` say where they are, `lengths` how many tokens they share.
    """

    tokens: Ints
    spaces: npt.NDArray[np.bool_]
    weights: Floats
    lengths: Ints
    near: Floats
    sources: Ints
    positions: Ints

    def __len__(self) -> int:
        return len(self.tokens)

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Votes":
        """Return the votes where `chosen` is true."""
        return Votes(
            self.tokens[chosen],
            self.spaces[chosen],
            self.weights[chosen],
            self.lengths[chosen],
            self.near[chosen],
            self.sources[chosen],
            self.positions[chosen],
        )


def votes_after(sources: Sequence[Source], context: Ids) -> Votes:
    """Return the votes of all places whose last token is the last of `context`."""
    parts = [_votes_in(number, source, context) for number, source in enumerate(sources)]
    votes = joined(parts)
    # What shares much less context than the best place weighs nothing beside it.
    if len(votes) and votes.lengths.max() > _WITHIN:
        votes = votes.only(votes.lengths >= votes.lengths.max() - _WITHIN)
    return votes


def joined(parts: Sequence[Votes]) -> Votes:
    """Return the votes of all `parts`."""
    return Votes(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("tokens", "spaces", "weights", "lengths", "near", "sources", "positions")
        )
    )


def advanced(votes: Votes, sources: Sequence[Source], token: int) -> Votes:
    """Return the votes one token on, of those places where `token` came."""
    kept = votes.only(votes.tokens == token)
    parts = []
    for number in np.unique(kept.sources):
        source = sources[number]
        of_source = kept.only(kept.sources == number)
        positions = of_source.positions + 1
        inside = positions < len(source.ids)
        of_source, positions = of_source.only(inside), positions[inside]
        parts.append(
            _votes_at(int(number), source, positions, of_source.lengths + 1, of_source.near)
        )
    return joined(parts) if parts else kept


def _votes_in(number: int, source: Source, context: Ids) -> Votes:
    positions = _positions(source, context)
    lengths = _shared(source.ids, positions, context)
    file = np.searchsorted(source.starts, positions, side="right") - 1
    near = source.weights[file]
    alive = near > 0
    return _votes_at(number, source, positions[alive], lengths[alive], near[alive])


def _votes_at(number: int, source: Source, at: Ints, lengths: Ints, near: Floats) -> Votes:
    weights = near * _BASE ** np.minimum(lengths, 14)
    tokens = source.ids[at].astype(np.int64)
    return Votes(
        tokens, source.spaces[at], weights, lengths, near, np.full(len(at), number, np.int64), at
    )


def _positions(source: Source, context: Ids) -> Ints:
    """Return the positions after the longest of three, two or one last tokens that has any."""
    if not len(source.ids) or not len(context):
        return np.empty(0, np.int64)
    if source.block is None:
        found = np.flatnonzero(source.ids[:-1] == context[-1]) + 1
        return found if len(found) <= 4 * _MOST else found[:: len(found) // (2 * _MOST)]
    parts: list[Ints] = []
    for order in (3, 2, 1):
        last = [int(token) for token in context[-order:]]
        if len(last) == order:
            parts.append(source.block.following(last, _MOST))
            if len(parts[-1]) >= _PLENTY:
                break
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))


def _shared(ids: Ids, positions: Ints, context: Ids) -> Ints:
    """Return how many tokens before each position are the last ones of `context`."""
    lengths = np.zeros(len(positions), np.int64)
    live = np.arange(len(positions))
    for back in range(1, min(LONGEST, len(context)) + 1):
        at = positions[live] - back
        live = live[(at >= 0) & (ids[at] == context[-back])]
        if not len(live):
            break
        lengths[live] += 1
    return lengths
