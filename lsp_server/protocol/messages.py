"""Tandem's own messages, typed; docs/protocol.md describes them and is checked against this file.

Field names are written in camelCase on the wire, as in the rest of the protocol.
"""

from typing import Any

import attrs
from lsprotocol import types

ASK = "tandem/ask"
STATUS = "tandem/status"
QUESTION = "tandem/question"
DIAGNOSTICS = "tandem/diagnostics"
DEFINITIONS = "tandem/definitions"
TRUST = "tandem/didChangeTrust"
# The names that clients of GitHub's completion server already send.
DID_FOCUS = "textDocument/didFocus"
DID_SHOW = "textDocument/didShowCompletion"
DID_ACCEPT_PARTLY = "textDocument/didPartiallyAcceptCompletion"

MessageId = int | str


@attrs.define
class Exchange:
    """A question that was asked before and the answer that it got."""

    question: str
    answer: str


@attrs.define
class AskParams:
    """A question. `position` and `range` are in the client's units of `text_document`.

    `history` holds what was asked and answered before in the same conversation, oldest first.
    """

    question: str
    history: list[Exchange] | None = None
    text_document: types.TextDocumentIdentifier | None = None
    position: types.Position | None = None
    range: types.Range | None = None
    partial_result_token: int | str | None = None
    work_done_token: int | str | None = None


@attrs.define
class AnswerPiece:
    """What a partial result holds: `kind` is thinking, text or note; `text` is Markdown."""

    kind: str
    text: str


@attrs.define
class AskResult:
    """The whole answer. All fields are Markdown."""

    answer: str
    thinking: str
    notes: str


@attrs.define
class Notice:
    """What the user should know; `missing` names a model that can be pulled to set it right."""

    key: str
    sentence: str
    advice: str = ""
    missing: str = ""


@attrs.define
class StatusParams:
    """Who answers now: names of models or of the built-in engine, and what the models do.

    `executor_in_memory` says that the executor need not be loaded before it answers a key.
    """

    executor: str
    planner: str
    state: str
    detail: dict[str, Any] = attrs.field(factory=dict)
    notices: list[Notice] = attrs.field(factory=list)
    executor_in_memory: bool = False


@attrs.define
class QuestionParams:
    """A question that the user chose as a code action, for the client to put by `tandem/ask`."""

    question: str
    text_document: types.TextDocumentIdentifier | None = None
    position: types.Position | None = None
    range: types.Range | None = None


@attrs.define
class DiagnosticsParams:
    """The document whose diagnostics the server asks for."""

    text_document: types.TextDocumentIdentifier


@attrs.define
class DiagnosticsResult:
    """What the client shows in the document, whoever found it, and for which version of it."""

    version: int
    diagnostics: list[types.Diagnostic]


@attrs.define
class DefinitionsParams:
    """The document, and where the names in it stand whose definitions the server asks for."""

    text_document: types.TextDocumentIdentifier
    positions: list[types.Position]


@attrs.define
class NamedDefinition:
    """A definition that another language server found: its name, its place and its first lines."""

    name: str
    uri: str
    range: types.Range
    text: str


@attrs.define
class DefinitionsResult:
    """What the client's other language servers say that the names mean, the most telling first."""

    definitions: list[NamedDefinition]


@attrs.define
class TrustParams:
    """Whether the user trusts the workspace."""

    trusted: bool


@attrs.define
class FocusParams:
    """The document that the user looks at now; none where it is no document."""

    text_document: types.TextDocumentIdentifier | None = None


@attrs.define
class ShownParams:
    """An inline completion item, as it was received, that the client has shown."""

    item: dict[str, Any]


@attrs.define
class AcceptedPartlyParams:
    """An item of which the user has taken `accepted_length` utf-16 units so far."""

    item: dict[str, Any]
    accepted_length: int


@attrs.define
class ActionArguments:
    """The one argument of the command `tandem.action`."""

    action: str
    text_document: types.TextDocumentIdentifier
    range: types.Range
    title: str | None = None
    version: int | None = None
    diagnostics: list[types.Diagnostic] | None = None
    arguments: dict[str, Any] | None = None


@attrs.define
class PullArguments:
    """The one argument of the command `tandem.pull`; no model means those that are missing."""

    model: str | None = None


RECORDS = (
    *(Exchange, AskParams, AnswerPiece, AskResult, Notice, StatusParams, QuestionParams),
    *(DiagnosticsParams, DiagnosticsResult),
    *(DefinitionsParams, NamedDefinition, DefinitionsResult),
    *(TrustParams, FocusParams, ShownParams, AcceptedPartlyParams, ActionArguments),
    PullArguments,
)


def camel_case(name: str) -> str:
    """Return `name` as it is written on the wire."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
