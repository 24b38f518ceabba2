"""The private names of pygls that the edge overrides or reads; a new pygls may lack them.

Each test fails loudly and names what must be looked at before the version is raised.
"""

import inspect
from importlib.metadata import version

import pytest
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from lsp_server.protocol.wire.base import TandemProtocol, TandemServer

OVERRIDDEN = [
    "_execute_handler",
    "_get_handler",
    "_handle_cancel_notification",
    "_handle_notification",
    "_handle_request",
    "_handle_response",
    "_register_builtin_features",
    "_send_data",
    "_send_handler_result",
    "_send_response",
    "get_message_type",
    "get_result_type",
    "handle_message",
    "structure_message",
]


def test_the_version_is_the_one_that_was_read() -> None:
    assert version("pygls") == "2.1.1"


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_pygls_still_has_the_method(name: str) -> None:
    theirs = getattr(LanguageServerProtocol, name)
    ours = getattr(TandemProtocol, name)
    theirs = getattr(theirs, "__wrapped__", theirs)
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)


def test_every_override_is_in_the_list() -> None:
    inherited = {name for name in vars(TandemProtocol) if hasattr(LanguageServerProtocol, name)}
    dunder = {name for name in inherited if name.startswith("__")}
    assert inherited - dunder <= set(OVERRIDDEN)


@pytest.mark.parametrize(
    "name", ["_converter", "_ctx_msg_id", "_request_futures", "_result_types", "_shutdown", "fm"]
)
def test_pygls_still_has_the_field(name: str) -> None:
    protocol = LanguageServer("x", "1").protocol
    assert type(protocol) is LanguageServerProtocol
    assert hasattr(protocol, name)


def test_a_server_still_takes_our_protocol_and_reports_errors_by_one_method() -> None:
    server = TandemServer()
    assert type(server.protocol) is TandemProtocol
    assert callable(LanguageServer.report_server_error)


def test_features_are_still_kept_by_method() -> None:
    server = LanguageServer("x", "1")
    server.feature("x/y")(lambda params: params)
    assert "x/y" in server.protocol.fm.features
    assert "x/y" not in server.protocol.fm.builtin_features
