"""What the code around a place says of its variables: their annotations and what they hold."""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from lsp_server.context.index.reading.definitions import TYPES
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.surroundings import NEAR, distances_of, text_around
from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.grammars import is_known, parser, query
from lsp_server.context.index.trees.parsing import parse

_MOST_KEPT = 64
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_QUERIES = ("bindings", "scopes")
_EVERYWHERE = (0, sys.maxsize)
_SELF = frozenset({"self", "this", "cls", "Self", "$this"})


@dataclass(frozen=True, slots=True)
class Binding:
    """What is known of one variable or field: its type as written, or the expression it holds.

    `at` is the byte at which it stands in the text that was parsed, `scope` says from which byte to
    which it is seen there; what no scope holds is seen everywhere.
    """

    type: str = ""
    value: str = ""
    at: int = 0
    scope: tuple[int, int] = _EVERYWHERE

    def is_seen(self, at: int) -> bool:
        """Whether the variable is seen at a byte."""
        return self.scope[0] <= at <= self.scope[1]


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
        known.sort(key=lambda one: _remoteness(one, here))
    names = {name.removeprefix("self.") for name in bindings} | _SELF
    return Scope(
        {name: tuple(found) for name, found in bindings.items()},
        _nearest(text, cursor, names),
        _enclosing(row, text, cursor),
    )


def _remoteness(binding: Binding, here: int) -> tuple[bool, bool, int, int]:
    """Return a key that sorts first what holds at `here`.

    It is what is seen there, then what was bound last in the innermost scope; what is bound behind
    the place is likely another's. What is not seen comes last, and stays: a parameter without a
    type often holds what variables of its name hold elsewhere.
    """
    begin, end = binding.scope
    return not binding.is_seen(here), binding.at > here, end - begin, abs(binding.at - here)


def prepare_language(language: str) -> None:
    """Load what reading a scope in a language needs."""
    if is_known(language):
        query(language, *_QUERIES)
        parser(language)


# The cursor moves and files are turned back to while the definition around it stays as it is.
@lru_cache(maxsize=_MOST_KEPT)
def _read(part: str, language: str) -> Sequence[tuple[str, Binding]]:
    from tree_sitter import QueryCursor

    tree = parse(ByteLines.of_text(part), language)
    found: list[tuple[int, str, str, str]] = []
    scopes: list[tuple[int, int]] = []
    # One pass for both queries: walking the tree takes longer than matching.
    for _, captures in QueryCursor(query(language, *_QUERIES)).matches(tree.root_node):
        if "scope" in captures:
            scopes += [(node.start_byte, node.end_byte) for node in captures["scope"]]
            continue
        type_, value = _text(captures.get("type")), _text(captures.get("value"))
        found += [
            (node.start_byte, _text([node]), type_, value) for node in captures.get("name", ())
        ]
        found += [
            (node.start_byte, f"self.{_text([node]).lstrip('@')}", type_, value)
            for node in captures.get("member", ())
        ]
    return _scoped(found, sorted(scopes))


def _scoped(
    found: Sequence[tuple[int, str, str, str]], scopes: Sequence[tuple[int, int]]
) -> Sequence[tuple[str, Binding]]:
    """Return bindings of (byte, name, type, value), each with the innermost scope around it."""
    bindings, opened, following = [], list[tuple[int, int]](), 0
    for at, name, type_, value in sorted(found, key=itemgetter(0)):
        while following < len(scopes) and scopes[following][0] <= at:
            opened.append(scopes[following])
            following += 1
        while opened and opened[-1][1] <= at:
            opened.pop()
        # Fields of the object belong to all of its methods.
        held = bool(opened) and not name.startswith("self.")
        bindings.append((name, Binding(type_, value, at, opened[-1] if held else _EVERYWHERE)))
    return bindings


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
