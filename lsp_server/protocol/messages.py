"""Tandem's own messages, typed; docs/protocol.md describes them and is checked against this file.

Field names are written in camelCase on the wire, as in the rest of the protocol.
"""

from typing import TYPE_CHECKING, Any

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from lsprotocol import types
from pygls.protocol import default_converter

from lsp_server.protocol.hot import read_keys_faster

if TYPE_CHECKING:
    from collections.abc import Callable

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
    """Who answers now: names of models or of the built-in engine, and what the models do."""

    executor: str
    planner: str
    state: str
    detail: dict[str, Any] = attrs.field(factory=dict)
    notices: list[Notice] = attrs.field(factory=list)


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


@attrs.define
class AskRequest:
    """`tandem/ask`."""

    id: MessageId
    params: AskParams
    method: str = ASK
    jsonrpc: str = "2.0"


@attrs.define
class StatusNotification:
    """`tandem/status`."""

    params: StatusParams
    method: str = STATUS
    jsonrpc: str = "2.0"


@attrs.define
class QuestionNotification:
    """`tandem/question`."""

    params: QuestionParams
    method: str = QUESTION
    jsonrpc: str = "2.0"


@attrs.define
class DiagnosticsRequest:
    """`tandem/diagnostics`."""

    id: MessageId
    params: DiagnosticsParams
    method: str = DIAGNOSTICS
    jsonrpc: str = "2.0"


@attrs.define
class DiagnosticsResponse:
    """The response to `tandem/diagnostics`; null where the client does not know."""

    id: MessageId
    result: DiagnosticsResult | None = None
    jsonrpc: str = "2.0"


@attrs.define
class DefinitionsRequest:
    """`tandem/definitions`."""

    id: MessageId
    params: DefinitionsParams
    method: str = DEFINITIONS
    jsonrpc: str = "2.0"


@attrs.define
class DefinitionsResponse:
    """The response to `tandem/definitions`; null where nobody can be asked."""

    id: MessageId
    result: DefinitionsResult | None = None
    jsonrpc: str = "2.0"


@attrs.define
class TrustNotification:
    """`tandem/didChangeTrust`."""

    params: TrustParams
    method: str = TRUST
    jsonrpc: str = "2.0"


@attrs.define
class FocusNotification:
    """`textDocument/didFocus`."""

    params: FocusParams
    method: str = DID_FOCUS
    jsonrpc: str = "2.0"


@attrs.define
class ShownNotification:
    """`textDocument/didShowCompletion`."""

    params: ShownParams
    method: str = DID_SHOW
    jsonrpc: str = "2.0"


@attrs.define
class AcceptedPartlyNotification:
    """`textDocument/didPartiallyAcceptCompletion`."""

    params: AcceptedPartlyParams
    method: str = DID_ACCEPT_PARTLY
    jsonrpc: str = "2.0"


@attrs.define
class LooseRequest:
    """A request of an unknown method; its params stay plain JSON and may be absent."""

    id: MessageId
    method: str
    jsonrpc: str = "2.0"
    params: Any = None


@attrs.define
class LooseNotification:
    """A notification of an unknown method."""

    method: str
    jsonrpc: str = "2.0"
    params: Any = None


@attrs.define
class LooseResponse:
    """A response whose result may be anything."""

    id: MessageId
    jsonrpc: str = "2.0"
    result: Any = None


MESSAGE_TYPES: dict[str, type[Any]] = {
    ASK: AskRequest,
    STATUS: StatusNotification,
    QUESTION: QuestionNotification,
    DIAGNOSTICS: DiagnosticsRequest,
    DEFINITIONS: DefinitionsRequest,
    TRUST: TrustNotification,
    DID_FOCUS: FocusNotification,
    DID_SHOW: ShownNotification,
    DID_ACCEPT_PARTLY: AcceptedPartlyNotification,
}
RESULT_TYPES: dict[str, type[Any]] = {
    types.WORKSPACE_CONFIGURATION: LooseResponse,
    DIAGNOSTICS: DiagnosticsResponse,
    DEFINITIONS: DefinitionsResponse,
}
RECORDS = (
    *(Exchange, AskParams, AnswerPiece, AskResult, Notice, StatusParams, QuestionParams),
    *(DiagnosticsParams, DiagnosticsResult),
    *(DefinitionsParams, NamedDefinition, DefinitionsResult),
    *(TrustParams, FocusParams, ShownParams, AcceptedPartlyParams, ActionArguments),
    PullArguments,
)
_MESSAGES = (
    *(*MESSAGE_TYPES.values(), DiagnosticsResponse, DefinitionsResponse),
    *(LooseRequest, LooseNotification, LooseResponse),
)


def make_converter() -> Converter:
    """Return a converter that knows the protocol's messages and ours."""
    converter: Converter = default_converter()  # type: ignore[no-untyped-call]
    for record in RECORDS:
        _register(converter, record)
    # Before the messages, which take the hooks of their parts as they are then.
    _read_questions_as_text(converter)
    for message in _MESSAGES:
        _register(converter, message)
    converter.register_structure_hook(MessageId, _message_id)
    _read_ranges_faster(converter)
    read_keys_faster(converter)
    return converter


def _register(converter: Converter, record: type[Any]) -> None:
    names = _names(record)
    read: Callable[..., Any] = make_dict_structure_fn(record, converter, **names)
    write: Callable[..., Any] = make_dict_unstructure_fn(record, converter, **names)
    converter.register_structure_hook(record, read)
    converter.register_unstructure_hook(record, write)


def _names(record: type[Any]) -> dict[str, Any]:
    """Return how each field is written: in camelCase, and left out where null says nothing."""
    return {
        field.name: override(
            rename=camel_case(field.name),
            omit_if_default=record in RECORDS and field.default is None,
        )
        for field in attrs.fields(record)
    }


def camel_case(name: str) -> str:
    """Return `name` as it is written on the wire."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _read_ranges_faster(converter: Converter) -> None:
    """Read the two equal ends of an insertion once; a hundred of them come in one notification."""
    read_position = converter.get_structure_hook(types.Position)

    def read_range(value: Any, _type: Any) -> types.Range:
        start = read_position(value["start"], types.Position)
        if value["end"] == value["start"]:
            return types.Range(start, start)
        return types.Range(start, read_position(value["end"], types.Position))

    converter.register_structure_hook(types.Range, read_range)


def _read_questions_as_text(converter: Converter) -> None:
    """Refuse a question that is no text; the converter would make text of any value."""
    read = converter.get_structure_hook(AskParams)

    def read_ask(value: Any, _type: Any) -> AskParams:
        if not isinstance(value["question"], str):
            raise TypeError("a question is text")
        params: AskParams = read(value, AskParams)
        return params

    converter.register_structure_hook(AskParams, read_ask)


def _message_id(value: Any, _type: Any) -> MessageId:
    if not isinstance(value, int | str):
        raise TypeError("an id is a number or a string")
    return value
