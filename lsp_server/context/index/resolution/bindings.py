"""What the code around a place says of its variables: their annotations and what they hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lsp_server.context.index.reading.definitions import TYPES
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.grammars import is_known, query
from lsp_server.context.index.trees.parsing import parse

# So much of the text around a place is parsed, as whole outermost definitions.
_MOST_CHARACTERS = 60_000
_NEAR = 6_000
_MOST_KEPT = 64
_SELF = frozenset({"self", "this", "cls", "Self", "$this"})


@dataclass(frozen=True, slots=True)
class Binding:
    """What is known of one variable or field: its type as written, or the expression it holds."""

    type: str = ""
    value: str = ""


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
    start, end = _around(row, text, cursor)
    part = text[start:end]
    bindings: dict[str, list[Binding]] = {}
    if is_known(row.language):
        for name, binding in _read(part, row.language):
            bindings.setdefault(name, []).append(binding)
    names = {name.removeprefix("self.") for name in bindings} | _SELF
    return Scope(
        {name: tuple(found) for name, found in bindings.items()},
        _nearest(text, cursor, names),
        _enclosing(row, text, cursor),
    )


def _around(row: FileRow, text: str, cursor: int) -> tuple[int, int]:
    """Return the code points of the outermost definition around `cursor`, or of what is near."""
    line = text.count("\n", 0, cursor)
    holds = [
        item.span
        for item in row.definitions
        if item.parent < 0 and item.span.start.line <= line <= item.span.end.line + 1
    ]
    start, end = max(0, cursor - _NEAR), min(len(text), cursor + _NEAR)
    if holds:
        starts = [0, *(match.end() for match in re.finditer("\n", text)), len(text)]
        last = min(max(span.end.line for span in holds) + 1, len(starts) - 1)
        start = min(start, starts[min(last, *(span.start.line for span in holds))])
        end = max(end, starts[last])
    start = max(start, cursor - _MOST_CHARACTERS // 2)
    return text.rfind("\n", 0, start) + 1, min(end, cursor + _MOST_CHARACTERS // 2)


# The cursor moves and files are turned back to while the definition around it stays as it is.
@lru_cache(maxsize=_MOST_KEPT)
def _read(part: str, language: str) -> Sequence[tuple[str, Binding]]:
    from tree_sitter import QueryCursor

    tree = parse(ByteLines.of_text(part), language)
    found = []
    for _, captures in QueryCursor(query(language, "bindings")).matches(tree.root_node):
        type_, value = _text(captures.get("type")), _text(captures.get("value"))
        names = [_text([node]) for node in captures.get("name", ())]
        names += [f"self.{_text([node]).lstrip('@')}" for node in captures.get("member", ())]
        found += [(name, Binding(type_, value)) for name in names]
    return found


def _text(nodes: object) -> str:
    if not isinstance(nodes, list) or not nodes:
        return ""
    text: bytes = nodes[0].text or b""
    return text[:600].decode("utf-8", "replace")


def _nearest(text: str, cursor: int, names: set[str]) -> dict[str, int]:
    start = max(0, cursor - _NEAR)
    found: dict[str, int] = {}
    for match in re.finditer(r"[A-Za-z_$][\w$]*", text[start : cursor + _NEAR // 2]):
        if match.group() in names:
            distance = abs(start + match.start() - cursor)
            found[match.group()] = min(distance, found.get(match.group(), _NEAR))
    return found


def _enclosing(row: FileRow, text: str, cursor: int) -> str:
    line = text.count("\n", 0, cursor)
    name = ""
    for item in row.definitions:
        if item.kind in TYPES and item.span.start.line <= line <= item.span.end.line + 1:
            name = item.name
    return name
