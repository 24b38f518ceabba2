"""What of an offered text is left after typing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.features.inline_completion.typed import Typed, is_ahead, remaining, typed_since
from tests.features.inline_completion.desk import at, deleted, typed

TEXT = st.text(alphabet="ab( )\n", max_size=12)


@pytest.mark.parametrize(
    ("before", "now", "text", "left"),
    [
        ("x = ", "x = fo", "foo()", "o()"),
        ("x = ", "x", "foo()", " = foo()"),
        ("x = ", "x = foo()", "foo()", ""),
        ("x = ", "x = ba", "foo()", None),
        ("", "if a:\n    b", "if a:\n    bc()", "c()"),
        ("if a:", "if a:\n  ", "\n    b()", "  b()"),
        ("if a:", "if a:\n\t", "\n    b()", "b()"),
        ("", "\tx = 1", "    x = 1\n    y = 2", "\n\ty = 2"),
        ("    ", "        re", "return 1", "turn 1"),
    ],
)
def test_remaining(before: str, now: str, text: str, left: str | None) -> None:
    assert remaining(Typed(before, now), text) == left


@given(TEXT, TEXT, st.integers(0, 12))
def test_typing_any_beginning_leaves_the_rest(before: str, text: str, count: int) -> None:
    before = before.replace("\n", "")
    now = before + text[:count]
    assert remaining(Typed(before, now), text) == text[count:]


def test_who_types_faster_than_the_stream_is_ahead() -> None:
    assert is_ahead(Typed("x = ", "x = foo"), "fo")
    assert not is_ahead(Typed("x = ", "x = fa"), "fo")


def test_typing_elsewhere_is_no_typing_on() -> None:
    anchor = at("a = 1\n$0\nb = 2\n")
    assert typed_since(anchor, at("a = 2\nc$0\nb = 2\n")) is None
    assert typed_since(anchor, at("a = 1\nc$0\nb = 3\n")) is None
    assert typed_since(anchor, at("a = $01\n\nb = 2\n")) is None


def test_closing_signs_that_the_editor_adds_are_no_change() -> None:
    anchor = at("print$0\n")
    found = typed_since(anchor, at("print($0)\n"))
    assert found is not None
    assert found.now == "print("


def test_going_back_is_seen() -> None:
    anchor = at("value = so$0\n")
    found = typed_since(anchor, deleted(typed(anchor, "r"), 3))
    assert found is not None
    assert found.now == "value = "
