"""What features take and give, in the user's terms; the edge converts to and from LSP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lsp_server.common.edits import FileEdit
from lsp_server.common.problems import Problem
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Span

BUILT_IN = "built-in engine"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Text offered at a place. `span` lies on the cursor's line and ends at or after the cursor.

    `text` begins with what `span` holds before the cursor. `engine` is a model's name or
    `BUILT_IN`.
    """

    span: Span
    text: str
    engine: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a code action was asked for: the document, the selection and what is wrong there.

    `shown` is what the editor shows in the whole document, where it tells.
    """

    snapshot: Snapshot
    span: Span
    problems: tuple[Problem, ...] = ()
    invoked: bool = True
    shown: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A code action that can be chosen. `arguments` (JSON values) rebuild it without any state.

    `problem` is the one of the scene that it is about, if it is not about all of them.
    """

    action: str
    title: str
    kind: str
    arguments: Mapping[str, Any]
    preferred: bool = False
    problem: Problem | None = None


class Verdict(StrEnum):
    """What the checks say of an edit."""

    PROVEN = "proven"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Proof:
    """Why an edit is offered: problems before and after by the checks that ran.

    `failing` of those after are failed tests. `hidden` are counted in neither: they were there
    before, and broken syntax kept the checks from seeing them.
    """

    verdict: Verdict
    checks: tuple[str, ...]
    before: int
    after: int
    rounds: int
    engine: str
    sentence: str
    failing: int = 0
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class EditOutcome:
    """A task that ended in an edit, to be applied only if every version still stands."""

    label: str
    files: tuple[FileEdit, ...]
    proof: Proof


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """A task whose result is an answer to be streamed: put `question` to the ask feature."""

    question: "Question"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A task that ended with nothing to apply: one sentence and what to do about it.

    `problems` are those that it was to take away, from the top of the document down.
    """

    sentence: str
    advice: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A task that ended in more than one edit, the best first; the user chooses one or none."""

    outcomes: tuple[EditOutcome, ...]


TaskOutcome = EditOutcome | AnswerOutcome | Refusal | Choice


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that was asked before, and the answer that it got."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the code; `place` and `selection` tell where it was asked, if anywhere.

    `history` is what was asked and answered before in the same conversation, oldest first.
    """

    text: str
    place: Place | None = None
    selection: Span | None = None
    history: tuple[Exchange, ...] = ()


class PartKind(StrEnum):
    """What a part of an answer is: shown folded, shown as the answer, or shown as a remark."""

    THINKING = "thinking"
    TEXT = "text"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A piece of a streamed answer, in Markdown."""

    kind: PartKind
    text: str


@dataclass(frozen=True, slots=True)
class ModelNotice:
    """Something about the models that the user should know.

    `missing` names a model that can be pulled to set it right; empty where there is none.
    `key` is the same for notices that repeat each other.
    """

    key: str
    sentence: str
    advice: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """Who answers at the moment: names of models, or of the built-in engine.

    `executor_in_memory` says that the executor need not be loaded before it answers a key.
    """

    executor: str
    planner: str
    state: str = "ready"
    detail: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[ModelNotice, ...] = ()
    executor_in_memory: bool = False
