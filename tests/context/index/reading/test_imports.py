"""Import statements: what they ask for, also where somebody wrote them to stall the reader."""

import pytest

from lsp_server.context.index.reading.imports import Imported, read_import

_BLANKS = " " * 20_000


@pytest.mark.parametrize(
    ("language", "statement", "expected"),
    [
        ("python", "from . import a", [Imported((), ("a",), 1)]),
        ("python", "from .import a", [Imported((), ("a",), 1)]),
        (
            "python",
            "from ..b.c import (a,  # one\n    d as e)",
            [Imported(("b", "c"), ("a", "d"), 2)],
        ),
        ("python", "import a.b, c as d", [Imported(("a", "b")), Imported(("c",))]),
        (
            "typescript",
            'import {\n  a,\n  b as c\n} from "../x/y.js";',
            [Imported(("x", "y"), ("a", "b"), 2)],
        ),
        ("typescript", 'import a from "b" with { type: "json" };', [Imported(("b",), ("a",))]),
        (
            "rust",
            "pub use a::{b, c::{d as e, *}};",
            [
                Imported(("a",), ("b",)),
                Imported(("a", "c"), ("d",)),
                Imported(("a", "c")),
            ],
        ),
        ("java", "import static a.b.C.d;", [Imported(("a", "b", "C"), ("C", "d"))]),
        ("csharp", "global using static A.B;", [Imported(("A", "B"))]),
        ("csharp", "using C = A.B.C;", [Imported(("A", "B", "C"))]),
        ("php", "use A\\B as C;", [Imported(("A", "B"), ("B",))]),
        ("php", "use function A\\b;", [Imported(("A", "b"), ("b",))]),
        (
            "php",
            "use A\\{B, C\\D as E};",
            [Imported(("A", "B"), ("B",)), Imported(("A", "C", "D"), ("D",))],
        ),
        ("php", "require_once 'a/b.php';", [Imported(("a", "b"), file="a/b.php")]),
    ],
)
def test_a_statement_asks_for(language: str, statement: str, expected: list[Imported]) -> None:
    assert read_import(statement, language) == expected


@pytest.mark.parametrize(
    ("language", "statement"),
    [
        ("typescript", f'import a from "b"{_BLANKS}? ;'),
        ("python", f"from {'.' * 20_000} ? import x"),
        ("python", f"from {_BLANKS}? import x"),
        ("rust", f"use a{_BLANKS}? as b;"),
        ("rust", f"use {'a::{' * 20_000}b{'}' * 20_000};"),
        ("java", f"import a{_BLANKS}?;"),
        ("php", f"use A{_BLANKS}? as B;"),
        ("csharp", f"using A{_BLANKS}?;"),
    ],
)
def test_no_statement_takes_for_ever(language: str, statement: str) -> None:
    assert len(read_import(statement, language)) <= 1
