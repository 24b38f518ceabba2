"""What the rest of the server may ask about syntax; the one door to tree-sitter.

Everything answers for every language: those without a grammar are read by their lines.
"""

import logging

from lsp_server.common.problems import Problem
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import MOST_PARSED, Position, Span, text_in
from lsp_server.context.index.reading.definitions import (
    CALLABLE,
    CONTAINERS,
    Definition,
    read_definitions,
)
from lsp_server.context.index.reading.fallback import outline_lines
from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.completing import complete_length
from lsp_server.context.index.trees.faults import tree_faults
from lsp_server.context.index.trees.grammars import is_known
from lsp_server.context.index.trees.parsing import parse
from lsp_server.context.index.trees.pasting import LiveTree

_log = logging.getLogger(__name__)

__all__ = [
    "Definition",
    "LiveTree",
    "complete_length",
    "enclosing_definition",
    "faults",
    "is_known",
    "live_tree",
    "outline",
]


def faults(text: str, language: str) -> list[Problem]:
    """Return the syntax errors of `text` with `check` "syntax".

    None for an unknown language, and none for a text above `MOST_PARSED`, which is not parsed.
    """
    if not is_known(language):
        return []
    if len(text) > MOST_PARSED:
        _log.info("A document of %d characters is too large for a syntax check.", len(text))
        return []
    lines = ByteLines.of_text(text)
    root = parse(lines, language).root_node
    if not root.has_error:
        return []
    return tree_faults(root, lines, read_definitions(root, lines, language))


def live_tree() -> LiveTree:
    """Return a tree for one document, into which text is pasted as a model says it."""
    return LiveTree()


def outline(text: str, language: str) -> list[Definition]:
    """Return what `text` defines, in file order, containers before their members.

    A text above `MOST_PARSED` is not parsed: keywords and indentation say what they can.
    """
    if not is_known(language) or len(text) > MOST_PARSED:
        return outline_lines(text)
    lines = ByteLines.of_text(text)
    return read_definitions(parse(lines, language).root_node, lines, language)


def enclosing_definition(snapshot: Snapshot, position: Position) -> Definition | None:
    """Return the innermost function, method or type around `position`, or None.

    A cursor after the last statement, indented deeper than the definition, is still inside.
    """
    found = None
    for definition in outline(snapshot.text, snapshot.language):
        if definition.span.start.line > position.line:
            break
        if definition.kind in CALLABLE | CONTAINERS and _holds(definition, position, snapshot):
            found = definition
    return found


def _holds(definition: Definition, position: Position, snapshot: Snapshot) -> bool:
    start, end = definition.span.start, definition.span.end
    if position <= end:
        return True
    gap = text_in(snapshot.lines, Span(end, position))
    return not gap.strip() and (position.line == end.line or position.column > start.column)
