"""Tokens of whole texts, and of documents that are typed in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.common.text import split_lines
from lsp_server.models.builtin.document import DocumentTokens
from lsp_server.models.builtin.lexer import FIRST_WORD, LINE_IN, LINE_OUT, LINE_SAME, LONG
from lsp_server.models.builtin.tokens import tokens_of
from lsp_server.models.builtin.vocabulary import Vocabulary

PIECES = [
    "def f(a):\n",
    "    return a + 1  # why\n",
    "\n",
    "x = 'one'\n",
    '    """A\n',
    '    doc."""\n',
    "if x:\n",
    "\ty = [1, 2.5]\n",
    "# only a comment\n",
    "no break at the end",
]


def texts(text: str, language: str) -> list[str]:
    vocabulary = Vocabulary()
    names = {LINE_SAME: "=", LINE_IN: ">", LINE_OUT: "<", LONG: "LONG"}
    return [
        names.get(int(token)) or vocabulary.texts[token]
        for token in tokens_of(text, language, vocabulary).ids
    ]


@pytest.mark.parametrize(
    ("language", "text", "tokens"),
    [
        ("python", "x = 1  # one\n", ["=", "x", "=", "1"]),
        ("python", "if a:\n    b\nc\n", ["=", "if", "a", ":", ">", "b", "<", "c"]),
        ("python", "a = f'{b}' + r\"c\"\n", ["=", "a", "=", "f'{b}'", "+", 'r"c"']),
        ("python", '"""Long\ntext."""\nx\n', ["=", "LONG", "=", "x"]),
        (
            "rust",
            "fn f<'a>(x: &'a str) {}",
            ["=", "fn", "f", "<", "'a", ">", "(", "x", ":", "&", "'a", "str", ")", "{", "}"],
        ),
        ("go", "x := `a\nb` // c\n", ["=", "x", ":=", "LONG"]),
        (
            "javascript",
            "const $a = b?.c ?? /* d */ 1;",
            ["=", "const", "$a", "=", "b", "?.", "c", "??", "1", ";"],
        ),
        (
            "java",
            "@Override int f() { return 1; }",
            ["=", "@", "Override", "int", "f", "(", ")", "{", "return", "1", ";", "}"],
        ),
        ("c", "p->x != '\\n';", ["=", "p", "->", "x", "!=", "'\\n'", ";"]),
    ],
)
def test_tokens(language: str, text: str, tokens: list[str]) -> None:
    assert texts(text, language) == tokens


def test_spaces_are_told_apart() -> None:
    vocabulary = Vocabulary()
    tokens = tokens_of("f (x, y)\n", "python", vocabulary)
    assert tokens.spaces.tolist() == [False, False, True, False, False, True, False]
    assert tokens.ids[1] == FIRST_WORD


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=12), min_size=1, max_size=5))
def test_document_typed_in_holds_the_tokens_of_its_text(versions: list[list[str]]) -> None:
    vocabulary = Vocabulary()
    document = DocumentTokens("python", vocabulary)
    for version in versions:
        text = "".join(version)
        document.update(split_lines(text))
        expected = tokens_of(text, "python", vocabulary)
        kept = document.tokens()
        # The whole text knows no lines: a literal that ends in the next line is one token.
        if '"""' not in text:
            assert kept.ids.tolist() == expected.ids.tolist()
            assert kept.spaces.tolist() == expected.spaces.tolist()
        fresh = DocumentTokens("python", vocabulary)
        fresh.update(split_lines(text))
        assert kept.ids.tolist() == fresh.tokens().ids.tolist()
        assert np.array_equal(kept.spaces, fresh.tokens().spaces)


@pytest.mark.parametrize(
    ("language", "above", "before", "inside"),
    [
        ("python", "", "x = 'ab", True),
        ("python", "", "x = 'ab'", False),
        ("python", "", "x = 1  # ab", True),
        ("python", '"""Doc\n', "still", True),
        ("python", '"""Doc\n"""\n', "x", False),
        ("go", "/* a\n", "b", True),
        ("go", "/* a */\n", "b", False),
        ("rust", "", "fn f<'a", False),
        ("javascript", "x = `a\n", "b ${c", True),
    ],
)
def test_comments_and_literals_are_known_at_the_cursor(
    language: str, above: str, before: str, *, inside: bool
) -> None:
    document = DocumentTokens(language, Vocabulary())
    lines = split_lines(above + before)
    document.update(lines)
    assert bool(document.around(len(lines) - 1, before).open_literal) is inside
