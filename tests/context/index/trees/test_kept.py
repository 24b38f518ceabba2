"""Trees of open documents equal trees that are parsed afresh."""

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.kept import OpenTrees, change_between
from lsp_server.context.index.trees.parsing import parse

PIECES = st.sampled_from(
    [
        "def f(a):\n",
        "    return a\n",
        "x = (1,\n",
        ")\n",
        "class A:\n",
        "    '''ü𐐀\n",
        "'''\n",
        "\n",
        "é",
        " ",
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(st.text("aé𐐀\n", max_size=20), st.text("aé𐐀\n", max_size=20))
def test_a_change_turns_the_old_text_into_the_new(old: str, new: str) -> None:
    left, right = old.encode(), new.encode()
    change = change_between(left, right)
    assert left[: change.start] == right[: change.start]
    assert left[change.old_end :] == right[change.new_end :]
    assert change.start <= change.old_end
    assert change.start <= change.new_end
    for text, offset in ((left, change.start), (left, change.old_end), (right, change.new_end)):
        text[:offset].decode()


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_an_incremental_tree_equals_a_fresh_one(texts: list[str]) -> None:
    trees = OpenTrees()
    for text in texts:
        lines = ByteLines.of_text(text)
        tree = trees.parsed("a.py", "python", lines)
        assert tree is not None
        assert str(tree.root_node) == str(parse(lines, "python").root_node)


def test_a_language_without_grammar_has_no_tree() -> None:
    assert OpenTrees().parsed("a.zz", "plaintext", ByteLines.of_text("x")) is None
