"""A small document, checks by script, and a user who types while a task runs on it."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lsp_server.checks.check import Check, Speed
from lsp_server.checks.subject import Subject
from lsp_server.common.problems import Problem
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import Position, Span
from lsp_server.edits.target import Target
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.fixing.loop import solve
from lsp_server.features.fixing.task import Task
from lsp_server.features.seams import Workshop
from lsp_server.features.values import EditOutcome, Refusal
from lsp_server.models.api import Role
from tests.clock import ManualClock
from tests.features.workshop import FolderWorkspace, Messages, workshop
from tests.models.scripted import Answers, ScriptedModel

CODE = "bad one\nfine\nfine\nbad two\n"
QUICK = r"bad \w+|wrong"
Before = Callable[[Subject], object]


def finder(name: str, pattern: str, speed: Speed, before: Before | None = None) -> Check:
    """A check that calls each match of `pattern` a problem, after it has waited for `before`."""

    async def look(subject: Subject, _folder: Path) -> list[Problem]:
        waited = before(subject) if before else None
        if asyncio.iscoroutine(waited):
            await waited
        return [
            Problem(name, "rule", f"found {match[0]}", Span(Position(n, 0), Position(n, 3)))
            for n, line in enumerate(subject.text.split("\n"))
            for match in re.finditer(pattern, line)
        ]

    return Check(name, look, speed)


def bad(line: int, word: str) -> Problem:
    """What a check named quick says of `bad word` in `line`."""
    return Problem("quick", "rule", f"found bad {word}", Span(Position(line, 0), Position(line, 3)))


def answer(text: str) -> str:
    """A model's answer that gives the whole text."""
    return f"```\n{text}```"


def instead(*texts: str) -> list[str]:
    """Answers that put one of `texts` each in the place of the first line."""
    return [answer(CODE.replace("bad one", text)) for text in texts]


@dataclass
class Desk:
    """A task on `CODE`, with the checks that a test wants."""

    root: Path
    checks: tuple[Check, ...]
    snapshot: Snapshot = field(init=False)
    workspace: FolderWorkspace = field(init=False)
    clock: ManualClock = field(default_factory=ManualClock)
    messages: Messages = field(default_factory=Messages)

    def __post_init__(self) -> None:
        self.snapshot = self.version(CODE, 1)
        self.workspace = FolderWorkspace(self.root)

    @property
    def bench(self) -> Bench:
        """The checks, on the document."""
        return Bench(Subject(self.root, self.root / "a.txt", CODE, "plaintext"), self.checks)

    @property
    def latest(self) -> Snapshot:
        """The document as it is now."""
        return self.workspace.latest(self.snapshot.uri) or self.snapshot

    @property
    def shop(self) -> Workshop:
        """A workshop that knows what was typed."""
        return workshop(self.root, workspace=self.workspace, clock=self.clock)

    def type(self, text: str) -> None:
        """Let the user make the document read `text`."""
        typed = self.version(text, (self.latest.version or 0) + 1)
        self.workspace.documents[typed.uri] = typed

    async def solve(
        self, answers: Answers, *problems: Problem, stays: bool = False
    ) -> tuple[EditOutcome | Refusal, ScriptedModel]:
        """Carry out a task on `problems` with a model that gives `answers`."""
        model = ScriptedModel(Role.EXECUTOR, answers)
        task = self.task(*problems, stays=stays)
        return await solve(task, model, self.shop, self.messages), model

    def task(self, *problems: Problem, stays: bool = False) -> Task:
        """A task on the whole document."""
        return Task("Fix", "fix it", Target.whole(self.snapshot), problems, stays=stays)

    def version(self, text: str, version: int) -> Snapshot:
        """The document with this text."""
        path = self.root / "a.txt"
        return Snapshot.of_text(text, language="plaintext", path=path, version=version)


DeskOf = Callable[..., Desk]


@pytest.fixture
def desk_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeskOf:
    """Return what makes a desk with the given checks."""

    def make(*checks: Check) -> Desk:
        desk = Desk(tmp_path, checks)
        monkeypatch.setattr(Bench, "of", lambda *_args, **_named: desk.bench)
        return desk

    return make
