"""What the features that answer and rewrite need of the rest; the composition root provides it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lsp_server.checks.environment import Surroundings
from lsp_server.common.blocks import Packed
from lsp_server.common.clock import Clock
from lsp_server.common.edits import TextEdit
from lsp_server.common.problems import Problem
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position, Span
from lsp_server.config.settings import Settings
from lsp_server.models.api import Models


class Named(Protocol):
    """A definition of a file."""

    @property
    def name(self) -> str:
        """The name without what contains it."""
        ...

    @property
    def span(self) -> Span:
        """From its first line to its last."""
        ...


class PacksContext(Protocol):
    """The context engine, as far as tasks and questions need it."""

    async def pack(self, place: Place, budget_tokens: int) -> Packed:
        """Return what a model should see of the repository for a task at `place`."""
        ...

    async def evidence(self, question: str, place: Place | None, tokens: int) -> Packed:
        """Return the map and the blocks that `question` touches, the most telling first."""
        ...

    async def overview(self, tokens: int) -> Packed:
        """Return what the evidence of `tokens` tokens begins with, whatever the question."""
        ...


class Workspace(Protocol):
    """The folders and documents that the user has open."""

    def root_of(self, path: Path) -> Path | None:
        """Return the workspace folder that holds `path`, or None."""
        ...

    def find(self, named: str) -> Path | None:
        """Return the file of the workspace that a relative path stands for, or None."""
        ...

    def latest(self, uri: str) -> Snapshot | None:
        """Return the open document as it is now, or None if it is not open."""
        ...


@dataclass(frozen=True, slots=True)
class Syntax:
    """What the index knows of a text by its syntax tree."""

    faults: Callable[[str, str], Sequence[Problem]]
    knows: Callable[[str], bool]
    enclosing: Callable[[Snapshot, Position], Named | None]


Repairs = Callable[[str, Sequence[Problem], str], Sequence[tuple[TextEdit, ...]]]


@dataclass(frozen=True, slots=True)
class Workshop:
    """All that a task on code works with.

    `settings` and `surroundings` are asked anew for each task, as both can change; `repairs` are
    the built-in engine's guesses at what ends a text's syntax errors.
    """

    models: Models
    context: PacksContext
    syntax: Syntax
    workspace: Workspace
    settings: Callable[[], Settings]
    surroundings: Callable[[], Surroundings]
    repairs: Repairs
    clock: Clock
