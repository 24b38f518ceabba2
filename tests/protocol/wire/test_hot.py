"""What is read and written by hand is what the generated converter reads and writes."""

from typing import Any

import pytest
from lsprotocol import types
from pygls.protocol import default_converter

from lsp_server.protocol.wire.converter import make_converter

AT = {"line": 3, "character": 7}
CHANGE = {"range": {"start": AT, "end": AT}, "text": "x"}
DOCUMENT = {"uri": "file:///a.py", "version": 2}
ASKED = {"textDocument": {"uri": "file:///a.py"}, "position": AT, "context": {"triggerKind": 2}}
SELECTED = {"range": {"start": AT, "end": AT}, "text": "y"}


def change(*changes: Any, **document: Any) -> dict[str, Any]:
    params = {"textDocument": {**DOCUMENT, **document}, "contentChanges": list(changes)}
    return {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params}


def asked(**values: Any) -> dict[str, Any]:
    message = {"jsonrpc": "2.0", "id": 5, "method": "textDocument/inlineCompletion"}
    return {**message, "params": {**ASKED, **values}}


CHANGES = [
    change(CHANGE),
    change(CHANGE, CHANGE),
    change(),
    change({**CHANGE, "rangeLength": 0}),
    change({"range": {"start": AT, "end": {"line": 4, "character": 0}}, "text": ""}),
    change({"text": "all"}),
    change({**CHANGE, "text": 5}),
    change({"range": {"start": {"line": "1", "character": 0}, "end": AT}, "text": ""}),
]
REQUESTS = [
    asked(),
    asked(workDoneToken="t"),
    asked(context={"triggerKind": 1, "selectedCompletionInfo": SELECTED}),
    {**asked(), "id": "five"},
]
WRONG = [
    change({"range": {"start": {"line": -1, "character": 0}}, "text": ""}),
    change(CHANGE, version="two"),
]
WRONG_REQUESTS = [
    asked(context={"triggerKind": 3}),
    asked(position={"line": 1}),
    asked(textDocument={}),
]


@pytest.mark.parametrize("message", CHANGES)
def test_changes_are_read_as_generated(message: dict[str, Any]) -> None:
    record = types.DidChangeTextDocumentNotification
    expected = default_converter().structure(message, record)  # type: ignore[no-untyped-call]
    assert make_converter().structure(message, record) == expected


@pytest.mark.parametrize("message", REQUESTS)
def test_requests_are_read_as_generated(message: dict[str, Any]) -> None:
    record = types.InlineCompletionRequest
    expected = default_converter().structure(message, record)  # type: ignore[no-untyped-call]
    assert make_converter().structure(message, record) == expected


@pytest.mark.parametrize(
    ("message", "record"),
    [
        *((message, types.DidChangeTextDocumentNotification) for message in WRONG),
        *((message, types.InlineCompletionRequest) for message in WRONG_REQUESTS),
    ],
)
def test_what_is_wrong_is_refused(message: dict[str, Any], record: type[Any]) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - converters raise anything
        make_converter().structure(message, record)


@pytest.mark.parametrize("text", ["x", types.StringValue("x$0")])
def test_suggestions_are_written_as_generated(text: str | types.StringValue) -> None:
    at = types.Position(3, 7)
    command = types.Command("Count", "tandem.accepted", arguments=["1"])
    items = [
        types.InlineCompletionItem(text),
        types.InlineCompletionItem(text, "f", types.Range(at, at), command),
    ]
    found = types.InlineCompletionList(items)
    expected = default_converter().unstructure(found)  # type: ignore[no-untyped-call]
    assert make_converter().unstructure(found) == expected
