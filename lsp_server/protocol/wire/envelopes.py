"""What our messages travel in: requests, notifications and responses, by method."""

from typing import Any

import attrs
from lsprotocol import types

from lsp_server.protocol.messages import (
    ASK,
    DEFINITIONS,
    DIAGNOSTICS,
    DID_ACCEPT_PARTLY,
    DID_FOCUS,
    DID_SHOW,
    QUESTION,
    STATUS,
    TRUST,
    AcceptedPartlyParams,
    AskParams,
    DefinitionsParams,
    DefinitionsResult,
    DiagnosticsParams,
    DiagnosticsResult,
    FocusParams,
    MessageId,
    QuestionParams,
    ShownParams,
    StatusParams,
    TrustParams,
)


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
