"""Each broken text is repaired by the first candidate that the parser accepts."""

import pytest

from lsp_server.common.edits import apply_edits
from lsp_server.common.text import split_lines
from lsp_server.context.index.syntax import faults
from lsp_server.models.builtin.repair import candidates

CASES = [
    ("python", "def f(a:\n    return a\n", "def f(a):\n    return a\n"),
    ("python", "def f(a)\n    return a\n", "def f(a):\n    return a\n"),
    ("python", "x = [1, 2\ny = 3\n", "x = [1, 2]\ny = 3\n"),
    ("python", "print('hello)\n", "print('hello')\n"),
    ("python", 'name = "tandem\nx = 1\n', 'name = "tandem"\nx = 1\n'),
    ("python", "if x = 1:\n    pass\n", "if x == 1:\n    pass\n"),
    ("python", "x = (1 + 2))\n", "x = (1 + 2)\n"),
    ("python", "d = {'a': 1 'b': 2}\n", "d = {'a': 1, 'b': 2}\n"),
    ("python", "class A\n    pass\n", "class A:\n    pass\n"),
    ("python", "retrun_ = 1\ndfe f():\n    pass\n", "retrun_ = 1\ndef f():\n    pass\n"),
    ("python", "for i in range(3:\n    print(i)\n", "for i in range(3):\n    print(i)\n"),
    ("python", "x = foo(a, b]\n", "x = foo(a, b)\n"),
    ("python", "while True\n    break\n", "while True:\n    break\n"),
    ("python", "foo(a b)\n", "foo(a, b)\n"),
    ("javascript", "function f(a {\n  return a;\n}\n", "function f(a) {\n  return a;\n}\n"),
    ("javascript", "const x = [1, 2;\n", "const x = [1, 2];\n"),
    ("javascript", "if (x {\n  y();\n}\n", "if (x) {\n  y();\n}\n"),
    ("javascript", "const s = 'abc;\n", "const s = 'abc';\n"),
    ("javascript", "function f() {\n  return 1;\n", "function f() {\n  return 1;\n}\n"),
    ("typescript", "const x: number = f(1;\n", "const x: number = f(1);\n"),
    ("typescript", "interface A {\n  b: string\n", "interface A {\n  b: string\n}\n"),
    ("typescript", "const o = { a: 1 b: 2 };\n", "const o = { a: 1, b: 2 };\n"),
    ("typescriptreact", "const a = <div>{x</div>;\n", "const a = <div>{x}</div>;\n"),
    ("go", "package a\n\nfunc f( {\n}\n", "package a\n\nfunc f() {\n}\n"),
    ("go", 'package a\n\nvar s = "x\n', 'package a\n\nvar s = "x"\n'),
    (
        "go",
        "package a\n\nfunc f() {\n\tif x {\n\t\ty()\n}\n",
        "package a\n\nfunc f() {\n\tif x {\n\t\ty()\n\t}\n}\n",
    ),
    ("go", "package a\n\nfucn f() {\n}\n", "package a\n\nfunc f() {\n}\n"),
    ("rust", "fn f() {\n    let x = 1\n    g();\n}\n", "fn f() {\n    let x = 1;\n    g();\n}\n"),
    ("rust", "fn f(x: i32 -> i32 {\n    x\n}\n", "fn f(x: i32) -> i32 {\n    x\n}\n"),
    ("rust", "fn f() {\n    let v = vec![1, 2;\n}\n", "fn f() {\n    let v = vec![1, 2];\n}\n"),
    ("rust", "struct A {\n    a: u8\n    b: u8,\n}\n", "struct A {\n    a: u8,\n    b: u8,\n}\n"),
    ("java", "class A {\n  int f() { return 1 }\n}\n", "class A {\n  int f() { return 1; }\n}\n"),
    ("java", "class A {\n  void f( {\n  }\n}\n", "class A {\n  void f() {\n  }\n}\n"),
    ("java", 'class A {\n  String s = "x;\n}\n', 'class A {\n  String s = "x";\n}\n'),
    ("java", "class A {\n  int x = 1\n  int y;\n}\n", "class A {\n  int x = 1;\n  int y;\n}\n"),
    ("c", "int f(void) {\n  return 1\n}\n", "int f(void) {\n  return 1;\n}\n"),
    ("c", "int f(int a {\n  return a;\n}\n", "int f(int a) {\n  return a;\n}\n"),
    ("c", "int a[] = {1, 2;\n", "int a[] = {1, 2};\n"),
    ("cpp", "class A {\n  int x;\n}\nint y;\n", "class A {\n  int x;\n};\nint y;\n"),
    ("cpp", "int f() {\n  return g(1;\n}\n", "int f() {\n  return g(1);\n}\n"),
]


@pytest.mark.parametrize(("language", "broken", "mended"), CASES)
def test_first_accepted_candidate_mends(language: str, broken: str, mended: str) -> None:
    found = faults(broken, language)
    assert found
    lines = split_lines(broken)
    texts = (apply_edits(lines, edits) for edits in candidates(broken, found, language))
    assert next((text for text in texts if not faults(text, language)), None) == mended


def test_nothing_is_repaired_without_faults() -> None:
    assert candidates("x = 1\n", [], "python") == []


def test_candidates_come_once() -> None:
    found = candidates("f(a b", faults("f(a b", "python"), "python")
    assert len(found) == len(set(found))
