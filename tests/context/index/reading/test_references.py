"""One fixture a language: what its text refers to, by line and kind."""

import pytest

from lsp_server.context.index.reading.references import read_references
from lsp_server.context.index.trees.grammars import GRAMMARS

FIXTURES = {
    "python": (
        (
            '@wrap\nclass A(Base):\n    """Calls ghost()."""\n    def f(self, a: Arg) -> Out:\n'
            "        run(\n            a, hook)  # ghost()\n        a.go()\n"
            "        return Color.RED\n"
        ),
        "call:wrap type:Base type:Arg type:Out call:run use:a use:hook call:go use:a use:Color",
    ),
    "typescript": (
        (
            "class A extends B implements C {\n"
            "  f(p: P<Q>): R { /* ghost() */ p.go(hook); return new N(`ghost()`) }\n}\n"
        ),
        "type:B type:C call:N call:go type:P type:Q type:R use:hook use:p",
    ),
    "typescriptreact": (
        "const a = <Panel title={make()}><Row/></Panel>;\n",
        "call:Panel call:Row call:make",
    ),
    "javascript": (
        "class A extends B { f() { run(hook); new N(); /* ghost() */ } }\n",
        "call:N call:run type:B use:hook",
    ),
    "go": (
        (
            "package p\ntype T struct { U }\n// ghost()\nfunc f(a *V) W {\n"
            "\tq.Do(New(a), hook)\n\treturn W{A: b}\n}\n"
        ),
        "type:U type:V type:W call:Do call:New use:a use:hook type:W use:b",
    ),
    "rust": (
        (
            "impl Tr for Ty {}\nfn f(a: &T) -> R {\n    m::run(hook);\n    a.go::<u8>();\n"
            '    log!("ghost()");\n    E::A\n}\n'
        ),
        "type:Tr type:Ty type:R type:T call:run use:hook use:m call:go call:log use:E",
    ),
    "java": (
        (
            "@An class A extends B {\n  T<U> f(V v) {\n    run(this::hook); // ghost()\n"
            "    return new N(Color.RED.x());\n  }\n}\n"
        ),
        "type:An type:B type:T type:U type:V call:hook call:run call:N call:x use:Color",
    ),
    "c": (
        (
            "struct S { T a; };\nU *f(V a) {\n  run(a, &hook); /* ghost() */\n  a->go();\n"
            "  return (W *)0;\n}\n"
        ),
        "type:T type:U type:V call:run use:a use:hook call:go type:W",
    ),
    "cpp": (
        "class A : public B<C> {\n  void f(N::T a) { N::run(a); new D(1); make<int>(a); }\n};\n",
        "type:B type:C call:D call:make call:run type:T use:N use:a",
    ),
    "csharp": (
        (
            "[An] class A : B, C<D> {\n"
            '  T F(U u) { Run(u); u.Go(Hook); return new N("ghost()"); }\n}\n'
        ),
        "type:An type:B type:C type:D call:Go call:N call:Run type:T type:U use:Hook use:u",
    ),
    "ruby": (
        "class A < B\n  include M\n  def f(a)\n    run(a) # ghost()\n    N.new(a.go)\n  end\nend\n",
        "type:B call:include use:M call:run call:N call:go call:new",
    ),
    "php": (
        (
            "<?php\nclass A extends B implements C {\n"
            "  function f(T $a): U { run($a); $a->go(); S::k(); return new N('ghost()'); }\n"
            "}\n"
        ),
        "type:B type:C call:N call:go call:k call:run type:T type:U use:S",
    ),
    "kotlin": (
        (
            "class A : B(), C {\n"
            '  fun f(a: T<U>): V { run(a); a.go(::hook); return N("ghost()") }\n}\n'
        ),
        "call:B type:C call:N call:go call:hook call:run type:T type:U type:V use:a",
    ),
    "shellscript": (
        "f() {\n  run a | sort # ghost\n}\nx=$(make n)\n",
        "call:run call:sort use:a call:make use:n",
    ),
    "lua": (
        "local function f(a)\n  run(a, hook) -- ghost()\n  m.go()\n  a:walk()\nend\n",
        "call:run use:a use:hook call:go use:m call:walk use:a",
    ),
    "json": ('{"a": "ghost()"}', ""),
    "yaml": ("a: ghost()\n", ""),
    "toml": ('a = "ghost()"\n', ""),
    "markdown": ("# A\n\nCall ghost().\n", ""),
}


def said(text: str, language: str) -> str:
    found = read_references(text.encode(), language)
    return " ".join(
        f"{one.kind}:{one.name}"
        for one in sorted(found, key=lambda one: (one.line, one.kind, one.name))
    )


@pytest.mark.parametrize("language", FIXTURES)
def test_calls_types_and_uses_are_found(language: str) -> None:
    text, expected = FIXTURES[language]
    assert said(text, language) == expected


def test_every_language_has_a_fixture() -> None:
    assert {*GRAMMARS} - {*FIXTURES} == {"javascriptreact"}


def test_a_language_without_grammar_is_read_by_its_lines() -> None:
    assert said("# ghost(1)\nlet x = price(3)\n", "elixir") == "call:price"


def test_a_text_too_large_to_parse_meanwhile_is_read_by_its_lines() -> None:
    text = "run(1)\n" + "x = 1\n" * 20_000
    assert said(text, "python") == "call:run"


def test_a_reference_knows_its_line() -> None:
    (found,) = read_references(b"\n\nmake(\n    1)\n", "python")
    assert found.line == 2
