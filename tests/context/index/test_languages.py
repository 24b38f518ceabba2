"""One fixture a language: what its queries find, with kind, container and header."""

import pytest

from lsp_server.context.index.reading.definitions import Definition
from lsp_server.context.index.reading.rows import read_row
from lsp_server.context.index.syntax import outline

FIXTURES: dict[str, tuple[str, list[str]]] = {
    "python": (
        (
            "import os\nLIMIT = 3\nclass A(B):\n    size: int = 1\n"
            "    def m(self):\n        self.x = 1\n"
            "async def f(a: int) -> str:\n    return ''\n"
        ),
        [
            "constant LIMIT | LIMIT = 3",
            "class A | class A(B)",
            "field A.size | size: int = 1",
            "method A.m | def m(self)",
            "field A.x | self.x = 1",
            "function f | async def f(a: int) -> str",
        ],
    ),
    "typescript": (
        (
            "export interface Shape { area(): number; readonly name: string }\n"
            "export type Id = string | number;\n"
            "export enum Color { Red, Green = 2 }\n"
            "export abstract class Box<T> extends Base {\n  private size = 1;\n"
            "  constructor(public readonly id: Id) { super(); }\n"
            "  open(): T { return 1 as any }\n}\n"
            "export const make = (a: number): Box<number> => new Box(a);\n"
            "export function use(box: Box<string>): void {}\n"
        ),
        [
            "interface Shape | export interface Shape",
            "method Shape.area | area(): number",
            "field Shape.name | readonly name: string",
            "type Id | export type Id = string | number;",
            "enum Color | export enum Color",
            "field Color.Red | Red",
            "field Color.Green | Green = 2",
            "class Box | export abstract class Box<T> extends Base",
            "field Box.size | private size = 1;",
            "method Box.constructor | constructor(public readonly id: Id)",
            "field Box.id | public readonly id: Id",
            "method Box.open | open(): T",
            "constant make | export const make = (a: number): Box<number> => new Box(a);",
            "function use | export function use(box: Box<string>): void",
        ],
    ),
    "javascript": (
        (
            "class A { #p = 1; m() {} }\nfunction f(a) {}\nmodule.exports.g = function (x) {};\n"
            "const K = require('./k');\n"
        ),
        [
            "class A | class A",
            "method A.m | m()",
            "function f | function f(a)",
            "function g | module.exports.g = function (x)",
            "constant K | const K = require('./k');",
        ],
    ),
    "go": (
        (
            "package p\ntype S struct {\n\tName string\n}\ntype I interface {\n"
            "\tRun(n int) error\n}\n"
            "type F func(int)\nconst Max = 3\nvar Std = New()\n"
            "func (s *S) Run(n int) error { return nil }\nfunc New() *S { return nil }\n"
        ),
        [
            "struct S | type S struct",
            "field S.Name | Name string",
            "interface I | type I interface",
            "method I.Run | Run(n int) error",
            "type F | type F func(int)",
            "constant Max | const Max = 3",
            "variable Std | var Std = New()",
            "method S.Run | func (s *S) Run(n int) error",
            "function New | func New() *S",
        ],
    ),
    "rust": (
        (
            "pub struct P { pub x: i32 }\nenum E { A, B(u8) }\n"
            "trait T { fn go(&self) -> u8; }\nimpl T for P { fn go(&self) -> u8 { 1 } }\n"
            "const N: usize = 1;\nmacro_rules! m { () => {} }\npub fn f<T>(t: T) -> T { t }\n"
        ),
        [
            "struct P | pub struct P",
            "field P.x | pub x: i32",
            "enum E | enum E",
            "field E.A | A",
            "field E.B | B(u8)",
            "trait T | trait T",
            "method T.go | fn go(&self) -> u8;",
            "implementation P | impl T for P",
            "method P.go | fn go(&self) -> u8",
            "constant N | const N: usize = 1;",
            "macro m | macro_rules! m { () => {} }",
            "function f | pub fn f<T>(t: T) -> T",
        ],
    ),
    "java": (
        (
            "package a.b;\npublic class C extends D {\n  private int n = 1;\n  C(int n) {}\n"
            "  public String name() { return null; }\n  enum K { ONE }\n}\n"
            "interface I {\n  void run(int a);\n}\nrecord R(int x) {}\n"
        ),
        [
            "class C | public class C extends D",
            "field C.n | private int n = 1;",
            "method C.C | C(int n)",
            "method C.name | public String name()",
            "enum C.K | enum K",
            "field C.K.ONE | ONE",
            "interface I | interface I",
            "method I.run | void run(int a);",
            "class R | record R(int x)",
        ],
    ),
    "c": (
        (
            "#define MAX 3\nstruct s { int a; char *b; };\ntypedef struct s s_t;\nenum e { A };\n"
            "int add(int a, int b);\nstatic char *f(void) { return 0; }\nint total = 0;\n"
        ),
        [
            "macro MAX | #define MAX 3",
            "struct s | struct s",
            "field s.a | int a;",
            "field s.b | char *b;",
            "type s_t | typedef struct s s_t;",
            "enum e | enum e",
            "field e.A | A",
            "function add | int add(int a, int b);",
            "function f | static char *f(void)",
            "variable total | int total = 0;",
        ],
    ),
    "cpp": (
        (
            "namespace n {\nclass A : public B {\n public:\n  int size() const { return 1; }\n"
            "  void run(int a);\n  int n_;\n};\n}\nvoid n::A::run(int a) {}\nusing Id = int;\n"
        ),
        [
            "namespace n | namespace n",
            "class n.A | class A : public B",
            "method n.A.size | int size() const",
            "method n.A.run | void run(int a);",
            "field n.A.n_ | int n_;",
            "method run | void n::A::run(int a)",
            "type Id | using Id = int;",
        ],
    ),
    "csharp": (
        (
            "namespace N {\n  public class C : D {\n    public int Size { get; set; }\n"
            "    private int n;\n    public void Run(int a) { }\n  }\n"
            "  interface I { void Go(); }\n}\n"
        ),
        [
            "namespace N | namespace N",
            "class N.C | public class C : D",
            "property N.C.Size | public int Size { get; set; }",
            "field N.C.n | private int n;",
            "method N.C.Run | public void Run(int a)",
            "interface N.I | interface I",
            "method N.I.Go | void Go();",
        ],
    ),
    "ruby": (
        (
            "module M\n  LIMIT = 3\n  class A < B\n    def run(a)\n      @x = a\n    end\n"
            "    def self.make; end\n  end\nend\n"
        ),
        [
            "module M | module M",
            "constant M.LIMIT | LIMIT = 3",
            "class M.A | class A < B",
            "method M.A.run | def run(a)",
            "field M.A.@x | @x = a",
            "method M.A.make | def self.make; end",
        ],
    ),
    "php": (
        (
            "<?php\nnamespace N;\ninterface I { function go(int $a): void; }\n"
            "class A extends B {\n  const K = 1;\n  private int $n = 0;\n"
            "  public function run(int $a): string { return ''; }\n}\nfunction f($x) { }\n"
        ),
        [
            "interface I | interface I",
            "method I.go | function go(int $a): void;",
            "class A | class A extends B",
            "constant A.K | const K = 1;",
            "field A.n | private int $n = 0;",
            "method A.run | public function run(int $a): string",
            "function f | function f($x)",
        ],
    ),
    "kotlin": (
        (
            'package p\nclass A(val n: Int) : B() {\n  fun run(a: Int): String { return "" }\n}\n'
            "object O {\n  const val K = 1\n}\nfun f(x: Int) = x\ntypealias Id = String\n"
        ),
        [
            "class A | class A(val n: Int) : B()",
            "field A.n | val n: Int",
            "method A.run | fun run(a: Int): String",
            "class O | object O",
            "property O.K | const val K = 1",
            "function f | fun f(x: Int)",
            "type Id | typealias Id = String",
        ],
    ),
    "shellscript": (
        ("LIMIT=3\nexport NAME=x\nrun() {\n  local a=1\n}\nfunction go { :; }\n"),
        [
            "variable LIMIT | LIMIT=3",
            "variable NAME | export NAME=x",
            "function run | run()",
            "function go | function go",
        ],
    ),
    "lua": (
        (
            "local M = {}\nfunction M.run(a) return a end\nlocal function f(x) end\n"
            "function M:go() end\nM.limit = 3\n"
        ),
        [
            "variable M | local M = {}",
            "function run | function M.run(a)",
            "function f | local function f(x) end",
            "method go | function M:go() end",
            "field limit | M.limit = 3",
        ],
    ),
    "json": (
        ('{"name": "x", "scripts": {"test": "y"}}\n'),
        [
            'key name | {"name": "x", "scripts": {"test": "y"}}',
            'key scripts | "scripts": {"test": "y"}',
            'key scripts.test | "test": "y"',
        ],
    ),
    "yaml": (
        ("name: x\njobs:\n  test:\n    steps: 1\n"),
        ["key name | name: x", "key jobs | jobs:", "key jobs.test | test:"],
    ),
    "toml": (
        ('top = 1\n[project]\nname = "x"\n[[tool.x]]\ny = 1\n'),
        [
            "key top | top = 1",
            "table project | [project]",
            'key project.name | name = "x"',
            "table tool.x | [[tool.x]]",
            "key tool.x.y | y = 1",
        ],
    ),
    "markdown": (
        ("# Title\n\ntext\n\n## Part\n\nmore\n"),
        ["section Title | # Title", "section Title.Part | ## Part"],
    ),
}

SEVERAL_NAMES: dict[str, tuple[str, list[str]]] = {
    "python": (
        (
            "c, d = 1, 2\n(_, e) = f()\ng = h = 1\nclass A:\n    i, j = 1, 2\n    k = l = 3\n"
            "    def m(self):\n        self.n, self.o = 1, 2\n"
        ),
        [*"cdegh", "A", "A.i", "A.j", "A.k", "A.l", "A.m", "A.n", "A.o"],
    ),
    "typescript": (
        (
            "export const a = 1, b = () => 2;\nlet c, d;\n"
            "export const { e, f: g } = x;\nexport const [h] = y;\n"
        ),
        [*"abcdegh"],
    ),
    "javascript": ("let a, b;\nexport const { c, d: e } = x;\n", [*"abce"]),
    "go": (
        "package p\nconst A, B = 1, 2\nvar c, d int\ntype P struct {\n\tX, Y int\n}\n",
        ["A", "B", "c", "d", "P", "P.X", "P.Y"],
    ),
    "java": ("class C {\n  int a, b = 2;\n}\n", ["C", "C.a", "C.b"]),
    "csharp": (
        "class C {\n  int a, b;\n  event E c, d;\n}\n",
        ["C", "C.a", "C.b", "C.c", "C.d"],
    ),
    "c": (
        (
            "struct s {\n  int a, *b, c[2], **d;\n  void (*f)(int);\n};\nint g, *h, i[3];\n"
            "typedef struct t { int x; } t_t, *t_p;\ntypedef void (*cb)(int);\n"
        ),
        [
            *("s", "s.a", "s.b", "s.c", "s.d", "s.f", "g", "h", "i"),
            *("t_t", "t_p", "t_t.t", "t_t.t.x", "cb"),
        ],
    ),
    "cpp": (
        "class C {\n  int a, *b, &c;\n  int x = 1, y = 2;\n};\n",
        ["C", "C.a", "C.b", "C.c", "C.x", "C.y"],
    ),
    "php": (
        (
            "<?php\nclass C {\n  public $a, $b;\n  const K = 1, L = 2;\n"
            "  public function __construct(private int $x, public readonly Foo $y, int $z) {}\n}\n"
        ),
        ["C", "C.a", "C.b", "C.K", "C.L", "C.__construct", "C.x", "C.y"],
    ),
    "ruby": (
        "class C\n  attr_accessor :x, :y\n  attr_reader :z\n  A, B = 1, 2\n  private :x\nend\n",
        ["C", "C.x", "C.y", "C.z", "C.A", "C.B"],
    ),
    "lua": ("local a, b = 1, 2\n", ["a", "b"]),
    "toml": (
        "[[bin]]\nname = 'x'\npath = 'y'\n[[bin]]\nname = 'z'\n",
        ["bin", "bin.name", "bin.path", "bin", "bin.name"],
    ),
}

IMPORTS = {
    "python": ("from a.b import c\nimport d\n", 2),
    "typescript": ("import { a } from './a';\nexport * from './b';\n", 2),
    "javascript": ("const a = require('./a');\nimport b from './b';\n", 2),
    "go": ('package p\nimport (\n\t"fmt"\n\tx "a/b"\n)\n', 2),
    "rust": ("use crate::a::{B, C};\nmod d;\n", 2),
    "java": ("package p;\nimport a.b.C;\nimport static a.b.C.d;\n", 2),
    "c": ('#include "a.h"\n#include <stdio.h>\n', 2),
    "cpp": ('#include "a.hpp"\n', 1),
    "csharp": ("using System.Text;\n", 1),
    "ruby": ("require_relative 'a'\n", 1),
    "php": ("<?php\nuse A\\B;\n", 1),
    "kotlin": ("package p\nimport a.b.C\n", 1),
    "shellscript": ("source ./a.sh\n", 1),
    "lua": ("local a = require('a')\n", 1),
}


def line(item: Definition) -> str:
    return f"{item.kind} {item.qualified} | {item.header.strip()}"


@pytest.mark.parametrize("language", FIXTURES)
def test_what_a_language_defines(language: str) -> None:
    text, expected = FIXTURES[language]
    assert [line(item) for item in outline(text, language)] == expected


@pytest.mark.parametrize("language", SEVERAL_NAMES)
def test_each_name_of_a_declaration_stands_for_itself(language: str) -> None:
    text, expected = SEVERAL_NAMES[language]
    assert [item.qualified for item in outline(text, language)] == expected


def test_what_follows_on_the_same_line_has_its_own_header() -> None:
    text = "export type A = string; export type B = number;\nfunction f() {} function g() {}\n"
    assert [line(item) for item in outline(text, "typescript")] == [
        "type A | export type A = string; export type B = number;",
        "type B | export type B = number;",
        "function f | function f()",
        "function g | function g()",
    ]


@pytest.mark.parametrize("language", IMPORTS)
def test_what_a_language_imports(language: str) -> None:
    text, count = IMPORTS[language]
    assert len(read_row("a", language, text.encode()).imports) == count
