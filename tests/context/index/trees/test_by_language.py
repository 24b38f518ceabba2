"""Trees of open documents equal fresh ones, node by node, whatever ends a line or breaks off."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.kept import OpenTrees
from lsp_server.context.index.trees.parsing import parse

if TYPE_CHECKING:
    from tree_sitter import Node

PIECES = {
    "python": (
        *("def f(a):\r\n", "    return a\r\n", "x = '€'\r\n", "class A:\r\n"),
        *("\r", "'''😀", "\n"),
    ),
    "go": (
        *("func f() {\r\n", "}\r\n", 'x := "é"\r\n', "type A struct {\n"),
        *("package p\n", "// €😀\r"),
    ),
    "typescript": ("class A {\r\n", "}\r\n", "`é${", "}`", "f(x) {", "let y = 1;\r\n"),
}


def nodes(root: "Node") -> list[tuple[str, int, int, int]]:
    """Return the type, the place and the number of children of every node, in order."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        found.append((node.type, node.start_byte, node.end_byte, node.child_count))
        waiting += node.children
    return found


@pytest.mark.parametrize("language", PIECES)
@settings(max_examples=40)
@given(data=st.data())
def test_every_node_is_that_of_a_fresh_tree(language: str, data: st.DataObject) -> None:
    texts = st.lists(st.sampled_from(PIECES[language]), max_size=12).map("".join)
    trees = OpenTrees()
    for text in data.draw(st.lists(texts, min_size=2, max_size=5)):
        lines = ByteLines.of_text(text)
        tree = trees.parsed("a", language, lines)
        assert tree is not None
        assert nodes(tree.root_node) == nodes(parse(lines, language).root_node)
