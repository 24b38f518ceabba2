"""What the code around a place says of its variables: their annotations and what they hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lsp_server.context.index.reading.definitions import TYPES
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.surroundings import NEAR, distances_of, text_around
from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.grammars import is_known, parser, query
from lsp_server.context.index.trees.parsing import parse

_MOST_KEPT = 64
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_SELF = frozenset({"self", "this", "cls", "Self", "$this"})


@dataclass(frozen=True, slots=True)
class Binding:
    """What is known of one variable or field: its type as written, or the expression it holds.

    `at` is the byte at which it stands in the text that was parsed.
    """

    type: str = ""
    value: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """The variables around a place by name, fields of the class around it as `self.name`.

    `nearest` tells how many characters away each was last seen, `enclosing` names the class
    around the place or is empty.
    """

    bindings: Mapping[str, tuple[Binding, ...]]
    nearest: Mapping[str, int]
    enclosing: str

    def is_self(self, name: str) -> bool:
        """Whether `name` means the object whose code this is."""
        return name in _SELF


def read_scope(row: FileRow, text: str, cursor: int) -> Scope:
    """Return what the definitions around `cursor` say of their variables."""
    part, here = text_around(row, text, cursor)
    bindings: dict[str, list[Binding]] = {}
    if is_known(row.language):
        for name, binding in _read(part, row.language):
            bindings.setdefault(name, []).append(binding)
    for known in bindings.values():
        # What was bound last holds; what is bound behind the place is likely another's.
        known.sort(key=lambda one: (one.at > here, abs(one.at - here)))
    names = {name.removeprefix("self.") for name in bindings} | _SELF
    return Scope(
        {name: tuple(found) for name, found in bindings.items()},
        _nearest(text, cursor, names),
        _enclosing(row, text, cursor),
    )


def prepare_language(language: str) -> None:
    """Load what reading a scope in a language needs."""
    if is_known(language):
        query(language, "bindings")
        parser(language)


# The cursor moves and files are turned back to while the definition around it stays as it is.
@lru_cache(maxsize=_MOST_KEPT)
def _read(part: str, language: str) -> Sequence[tuple[str, Binding]]:
    from tree_sitter import QueryCursor

    tree = parse(ByteLines.of_text(part), language)
    found = []
    for _, captures in QueryCursor(query(language, "bindings")).matches(tree.root_node):
        type_, value = _text(captures.get("type")), _text(captures.get("value"))
        nodes = [*captures.get("name", ()), *captures.get("member", ())]
        names = [_text([node]) for node in captures.get("name", ())]
        names += [f"self.{_text([node]).lstrip('@')}" for node in captures.get("member", ())]
        found += [
            (name, Binding(type_, value, node.start_byte))
            for name, node in zip(names, nodes, strict=True)
        ]
    return found


def _text(nodes: object) -> str:
    if not isinstance(nodes, list) or not nodes:
        return ""
    text: bytes = nodes[0].text or b""
    return text[:600].decode("utf-8", "replace")


def _nearest(text: str, cursor: int, names: set[str]) -> dict[str, int]:
    found = distances_of(_NAME, text, cursor, (NEAR, NEAR // 2))
    return {name: distance for name, distance in found.items() if name in names}


def _enclosing(row: FileRow, text: str, cursor: int) -> str:
    types = row.definitions.around(text.count("\n", 0, cursor), TYPES, margin=1)
    return types[-1].name if types else ""
