"""What inline completion needs of the rest of Tandem."""

from collections.abc import Sequence
from typing import Protocol

from lsp_server.common.blocks import Packed
from lsp_server.common.problems import Problem
from lsp_server.common.snapshot import Place


class Packs(Protocol):
    """The context engine. While its `revision` stays, a place is packed as it was before."""

    @property
    def revision(self) -> int:
        """Which state of the context this is."""
        ...

    async def pack(self, place: Place, budget_tokens: int) -> Packed:
        """Return at most `budget_tokens` of context for `place`."""
        ...

    async def repack(self, place: Place, budget_tokens: int) -> None:
        """Fill the context anew for `place`, if that pays while nobody waits."""
        ...


class Continues(Protocol):
    """A continuation with the probability that it is right."""

    @property
    def text(self) -> str:
        """What goes on at the cursor."""
        ...


class OffersWithoutModel(Protocol):
    """The built-in engine."""

    def complete(self, place: Place, least: float) -> Continues | None:
        """Return a continuation of confidence `least` or more, or None."""
        ...


class Measures(Protocol):
    """Where generated text ends."""

    def complete_length(self, above: str, generated: str, below: str, language: str) -> int:
        """Return how many characters of `generated` belong at the cursor."""
        ...


class Syntax(Measures, Protocol):
    """What is asked about syntax; a module with these functions will do."""

    def live_tree(self) -> Measures:
        """Return the tree of one document, which parses only what came since it was asked last."""
        ...

    def faults(self, text: str, language: str) -> Sequence[Problem]:
        """Return the syntax errors of `text`."""
        ...


class Keeps(Protocol):
    """The cache on disk."""

    def get(self, key: str) -> bytes | None:
        """Return what is kept under `key`."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Keep `value`."""
        ...
