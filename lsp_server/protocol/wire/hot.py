"""The messages that every key brings, read and written by hand.

What lsprotocol generates goes through some twenty functions a message. Between two keys the
processor has forgotten them all, so that each costs ten times what it does in a loop.
"""

from collections.abc import Callable
from typing import Any

from cattrs import Converter
from lsprotocol import types

Read = Callable[[Any, Any], Any]


def read_keys_faster(converter: Converter) -> None:
    """Let `converter` read an insertion and a request for inline completion by hand.

    Whatever has another form, or is wrong, is read as before, and refused as before.
    """
    for record, by_hand in (
        (types.DidChangeTextDocumentNotification, _insertion),
        (types.InlineCompletionRequest, _inline_request),
    ):
        hook = _first(by_hand, converter.get_structure_hook(record))
        converter.register_structure_hook(record, hook)
    converter.register_unstructure_hook(types.InlineCompletionList, _inline_list(converter))


def _first(by_hand: Callable[[dict[str, Any]], Any], otherwise: Read) -> Read:
    def read(value: Any, record: Any) -> Any:
        try:
            found = by_hand(value)
        except (KeyError, TypeError, ValueError, AttributeError):
            found = None
        return found if found is not None else otherwise(value, record)

    return read


def _insertion(value: dict[str, Any]) -> types.DidChangeTextDocumentNotification | None:
    params = value["params"]
    document, changes = params["textDocument"], params["contentChanges"]
    if len(changes) != 1 or len(changes[0]) != len(("range", "text")):
        return None
    change = changes[0]
    at, start = change["range"], change["range"]["start"]
    if at["end"] != start:
        return None
    position = types.Position(start["line"], start["character"])
    span = types.Range(position, position)
    typed = types.TextDocumentContentChangePartial(span, change["text"])
    changed = types.VersionedTextDocumentIdentifier(document["version"], document["uri"])
    return types.DidChangeTextDocumentNotification(
        types.DidChangeTextDocumentParams(changed, (typed,))
    )


def _inline_request(value: dict[str, Any]) -> types.InlineCompletionRequest | None:
    params, number = value["params"], value["id"]
    context, at = params["context"], params["position"]
    plain = len(params) == len(("textDocument", "position", "context")) and len(context) == 1
    if not plain or not isinstance(number, int | str):
        return None
    return types.InlineCompletionRequest(
        number,
        types.InlineCompletionParams(
            types.InlineCompletionContext(
                types.InlineCompletionTriggerKind(context["triggerKind"])
            ),
            types.TextDocumentIdentifier(params["textDocument"]["uri"]),
            types.Position(at["line"], at["character"]),
        ),
    )


def _inline_list(converter: Converter) -> Callable[[types.InlineCompletionList], dict[str, Any]]:
    command_of = converter.get_unstructure_hook(types.Command)

    def write(found: types.InlineCompletionList) -> dict[str, Any]:
        return {"items": [item(one) for one in found.items]}

    def item(one: types.InlineCompletionItem) -> dict[str, Any]:
        written: dict[str, Any] = {"insertText": text_of(one.insert_text)}
        if one.filter_text is not None:
            written["filterText"] = one.filter_text
        if one.range is not None:
            start, end = position(one.range.start), position(one.range.end)
            written["range"] = {"start": start, "end": end}
        if one.command is not None:
            written["command"] = command_of(one.command)
        return written

    def text_of(text: str | types.StringValue) -> Any:
        return text if isinstance(text, str) else converter.unstructure(text)

    def position(at: types.Position) -> dict[str, int]:
        return {"line": at.line, "character": at.character}

    return write
