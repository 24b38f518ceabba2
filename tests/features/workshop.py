"""A workshop over a folder: real checks and syntax, scripted models, context that is given."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lsp_server.checks.environment import Surroundings
from lsp_server.common.blocks import Packed
from lsp_server.common.clock import Clock
from lsp_server.common.edits import TextEdit, apply_edits
from lsp_server.common.problems import Problem
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position, Span, body, split_lines
from lsp_server.config.settings import Settings
from lsp_server.context.index import syntax
from lsp_server.features.seams import Syntax, Workshop
from lsp_server.features.values import EditOutcome
from lsp_server.models.api import Models
from tests.checks.support import STATE
from tests.clock import ManualClock
from tests.models.scripted import ScriptedModels

# Few tools, and pytest without our plugins, which take longer to load than the tests to run.
VARIABLES = {**os.environ, "PATH": "/usr/bin:/bin", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
EMPTY = Packed("", (), "", "", 0)


@dataclass
class GivenContext:
    """Context that is the same for every task; `asked` keeps the questions."""

    packed: Packed = EMPTY
    asked: list[str] = field(default_factory=list)

    async def pack(self, place: Place, budget_tokens: int) -> Packed:
        return self.packed

    async def evidence(self, question: str, place: Place | None, tokens: int) -> Packed:
        self.asked.append(question)
        return self.packed

    async def overview(self, tokens: int) -> Packed:
        return Packed(self.packed.map, (), "", "", 0)


@dataclass
class FolderWorkspace:
    """One folder, and the documents that are open in it."""

    root: Path
    documents: dict[str, Snapshot] = field(default_factory=dict)

    def root_of(self, path: Path) -> Path | None:
        return self.root if path.is_relative_to(self.root) else None

    def find(self, named: str) -> Path | None:
        path = (self.root / named).resolve()
        return path if path.is_relative_to(self.root.resolve()) and path.is_file() else None

    def latest(self, uri: str) -> Snapshot | None:
        return self.documents.get(uri)


@dataclass
class Messages:
    """Progress that keeps what was said."""

    said: list[str] = field(default_factory=list)

    def report(self, message: str, percent: int | None = None) -> None:
        self.said.append(message)


def line_end_repairs(
    text: str, faults: Sequence[Problem], language: str
) -> list[tuple[TextEdit, ...]]:
    """Guess that a sign is missing at the end of a line."""
    return [
        (TextEdit(Span(Position(n, len(body(line))), Position(n, len(body(line)))), sign),)
        for n, line in enumerate(split_lines(text))
        for sign in (":", ")", '"')
    ]


def workshop(
    root: Path,
    models: Models | None = None,
    *,
    context: GivenContext | None = None,
    workspace: FolderWorkspace | None = None,
    settings: Settings | None = None,
    clock: Clock | None = None,
) -> Workshop:
    """Return a trusted workshop over `root`; without `models` no model is ready."""
    current = settings or Settings()
    return Workshop(
        models=models or ScriptedModels(),
        context=context or GivenContext(),
        syntax=Syntax(syntax.faults, syntax.is_known, syntax.enclosing_definition),
        workspace=workspace or FolderWorkspace(root),
        settings=lambda: current,
        surroundings=lambda: Surroundings(VARIABLES, STATE, trusted=True),
        repairs=line_end_repairs,
        clock=clock or ManualClock(),
    )


def result_of(outcome: object, snapshot: Snapshot) -> str:
    """Return the text that an outcome makes of `snapshot`."""
    assert isinstance(outcome, EditOutcome), outcome
    (file,) = outcome.files
    assert file.version == snapshot.version
    return apply_edits(snapshot.lines, file.edits)


def give_pytest(root: Path) -> None:
    """Put our own pytest into the environment of the project at `root`."""
    folder = root / ".venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "pytest").symlink_to(Path(sys.executable).parent / "pytest")
