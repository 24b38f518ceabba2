"""Definitions of code that is being written: a missing bracket loses nothing but its own line."""

import pytest

from lsp_server.context.index.reading.rows import read_row

BROKEN = {
    "java": (
        (
            "class A {\n    int size;\n    void one() {\n        if (x) {\n            go(\n    }\n"
            "    static class In {\n        void three() {}\n    }\n"
            "    String two() { return t; }\n}\n"
        ),
        ["A", "A.size", "A.one", "A.In", "A.In.three", "A.two"],
    ),
    "go": (
        (
            "package a\nfunc One() {\n\tif x {\n\t\tgo(\n}\n\n"
            "func (s *S) Two(\n\tn int,\n) error {\n}\n"
            "type S struct {\n\tname string\n}\n"
        ),
        ["One", "S.Two", "S", "S.name"],
    ),
    "typescript": (
        (
            "export class A extends B {\n  one() {\n    if (x) {\n      go(\n  }\n"
            "  two(): string {\n"
            "    return this.x;\n  }\n}\n"
            "export function three<T>({\n  a,\n}: T) {\n  return a;\n}\n"
        ),
        ["A", "A.one", "A.two", "three"],
    ),
    "rust": (
        (
            "impl Foo {\n    fn one(&self) {\n        match x {\n            A => go(\n    }\n\n"
            "    fn two(&self) -> u8 {\n        1\n    }\n}\n\nstruct Foo {\n    size: u8,\n}\n"
        ),
        ["Foo", "Foo.one", "Foo.two", "Foo", "Foo.size"],
    ),
    "python": (
        (
            "class A(B):\n    def one(self):\n        x = foo(\n\n    def two(self) -> int:\n"
            "        return 1\n\ndef three():\n    pass\n"
        ),
        ["A", "A.one", "A.two", "three"],
    ),
}


@pytest.mark.parametrize("language", BROKEN)
def test_a_missing_bracket_hides_no_other_definition(language: str) -> None:
    text, expected = BROKEN[language]
    row = read_row("a", language, text.encode())
    assert [item.qualified for item in row.definitions] == expected


@pytest.mark.parametrize("language", BROKEN)
def test_every_cut_of_a_broken_text_is_read(language: str) -> None:
    text, _ = BROKEN[language]
    for end in range(len(text)):
        row = read_row("a", language, text[:end].encode())
        assert all(item.start <= item.end <= end for item in row.definitions)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "python",
            "import os\nfrom x import (a,\nfrom y import q\nimport z\n\ndef f():\n    import n\n",
            ["import os", "from y import q", "import z"],
        ),
        (
            "typescript",
            'import { a,\nimport { b } from "./b";\nexport * from "./c";\nfoo(\n',
            ['import { b } from "./b";', 'export * from "./c";'],
        ),
        ("rust", "use a::{b,\nuse c::d;\nmod e;\n", ["use c::d;", "mod e;"]),
        ("java", "package p;\nimport a.b.\nimport c.D;\nclass A {\n", ["import c.D;"]),
        ("go", 'package p\nimport (\n\t"a"\n\nfunc f() {\n\tg(\n}\n', ['"a"']),
    ],
)
def test_an_import_that_is_being_written_hides_no_other(
    language: str, text: str, expected: list[str]
) -> None:
    imports = read_row("a", language, text.encode()).imports
    assert [one for one in imports if one in expected] == expected
