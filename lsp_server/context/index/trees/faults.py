"""Syntax errors as problems: what the parser could not read, and what it had to make up."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsp_server.common.problems import Problem
from lsp_server.common.text import Span
from lsp_server.context.index.reading.definitions import CALLABLE, CONTAINERS, Definition
from lsp_server.context.index.trees.bytelines import ByteLines

if TYPE_CHECKING:
    from tree_sitter import Node

CHECK = "syntax"
_MOST = 50
_MOST_NODES = 5000
_SHOWN = 40
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def tree_faults(
    root: "Node", lines: ByteLines, definitions: list[Definition] | None = None
) -> list[Problem]:
    """Return the errors and missing tokens under `root`, in file order, at most fifty.

    A problem's symbol is the innermost definition around it, so that a problem keeps its identity
    when lines move.
    """
    if not root.has_error:
        return []
    problems = []
    for node in _faulty(root):
        problems.append(_problem(node, lines, definitions or []))
        if len(problems) == _MOST:
            break
    return problems


def _faulty(root: "Node") -> Iterator["Node"]:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_missing or node.is_error:
            inner = [child for child in node.children if child.has_error or child.is_missing]
            if not inner or node.is_missing:
                yield node
                continue
            yield node
            stack.extend(reversed(inner))
        elif node.has_error:
            stack.extend(reversed(node.children))


def _problem(node: "Node", lines: ByteLines, definitions: list[Definition]) -> Problem:
    start = lines.position(node.start_byte)
    symbol = enclosing_name(definitions, node.start_byte)
    unclosed = None if node.is_missing else _unclosed(node)
    if node.is_missing:
        rule, message = f"missing {node.type}", f"Expected {_readable(node.type)} here."
        span = Span(start, start)
    elif unclosed is not None:
        rule, message = f"unclosed {unclosed.type}", f"`{unclosed.type}` is never closed."
        span = Span(lines.position(unclosed.start_byte), lines.position(unclosed.end_byte))
        symbol = enclosing_name(definitions, unclosed.start_byte)
    else:
        text = lines.slice(node.start_byte, node.end_byte).strip()
        first = text.splitlines()[0].strip() if text else ""
        shown = first if len(first) <= _SHOWN else first[: _SHOWN - 1] + "…"
        rule = "error"
        message = f"Cannot read `{shown}` here." if shown else "Something is missing here."
        end = min(node.end_byte, _first_line_end(lines, node))
        span = Span(start, lines.position(max(end, node.start_byte)))
    return Problem(CHECK, rule, message, span, symbol=symbol)


def _unclosed(error: "Node") -> "Node | None":
    """Return the innermost bracket below `error` that nothing closes, or None."""
    waiting: list[Node] = []
    stack = [error]
    for _ in range(_MOST_NODES):
        if not stack:
            return waiting[-1] if waiting else None
        node = stack.pop()
        if node.type in _PAIRS and not node.is_missing:
            waiting.append(node)
        elif waiting and node.type == _PAIRS[waiting[-1].type]:
            waiting.pop()
        elif node.child_count and (node is error or node.has_error):
            stack.extend(reversed(node.children))
    return None


def _first_line_end(lines: ByteLines, node: "Node") -> int:
    end = lines.line_end(node.start_byte)
    text = lines.source[node.start_byte : end]
    return node.start_byte + len(text.rstrip(b"\r\n"))


def _readable(kind: str) -> str:
    named = kind.replace("_", " ")
    if kind.isidentifier() and kind.islower():
        article = "an" if named[0] in "aeiou" else "a"
        return f"{article} {named}"
    return f"`{kind}`"


def enclosing_name(definitions: list[Definition], offset: int) -> str:
    """Return the qualified name of the innermost definition around the byte `offset`, or ''."""
    found = ""
    for definition in definitions:
        if definition.start > offset:
            break
        if offset <= definition.end and definition.kind in CALLABLE | CONTAINERS:
            found = definition.qualified
    return found
