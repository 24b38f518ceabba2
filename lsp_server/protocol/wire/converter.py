"""The converter that knows the protocol's messages and ours."""

from typing import TYPE_CHECKING, Any

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from lsprotocol import types
from pygls.protocol import default_converter

from lsp_server.protocol.messages import RECORDS, AskParams, MessageId, camel_case
from lsp_server.protocol.wire.envelopes import (
    MESSAGE_TYPES,
    DefinitionsResponse,
    DiagnosticsResponse,
    LooseNotification,
    LooseRequest,
    LooseResponse,
)
from lsp_server.protocol.wire.hot import read_keys_faster

if TYPE_CHECKING:
    from collections.abc import Callable

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
