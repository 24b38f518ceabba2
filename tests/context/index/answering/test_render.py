"""Chosen definitions as text: each is there once, and none is missing."""

import pytest

from lsp_server.context.index.answering.render import render_file
from lsp_server.context.index.reading.rows import read_row


def shown(language: str, text: str, depth: int = 1) -> list[str]:
    row = read_row("a", language, text.encode())
    depths = dict.fromkeys(range(len(row.definitions)), depth)
    return render_file(row, depths, lambda _: text.encode()).splitlines()


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "typescript",
            "export interface P { title: string; run(a: A): B }\n",
            ["export interface P", " title: string", " run(a: A): B"],
        ),
        ("rust", "pub enum E { A, B(u8) }\n", ["pub enum E", " A", " B(u8)"]),
        ("go", "package p\ntype D struct { X int; Y B }\n", ["type D struct", " X int", " Y B"]),
        ("python", "class A: x: int = 1\n", ["class A", " x: int = 1"]),
        (
            "java",
            "class A { public int x; public void m() {} }\n",
            ["class A", " public int x;", " public void m()"],
        ),
        ("cpp", "struct P { int x; int y; };\n", ["struct P", " int x;", " int y;"]),
        (
            "typescript",
            "class A\n  extends B { x: number }\n",
            ["class A", "  extends B", " x: number"],
        ),
    ],
)
def test_members_on_the_line_of_their_type_are_shown(
    language: str, text: str, expected: list[str]
) -> None:
    assert shown(language, text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("c", "int a, b;\n", ["int a, b;"]),
        ("kotlin", "class A(val n: Int)\n", ["class A(val n: Int)"]),
        ("c", "typedef struct t { int x; } t_t;\n", ["typedef struct t { int x; } t_t;"]),
        (
            "typescript",
            "class A {\n  constructor(\n    public a: B,\n  ) {}\n}\n",
            ["class A", " constructor(", "   public a: B,", " )"],
        ),
    ],
)
def test_what_a_header_shows_already_is_not_repeated(
    language: str, text: str, expected: list[str]
) -> None:
    assert shown(language, text) == expected


def test_a_field_beside_a_name_alone_is_shown() -> None:
    text = "class A {\n  constructor(\n    public a: B,\n  ) {}\n}\n"
    assert shown("typescript", text, depth=0) == ["class A", " constructor(", " public a: B,"]


def test_members_beyond_the_longest_header_are_shown() -> None:
    members = [f"member{number}: Some{number}" for number in range(60)]
    assert shown("typescript", f"type P = {{ {'; '.join(members)} }};\n")[-1] == f" {members[-1]}"
