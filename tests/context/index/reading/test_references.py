"""What each language's queries find of calls and types that are named: one fixture a language."""

import pytest

from lsp_server.context.index.reading.references import read_references

FIXTURES: dict[str, tuple[str, str]] = {
    "python": (
        "@wrap\nclass A(Base):\n  def m(self, x: Item): # no()\n    self.go(make(x), 'no()')\n",
        "call wrap,type Base,type Item,call go,call make",
    ),
    "javascript": (
        "class A extends Base {}\nmake(new Box()).open(); // commented()\n",
        "type Base,call make,call Box,call open",
    ),
    "typescript": (
        "class A extends Base {}\nconst x: Item = make(new Box()).open();\n",
        "type A,type Base,type Item,call make,call Box,call open",
    ),
    "typescriptreact": (
        "const x = make(new Box()) as Item;\n",
        "call make,call Box,type Item",
    ),
    "go": (
        "package p\nfunc f(i Item) { make2(Box{}); i.Go() }\n",
        "type Item,call make2,type Box,call Go",
    ),
    "rust": (
        "fn f(i: Item) { make(); i.go(); Box::open(); say!(1); }\n",
        "type Item,call make,call go,call open,call say",
    ),
    "java": (
        "class A { void f(Item i) { make(); i.go(); new Box(); map(this::then); } }\n",
        "type Item,call make,call go,call Box,call map,call then",
    ),
    "c": (
        "void f(Item *i) { make(); i->go(1); }\n",
        "type Item,call make,call go",
    ),
    "cpp": (
        "void f() { make(); Box::open(); new Item(); }\n",
        "call make,call open,call Item",
    ),
    "csharp": (
        "class A : Base { void F(Item i) { Make(); i.Go(); new Box(); } }\n",
        "type Base,type Item,call Make,call Go,call Box",
    ),
    "ruby": (
        "class A < Base\n  def f\n    Item.make(go)\n    go(1)\n  end\nend\n",
        "type Base,type Item,call make,call go",
    ),
    "php": (
        "<?php class A extends Base { function f(Item $i) { make(); $i->go(); C::open(); new B; }}",
        "type Base,type Item,call make,call go,call open,call B",
    ),
    "kotlin": (
        "fun f(i: Item) { make(); i.go() }\n",
        "type Item,call make,call go",
    ),
    "shellscript": ("make_it a\n# commented b\n", "call make_it"),
    "lua": ("make()\na.go()\na:run()\n", "call make,call go,call run"),
    "json": ('{"make()": 1}', ""),
    "plaintext": ("make()", ""),
}


@pytest.mark.parametrize("language", FIXTURES)
def test_what_a_language_refers_to(language: str) -> None:
    text, expected = FIXTURES[language]
    found = read_references(text.encode(), language)
    assert ",".join(f"{one.kind} {one.name}" for one in found) == expected


def test_a_reference_knows_its_line() -> None:
    (found,) = read_references(b"\n\nmake(\n    1)\n", "python")
    assert found.line == 2
