"""Parsing text into trees, with a ceiling on what one parse may cost."""

from typing import TYPE_CHECKING

from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.grammars import parser

if TYPE_CHECKING:
    from tree_sitter import Tree


def parse(lines: ByteLines, language: str, old: "Tree | None" = None) -> "Tree":
    """Return the tree of `lines`; `old`, edited to match, makes it incremental.

    Raises KeyError for a language without a grammar.
    """
    if old is None:
        return parser(language).parse(lines.source)
    return parser(language).parse(lines.source, old)
