"""The first exchange, before anything heavy is imported.

Importing the protocol's types takes longer than all that `initialize` needs. Answering it from
plain JSON lets the editor go on with its own start meanwhile.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from lsp_server.protocol.editor.capabilities import initialize_result
from lsp_server.protocol.editor.profile import ClientProfile, profile_of

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
INVALID_PARAMS = -32602
NOT_INITIALIZED = -32002


def error_body(message_id: Any, code: int, message: str) -> bytes:
    """Return the body of an error response."""
    return _body({"id": message_id, "error": {"code": code, "message": message}})


def read_object(body: bytes) -> dict[str, Any] | bytes:
    """Parse one message; bytes are the response to send because it is none."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return error_body(None, PARSE_ERROR, "The message is not JSON.")
    if not isinstance(data, dict):
        return error_body(None, INVALID_REQUEST, "A message must be one object.")
    if data.get("jsonrpc") != "2.0":
        return error_body(data.get("id"), INVALID_REQUEST, 'The message lacks "jsonrpc": "2.0".')
    return data


class Greeter:
    """Answers what comes until `initialize` was answered, then hands over its params."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        version: str,
        *,
        greeted: Callable[[Mapping[str, Any], ClientProfile], None],
        leave: Callable[[int], None],
    ) -> None:
        self._send = send
        self._version = version
        self._greeted = greeted
        self._leave = leave

    def receive(self, body: bytes) -> None:
        """Take one message."""
        data = read_object(body)
        if isinstance(data, bytes):
            self._send(data)
        elif data.get("method") == "exit":
            self._leave(1)
        elif "id" not in data or "method" not in data:
            return  # A notification before `initialize` is dropped (LSP 3.18, initialize).
        elif data["method"] != "initialize":
            self._send(error_body(data["id"], NOT_INITIALIZED, "Send initialize first."))
        elif not isinstance(data.get("params"), dict):
            self._send(error_body(data["id"], INVALID_PARAMS, "initialize needs an object."))
        else:
            self._greet(data["id"], data["params"])

    def _greet(self, message_id: Any, params: Mapping[str, Any]) -> None:
        profile = profile_of(params)
        result = initialize_result(profile, self._version, list_item=list_item_of(params))
        self._send(_body({"id": message_id, "result": result}))
        self._greeted(params, profile)


def list_item_of(params: Mapping[str, Any]) -> str:
    """Return the setting `completion.list_item` as far as `initialize` tells it."""
    completion = editor_values(params.get("initializationOptions")).get("completion")
    return str(completion.get("list_item")) if isinstance(completion, dict) else "auto"


def editor_values(options: Any) -> Mapping[str, Any]:
    """Return the settings among the initialization options.

    They stand under `settings`, or are the options themselves beside `trusted`.
    """
    if not isinstance(options, dict):
        return {}
    values = options.get("settings", options)
    if not isinstance(values, dict):
        return {}
    return {name: value for name, value in values.items() if name != "trusted"}


def _body(message: Mapping[str, Any]) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":")).encode()
