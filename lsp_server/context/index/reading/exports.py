"""What a text hands out to others beside what its definitions show.

`__all__` and the imports of a package in Python, `export {...}` and `module.exports` in scripts.
Read on demand, of the files at hand: only the map needs it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.context.index.reading.imports import Imported, read_import
from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.grammars import query
from lsp_server.context.index.trees.parsing import parse

if TYPE_CHECKING:
    from tree_sitter import Node

_AS = re.compile(r"(?<![\w$])([\w$]+) as ([\w$]+)")
_HAS_STAR = re.compile(r"\*(?! as\b)")


@dataclass(frozen=True, slots=True)
class Exports:
    """What a text says of what it hands out.

    `names` are what others call it. `defaults` are the names of what the module is by itself, which
    a star does not bring. With `is_all` there is nothing else. `passed` are the statements that may
    hand out what they import. `is_program` says that the text does something if nobody imports it.
    """

    names: Sequence[str] = ()
    defaults: Sequence[str] = ()
    is_all: bool = False
    passed: Sequence[str] = ()
    is_program: bool = False


@dataclass(frozen=True, slots=True)
class PassedOn:
    """What a statement hands on of a module: names as they are called from there on, or all."""

    module: Imported
    names: Sequence[str]
    is_all: bool


def read_exports(content: bytes, language: str) -> Exports:
    """Return what `content` says, each name once, in file order within its sort.

    A language without a query for it says nothing.
    """
    from tree_sitter import QueryCursor

    root = parse(ByteLines.of_content(content), language).root_node
    found = QueryCursor(query(language, "exports")).captures(root)
    listed = found.get("listed", [])
    # `export { a as "any text" }`
    names = [name.strip("'\"") for name in _texts(found.get("name", []))]
    for node in listed:
        names += _strings(node)
    return Exports(
        names=tuple(dict.fromkeys(names)),
        defaults=tuple(dict.fromkeys(_texts(found.get("default", [])))),
        is_all=bool(listed) and all(map(_is_literal, listed)),
        passed=tuple(_texts(found.get("passed", []))),
        is_program="program" in found,
    )


def _texts(nodes: "Iterable[Node]") -> list[str]:
    ordered = sorted(nodes, key=lambda node: node.start_byte)
    return [(node.text or b"").decode("utf-8", "replace") for node in ordered]


def _strings(node: "Node") -> list[str]:
    """Return the texts of the strings in an expression."""
    if node.type == "string_content":
        return _texts([node])
    return [text for child in node.named_children for text in _strings(child)]


def _is_literal(node: "Node") -> bool:
    """Whether an expression is made of strings alone: nothing in it must be worked out."""
    if node.type == "string":
        return all(child.type != "interpolation" for child in node.named_children)
    parts = [child for child in node.named_children if child.type != "comment"]
    return node.type in {"list", "tuple", "binary_operator"} and all(map(_is_literal, parts))


def read_passed_on(statement: str, language: str) -> list[PassedOn]:
    """Return what an import or export statement can hand on, in the order in which it is written.

    In scripts it is all of a module: names that are handed on singly are among those that
    `read_exports` finds.
    """
    items = read_import(statement, language)
    if language not in {"python", "rust"}:
        return [PassedOn(item, (), is_all=True) for item in items]
    text = " ".join(statement.split())
    renamed = dict(_AS.findall(text))
    has_star = _HAS_STAR.search(text) is not None
    found = []
    for item in items:
        # `pub use a::b::{self}` names the module itself.
        names = item.names or (() if has_star else item.module[-1:])
        called = tuple(renamed.get(name, name) for name in names)
        found.append(PassedOn(item, called, is_all=not names))
    return found


def renames_to_itself(statement: str, name: str) -> bool:
    """Whether a statement imports `name as name`: typed Python's way to say that it is public.

    See https://typing.python.org/en/latest/spec/distributing.html#import-conventions.
    """
    return (name, name) in _AS.findall(" ".join(statement.split()))
