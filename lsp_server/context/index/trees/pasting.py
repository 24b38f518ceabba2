"""A document's tree into which a model's text is pasted as it comes."""

from typing import TYPE_CHECKING

from lsp_server.context.index.trees.completing import length_with, window_start
from lsp_server.context.index.trees.grammars import is_known, parser
from lsp_server.context.index.trees.kept import edited

if TYPE_CHECKING:
    from tree_sitter import Tree

_MOST_WHOLE = 48 * 1024
"""Characters up to which all of the text above the cursor is parsed: a few milliseconds, once."""


class LiveTree:
    """The tree of one document up to the cursor, with what a model has said there so far.

    Each piece of a stream, and each key between two streams, is an edit of the tree: only what it
    touches is parsed. Of a very long text above the cursor no more is parsed than the window that
    `complete_length` parses, so that no piece holds the event loop up.
    """

    def __init__(self) -> None:
        self._language = ""
        self._source = b""
        self._tree: Tree | None = None

    def complete_length(self, above: str, generated: str, below: str, language: str) -> int:
        """Return how many characters of `generated` belong at the cursor.

        Like the function of that name, but made from the tree of the text before. Where the text
        cannot be parsed as it stands, the parser's way out may differ from that of a fresh parse.
        """
        if not is_known(language):
            return length_with(None, above, generated, below)
        if language != self._language:
            self._language, self._source, self._tree = language, b"", None
        if len(above) > _MOST_WHOLE:
            above = above[window_start(above) :]
        return length_with(self._parsed, above, generated, below)

    def _parsed(self, source: bytes) -> "Tree":
        old = edited(self._tree, self._source, source) if self._tree is not None else None
        parse = parser(self._language).parse
        self._tree = parse(source) if old is None else parse(source, old)
        self._source = source
        return self._tree
