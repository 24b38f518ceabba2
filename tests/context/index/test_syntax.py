"""The syntax facade: what it says of definitions, faults and the end of generated text."""

import pytest

from lsp_server.context.index.syntax import (
    complete_length,
    enclosing_definition,
    faults,
    is_known,
    outline,
)
from lsp_server.context.index.trees import grammars
from tests.fixture import parse_fixture


def keep(above: str, generated: str, below: str, language: str) -> str:
    return generated[: complete_length(above, generated, below, language)]


@pytest.mark.parametrize("language", grammars.GRAMMARS)
@pytest.mark.parametrize(
    "topic", ["definitions", "imports", "exports", "bindings", "references", "scopes"]
)
def test_no_pattern_is_refused_by_the_pinned_grammar(language: str, topic: str) -> None:
    from tree_sitter import Query

    for text in grammars.pattern_texts(language, topic):
        Query(grammars.grammar(language), text)


def test_a_definition_knows_header_doc_container_and_span() -> None:
    found = outline(
        'class A(B):\n    "Doc."\n    def m(self,\n          x) -> int:\n        ...\n', "python"
    )
    assert [(d.qualified, d.kind) for d in found] == [("A", "class"), ("A.m", "method")]
    assert found[0].doc == "Doc."
    assert found[1].header == "    def m(self,\n          x) -> int"
    assert found[1].span.start.line == 2


def test_a_field_assigned_in_a_method_belongs_to_the_class() -> None:
    found = outline(
        "class A:\n    def __init__(self):\n        self.x = 1\n        self.x = 2\n", "python"
    )
    assert [d.qualified for d in found] == ["A", "A.__init__", "A.x"]


def test_columns_count_code_points() -> None:
    found = outline("x = '\U0001d4b3'; y = 1\n", "python")
    assert found[1].span.start.column == 9


def test_a_lone_carriage_return_ends_a_line() -> None:
    assert outline("# a\rb\nx = 1\n", "python")[0].span.start.line == 2


def test_a_comment_above_is_the_doc() -> None:
    assert outline("// Adds.\n// Twice.\nfunc Add() {}\n", "go")[0].doc == "Adds.\nTwice."


def test_a_language_without_grammar_is_read_by_its_lines() -> None:
    text = "defmodule Shop\n  def price(x)\n    x\n  end\n  def sum(y)\n    y\n  end\nend\n"
    assert not is_known("elixir")
    assert [d.name for d in outline(text, "elixir")] == ["price", "sum"]
    assert faults(text, "elixir") == []


def test_the_innermost_definition_encloses_the_cursor() -> None:
    place = parse_fixture("class A:\n    def m(self):\n        return $0\n").place()
    found = enclosing_definition(place.snapshot, place.position)
    assert found is not None
    assert found.qualified == "A.m"


def test_nothing_encloses_a_cursor_between_functions() -> None:
    place = parse_fixture("def f():\n    pass\n\n$0\n\ndef g():\n    pass\n").place()
    assert enclosing_definition(place.snapshot, place.position) is None


@pytest.mark.parametrize(
    ("text", "language", "message"),
    [
        ("def f(:\n    pass\n", "python", "Expected `)` here."),
        ("int main() { return 1\n", "c", "`{` is never closed."),
        ("int main() { return 1;\n", "c", "Expected `}` here."),
        ("x = (1,\ny = 2\n", "python", "`(` is never closed."),
    ],
)
def test_a_fault_says_what_is_wrong(text: str, language: str, message: str) -> None:
    found = faults(text, language)
    assert message in [problem.message for problem in found]
    assert {problem.check for problem in found} == {"syntax"}


def test_a_fault_keeps_its_identity_when_lines_move() -> None:
    text = "def f():\n    return (1\n\ndef g():\n    pass\n"
    before, after = faults(text, "python"), faults("\n\n" + text, "python")
    assert before
    assert [p.identity for p in before] == [p.identity for p in after]


def test_right_code_has_no_faults() -> None:
    assert faults("def f():\n    return 1\n", "python") == []


@pytest.mark.parametrize(
    ("above", "generated", "below", "language", "kept"),
    [
        ("def f(a):\n    return ", "a + 1\n\ndef g():\n    pass", "\n\nx = 1\n", "python", "a + 1"),
        (
            "def f(a):\n    ",
            "b = a\n    return b\n\n\ndef g():\n    pass\n",
            "\n\nx = 1\n",
            "python",
            "b = a\n    return b",
        ),
        ("print(foo(", "a, b))\nprint(2)", "))\n", "python", "a, b"),
        ("int f() {\n  int a = ", "g(1);\n  return a;\n}\n", "\n}\n", "c", "g(1);"),
        (
            "int f() {\n  ",
            "int a = g(1);\n  return a;\n}\nint h(){}\n",
            "\n}\n",
            "c",
            "int a = g(1);\n  return a;",
        ),
        ("x = ", "1\nz = 3\n", "\nz = 3\n", "python", "1"),
        ("if x\n  ", "a()\n  b()\nend\n", "\nend\n", "elixir", "a()\n  b()"),
        ("x = ", "", "\n", "python", ""),
    ],
)
def test_generated_text_ends_at_the_syntactic_end(
    above: str, generated: str, below: str, language: str, kept: str
) -> None:
    assert keep(above, generated, below, language) == kept


def test_a_huge_text_is_outlined_by_its_lines_and_not_parsed() -> None:
    text = "def first():\n    pass\n\n" + "x = (\n" * 100_000 + "def last():\n    pass\n"
    assert [item.name for item in outline(text, "python")] == ["first", "last"]


def test_a_long_line_is_not_parsed_for_where_text_ends() -> None:
    above = "x = [" + "1, " * 40_000
    assert keep(above, "2, 3]\n", "\n", "python") == "2, 3]"
