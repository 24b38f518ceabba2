"""Where a text calls and names things, read from the syntax tree by our queries.

Read on demand, of the files at hand: an index of all of them would cost more than the few questions
that ask for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.grammars import is_known, query
from lsp_server.context.index.trees.parsing import parse

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_KEPT = 64
_PREFIX = "reference."


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that calls something (`call`) or names a type (`type`); lines count from zero."""

    name: str
    kind: str
    line: int


# Questions of one conversation touch the same files.
@lru_cache(maxsize=_MOST_KEPT)
def read_references(content: bytes, language: str) -> Sequence[Reference]:
    """Return the references of a text in file order; none for a language without such a query."""
    from tree_sitter import QueryCursor

    if not is_known(language):
        return ()
    lines = ByteLines.of_content(content)
    captures = QueryCursor(query(language, "references")).captures(parse(lines, language).root_node)
    # What is made is a type as well: the call, which comes last here, says more.
    found = {
        node.start_byte: Reference(
            _text(node), kind.removeprefix(_PREFIX), lines.line(node.start_byte)
        )
        for kind, nodes in sorted(captures.items(), reverse=True)
        for node in nodes
    }
    return [found[start] for start in sorted(found)]


def _text(node: "Node") -> str:
    return (node.text or b"").decode("utf-8", "replace")
