"""pygls, made to answer every request exactly once and to fail in small ways only.

The private names of pygls that are overridden or read here are pinned, one test each, in
tests/protocol/test_pygls_names.py.
"""

import asyncio
import inspect
import json
import logging
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from cattrs import Converter
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcMethodNotFound,
    JsonRpcRequestCancelled,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from lsp_server.common.errors import TandemError
from lsp_server.protocol.wire.converter import make_converter
from lsp_server.protocol.wire.envelopes import (
    MESSAGE_TYPES,
    RESULT_TYPES,
    LooseNotification,
    LooseRequest,
    LooseResponse,
)
from lsp_server.protocol.wire.greeting import INVALID_REQUEST, error_body, read_object

if TYPE_CHECKING:
    from lsp_server.protocol.wire.transport import Wire

_log = logging.getLogger(__name__)
# LSP 3.18: a request that failed although nothing was wrong with it or with the server.
_REQUEST_FAILED = -32803
_INTERNAL = -32603

Params = Any
Handler = Callable[[Params], Any]


@dataclass(frozen=True, slots=True)
class _Done:
    """The end of a call that did not wait, as a future tells it; without a future's locks."""

    value: Any
    error: Exception | None = None

    def cancelled(self) -> bool:
        return False

    def exception(self) -> Exception | None:
        return self.error

    def result(self) -> Any:
        return self.value


class TandemProtocol(LanguageServerProtocol):
    """The messages of one client, from bytes to handlers and back."""

    def __init__(self, server: LanguageServer, converter: Converter) -> None:
        self._unanswered: set[int | str] = set()
        self._numbers = count()
        super().__init__(server, converter)
        self.wire: Wire | None = None
        self.on_shutdown: Callable[[], None] = _nothing
        self.on_exit: Callable[[int], None] = _ignore_code

    # Incoming

    def receive(self, body: bytes) -> None:
        """Take the bytes of one message; never raises."""
        data = read_object(body)
        if isinstance(data, bytes):
            self._send_bytes(data)
            return
        try:
            message = self.structure_message(data)
        except Exception as error:  # noqa: BLE001 - converters raise anything; the client must hear
            self._refuse(data, error)
        else:
            self.handle_message(message)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Return the typed message of `data`; raises what the converter raises."""
        method = data.get("method")
        if method is None:
            return self._structure_response(data)
        known = self.get_message_type(method)
        fallback = LooseRequest if "id" in data else LooseNotification
        return self._converter.structure(data, known or fallback)

    def handle_message(self, message: Any) -> None:
        """Give a typed message to its handler, in a context of its own."""
        run = copy_context().run
        method = getattr(message, "method", None)
        if method is None:
            error = getattr(message, "error", None)
            run(self._handle_response, message.id, getattr(message, "result", None), error)
        elif hasattr(message, "id"):
            run(self._handle_request, message.id, method, message.params)
        elif not self._shutdown or method == types.EXIT:
            run(self._handle_notification, method, message.params)

    # A plain function: the cached one of pygls keeps its object alive and is not faster.
    def get_message_type(self, method: str) -> type[Any] | None:  # type: ignore[override]
        """Return the type of a method's messages, or None for a method that nobody knows."""
        ours = MESSAGE_TYPES.get(method)
        return ours or types.METHOD_TO_TYPES.get(method, (None,))[0]

    def get_result_type(self, method: str) -> type[Any] | None:  # type: ignore[override]
        """Return the type of the responses to a method, or None."""
        ours = RESULT_TYPES.get(method)
        return ours or types.METHOD_TO_TYPES.get(method, (None, None))[1]

    def _structure_response(self, data: dict[str, Any]) -> Any:
        expected = self._result_types.pop(data.get("id", ""), None) or LooseResponse
        if "error" in data:
            expected = types.ResponseErrorMessage
        return self._converter.structure(data, expected)

    def _refuse(self, data: dict[str, Any], error: Exception) -> None:
        """Answer a message that does not fit its type, and log what did not fit."""
        message_id, method = data.get("id"), data.get("method")
        _log.error("A message does not fit %s: %s.", method or "its request", _kinds(error))
        if method is None:
            # Whoever waits for this response would wait for ever otherwise.
            self._fail_request(message_id, JsonRpcInternalError("The result does not fit."))
        elif isinstance(message_id, int | str):
            self._unanswered.add(message_id)
            fault = JsonRpcInvalidParams(f"The params do not fit {method}.")
            self._send_response(message_id, error=fault.to_response_error())
        elif "id" in data:
            self._send_bytes(error_body(None, INVALID_REQUEST, "An id is a number or a string."))

    def _handle_request(self, msg_id: int | str, method_name: str, params: Any) -> None:
        self._unanswered.add(msg_id)
        if self._shutdown or method_name == types.INITIALIZE:
            said = "The server was shut down." if self._shutdown else "Already initialized."
            self._send_response(msg_id, error=types.ResponseError(INVALID_REQUEST, said))
            return
        self._ctx_msg_id.set(msg_id)
        try:
            handler = self._get_handler(method_name)
        except JsonRpcMethodNotFound as error:
            self._send_response(msg_id, error=error.to_response_error())
            return
        answer = partial(self._send_handler_result, msg_id=msg_id)
        self._execute_handler(msg_id, handler, answer, (params,))

    def _handle_notification(self, method_name: str, params: Any) -> None:
        if method_name == types.CANCEL_REQUEST:
            self._handle_cancel_notification(params.id)
            return
        try:
            handler = self._get_handler(method_name)
        except JsonRpcMethodNotFound:
            _log.debug("Nobody handles the notification %s.", method_name)
            return
        key = f"notification {next(self._numbers)}"
        checked = partial(self._end_notification, key)
        self._execute_handler(key, handler, checked, (params,))

    def _execute_handler(
        self,
        msg_id: int | str,
        handler: Handler,
        callback: Callable[[Any], Any],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Call the handler now, so that it sees the documents as they were when it was asked.

        What it returns is the result, or an awaitable that is run as a task.
        """
        try:
            result = handler(*(args or ()), **(kwargs or {}))
        except Exception as error:  # noqa: BLE001 - reported by the callback
            callback(_Done(None, error))
            return
        if inspect.isawaitable(result):
            task: Any = asyncio.ensure_future(result)
            self._request_futures[msg_id] = task
            task.add_done_callback(callback)
            return
        callback(_Done(result))

    def _handle_cancel_notification(self, msg_id: int | str) -> None:
        if msg_id in self._unanswered:
            cancelled = JsonRpcRequestCancelled(f"Request {msg_id!r} was cancelled.")
            self._end_early(msg_id, error=cancelled.to_response_error())

    def _handle_response(
        self, msg_id: int | str, result: Any = None, error: types.ResponseError | None = None
    ) -> None:
        future = self._request_futures.get(msg_id)
        if future is None or isinstance(future, asyncio.Future):
            _log.info("Ignored a response that nobody waits for.")
            return
        del self._request_futures[msg_id]
        if future.done():
            return  # The task that asked was cancelled meanwhile.
        if error is not None:
            future.set_exception(JsonRpcException.from_error(error))
        else:
            future.set_result(result)

    def _fail_request(self, msg_id: Any, error: Exception) -> None:
        future = self._request_futures.pop(msg_id, None)
        if future is not None and not future.done():
            future.set_exception(error)

    # Outgoing

    def supersede(self, msg_id: int | str, result: Any) -> None:
        """Answer a running request now and cancel its work; nothing if it was answered."""
        if msg_id in self._unanswered:
            self._end_early(msg_id, result=result)

    @property
    def current_request(self) -> int | str | None:
        """The id of the request whose handler is being called."""
        return self._ctx_msg_id.get()

    def plain(self, record: Any) -> Any:
        """Return a typed value as plain JSON values."""
        return self._converter.unstructure(record)

    def typed(self, value: Any, record: type[Any]) -> Any:
        """Return plain JSON values as a typed value; raises what the converter raises."""
        return self._converter.structure(value, record)

    @property
    def was_shut_down(self) -> bool:
        """Whether the client has asked for `shutdown`."""
        return self._shutdown

    def _end_early(self, msg_id: int | str, **answer: Any) -> None:
        self._send_response(msg_id, **answer)
        if (future := self._request_futures.pop(msg_id, None)) is not None:
            future.cancel()

    def _send_handler_result(self, future: Any, *, msg_id: int | str) -> None:
        if self._request_futures.get(msg_id) is future:
            del self._request_futures[msg_id]
        if future.cancelled():
            error = JsonRpcRequestCancelled(f"Request {msg_id!r} was cancelled.")
            self._send_response(msg_id, error=error.to_response_error())
        elif (raised := future.exception()) is not None:
            self._send_response(msg_id, error=_response_error(raised))
        else:
            self._send_response(msg_id, result=future.result())

    def _end_notification(self, key: str, future: Any) -> None:
        self._request_futures.pop(key, None)
        if not future.cancelled() and (raised := future.exception()) is not None:
            _log.error("A notification could not be handled.", exc_info=raised)

    def _send_response(
        self, msg_id: int | str, result: Any = None, error: types.ResponseError | None = None
    ) -> None:
        """Answer a request; what comes after the first answer is dropped."""
        if msg_id not in self._unanswered:
            return
        self._unanswered.discard(msg_id)
        try:
            if error is not None:
                self._send_data(types.ResponseErrorMessage(id=msg_id, error=error))
            else:
                self._send_data(LooseResponse(id=msg_id, result=result))
        except (TypeError, ValueError, AttributeError):
            _log.exception("A result could not be written.")
            self._send_bytes(error_body(msg_id, _INTERNAL, "The result could not be written."))

    def _send_data(self, data: Any) -> None:
        text = json.dumps(self._converter.unstructure(data), separators=(",", ":"))
        self._send_bytes(text.encode())

    def _send_bytes(self, body: bytes) -> None:
        if self.wire is not None:
            self.wire.send(body)

    # What pygls handles by itself

    def _register_builtin_features(self) -> None:
        self.fm.add_builtin_feature(types.SHUTDOWN, self._shut_down)
        self.fm.add_builtin_feature(types.EXIT, self._exit)
        self.fm.add_builtin_feature(types.SET_TRACE, _ignore_params)

    def _shut_down(self, _params: Any) -> None:
        """Cancel what runs; everything but `exit` is refused from now on."""
        self._shutdown = True
        for future in list(self._request_futures.values()):
            future.cancel()
        self.on_shutdown()

    def _exit(self, _params: Any) -> None:
        """Leave with the code that the specification asks for."""
        self.on_exit(0 if self._shutdown else 1)


class TandemServer(LanguageServer):
    """The server's side of the conversation: typed requests and notifications to the client."""

    protocol: TandemProtocol

    def __init__(self) -> None:
        # The client has read our name and version in the greeting; pygls sends its own nowhere.
        super().__init__(
            "tandem-ls", "", protocol_cls=TandemProtocol, converter_factory=make_converter
        )

    def to_json(self, record: Any) -> Any:
        """Return one of our records as plain JSON values."""
        return self.protocol.plain(record)

    def from_json(self, value: Any, record: type[Any]) -> Any:
        """Return plain JSON values as one of our records; raises what the converter raises."""
        return self.protocol.typed(value, record)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Write to the log; a popup for each of our own faults helps nobody."""
        _log.error("%s", source.__name__, exc_info=error)


def _response_error(raised: BaseException) -> types.ResponseError:
    if isinstance(raised, JsonRpcException):
        return types.ResponseError(raised.code, raised.message)
    if isinstance(raised, TandemError):
        return types.ResponseError(_REQUEST_FAILED, str(raised))
    _log.error("A request could not be handled.", exc_info=raised)
    return types.ResponseError(_INTERNAL, "Tandem failed on this request; its log says why.")


def _kinds(error: BaseException) -> str:
    """Name the kinds of the errors within `error`; their messages could hold document text."""
    inner = getattr(error, "exceptions", ())
    return ", ".join(map(_kinds, inner)) if inner else type(error).__name__


def _nothing() -> None:
    """Do nothing."""


def _ignore_code(_code: int) -> None:
    """Stay."""


def _ignore_params(_params: Any) -> None:
    """Accept a notification that changes nothing here."""
