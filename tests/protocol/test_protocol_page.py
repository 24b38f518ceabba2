"""docs/protocol.md against the code."""

import types as python_types
import typing
from pathlib import Path
from typing import Any, Union

import attrs

from lsp_server.protocol import messages
from lsp_server.protocol.editor.capabilities import ACTION_KINDS, ANSWER_SCHEME, COMMANDS
from lsp_server.protocol.messages import RECORDS, camel_case
from lsp_server.protocol.wire.envelopes import MESSAGE_TYPES

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"
NAMES: dict[Any, str] = {
    str: "string",
    int: "number",
    bool: "boolean",
    Any: "unknown",
    type(None): "null",
}


def shown(hint: Any) -> str:
    """Return a Python type as TypeScript writes it."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, python_types.UnionType):
        return " | ".join(map(shown, inner))
    if origin is list:
        return f"{shown(inner[0])}[]"
    if origin is dict:
        return f"Record<{shown(inner[0])}, {shown(inner[1])}>"
    return NAMES.get(hint) or str(hint.__name__)


def interface(record: type[Any]) -> str:
    """Return a record as a TypeScript interface."""
    hints = typing.get_type_hints(record, vars(messages))
    fields = [
        f"  {camel_case(field.name)}{'' if field.default is attrs.NOTHING else '?'}: "
        f"{shown(hints[field.name])};"
        for field in attrs.fields(record)
    ]
    return "\n".join([f"interface {record.__name__} {{", *fields, "}"])


def test_the_page_has_every_type_as_the_code_has_it() -> None:
    block = "```ts\n" + "\n\n".join(map(interface, RECORDS)) + "\n```\n"
    page = PAGE.read_text(encoding="utf-8")
    assert page.endswith(f"## Types\n\n{block}"), f"The page should end with:\n\n{block}"


def test_the_page_has_every_method_command_and_kind() -> None:
    page = PAGE.read_text(encoding="utf-8")
    missing = [
        name
        for name in (*MESSAGE_TYPES, *COMMANDS, *ACTION_KINDS, ANSWER_SCHEME)
        if f"`{name}" not in page
    ]
    assert missing == []
