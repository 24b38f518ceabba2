"""Pieces of context, as the context engine hands them to the features and they to the models."""

from dataclasses import dataclass
from enum import IntEnum

from lsp_server.common.text import Span


class Depth(IntEnum):
    """How much of a definition a block shows."""

    NAME = 0
    SIGNATURE = 1
    DOCUMENTED = 2
    BODY = 3


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of context with its source and its token count.

    `path` is relative to its workspace root, with forward slashes. `why` names, in the user's
    words, what made the block relevant ("imported by this file").
    """

    path: str
    span: Span
    text: str
    tokens: int
    depth: Depth
    why: str


@dataclass(frozen=True, slots=True)
class Packed:
    """What a model is shown of the repository, in the order in which it is shown.

    `map` changes only when the user is idle; `log` only grows at its end; `below` stands before
    `above`, so that typing is an append. `tokens` is the sum over all of it. `around` tells, for a
    question, what lies around the log's blocks: modules, and who uses what.
    """

    map: str
    log: tuple[Block, ...]
    below: str
    above: str
    tokens: int
    around: str = ""
