"""The live tree says where a text ends, as a fresh parse does, and parses little for it."""

from types import SimpleNamespace

import pytest

from lsp_server.context.index.syntax import complete_length
from lsp_server.context.index.trees import pasting
from lsp_server.context.index.trees.grammars import parser
from lsp_server.context.index.trees.pasting import LiveTree
from tests.context.index.test_syntax import keep

STREAMS = [
    ("python", "def f():\n    ", "x = 1\n    return x\n\n\ndef g():\n    pass\n", "\n\ny = 2\n"),
    ("python", "class A:\n    def f(self):\n        ", "if a:\n            b()\n    c = 1\n", "\n"),
    ("go", "package a\n\nfunc f() {\n\t", "if x {\n\t\ty()\n\t}\n}\n\nfunc g() {\n}\n", "\n}\n"),
    ("typescript", "f(() => {\n  ", "const a = [1, 2];\n  g(a);\n});\n", "\n});\n"),
    ("rust", "fn f() ", "{\n    g();\n}\n\nfn h() {}\n", "\n"),
    (
        "java",
        "class A {\n    int f() {\n        ",
        "return 1;\n    }\n\n    int g;\n",
        "\n    }\n}\n",
    ),
    ("plaintext", "a\n  ", "b\n  c\nd\n", "\n"),
]


@pytest.mark.parametrize(("language", "above", "text", "below"), STREAMS)
def test_whole_lines_end_where_a_fresh_parse_ends_them(
    language: str, above: str, text: str, below: str
) -> None:
    live = LiveTree()
    for length in range(1, len(text) + 1):
        found = live.complete_length(above, text[:length], below, language)
        assert 0 <= found <= length
    assert found == complete_length(above, text, below, language)
    assert text[:found] == keep(above, text, below, language)


def test_another_place_and_another_language_are_parsed_anew() -> None:
    live = LiveTree()
    live.complete_length("def f():\n    ", "return 1\n\n\nx = 1\n", "\n", "python")
    above, text = "def f():\n    pass\n\n\ndef g():\n    ", "return 2\nprint(1)\n"
    assert live.complete_length(above, text, "\n", "python") == len("return 2")
    above, text = "package a\n\nfunc f() {\n\t", "return\n}\n"
    assert live.complete_length(above, text, "\n}\n", "go") == len("return")


def test_of_a_very_long_document_only_the_surroundings_are_parsed() -> None:
    above = "x = [\n" * 60_000 + "def f():\n    "
    live = LiveTree()
    assert live.complete_length(above, "return 1\ny = 2\n", "\n", "python") == len("return 1")


def test_a_very_long_line_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []

    def parse(source: bytes, *_: object) -> object:
        parsed.append(len(source))
        return parser("python").parse(source)

    monkeypatch.setattr(pasting, "parser", lambda _: SimpleNamespace(parse=parse))
    live = LiveTree()
    assert live.complete_length("x = [" + "1, " * 100_000, "2]\ny", "\n", "python") == len("2]\ny")
    assert not parsed
    live.complete_length("x = [1, ", "2]\ny", "\n", "python")
    assert parsed
