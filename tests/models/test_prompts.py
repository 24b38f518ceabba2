import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.common.blocks import Block, Depth, Packed
from lsp_server.common.text import Position, Span
from lsp_server.models.api import FillPrompt
from lsp_server.models.prompts.fill import as_chat
from lsp_server.models.prompts.shared import render_context, render_window

TEXT = st.text(st.sampled_from("ab \n`#"), max_size=30)


def block(text: str, line: int = 0) -> Block:
    span = Span(Position(line, 0), Position(line + 2, 0))
    return Block("pkg/a.py", span, text, 5, Depth.BODY, "imported")


PACKED = Packed("pkg/a.py: f", (block("def f(): ..."),), "below\n", "above", 20)


@given(st.lists(TEXT, max_size=5), st.lists(TEXT, max_size=3))
def test_a_log_that_grows_extends_the_rendered_text(old: list[str], new: list[str]) -> None:
    before = dataclasses.replace(PACKED, log=tuple(map(block, old)))
    after = dataclasses.replace(PACKED, log=tuple(map(block, old + new)))
    assert render_context(after).startswith(render_context(before))


def test_the_window_is_no_part_of_the_shared_text() -> None:
    moved = dataclasses.replace(PACKED, below="", above="elsewhere")
    assert render_context(moved) == render_context(PACKED)


def test_a_block_names_its_file_and_its_lines_from_one() -> None:
    text = render_context(dataclasses.replace(PACKED, log=(block("x = 1", line=4),)))
    assert "## pkg/a.py:5-7\nx = 1\n" in text


def test_the_window_ends_at_the_cursor() -> None:
    assert render_window(PACKED, "pkg/a.py").endswith("above")


@given(TEXT, TEXT)
def test_the_chat_for_a_hole_holds_all_text_above_the_cursor(above: str, below: str) -> None:
    chat = as_chat(FillPrompt("s", "c", above, below, "python", "a.py"))
    shown = chat.tail.split("up to the cursor\n```python\n")[1].removesuffix("```\n")
    assert shown + chat.prefill.removeprefix("```python\n") == above


@given(TEXT, st.text("abc", min_size=1, max_size=4))
def test_typing_on_a_line_only_appends_to_the_chat_for_a_hole(above: str, typed: str) -> None:
    before = as_chat(FillPrompt("s", "c", above, "below", "python", "a.py"))
    after = as_chat(FillPrompt("s", "c", above + typed, "below", "python", "a.py"))
    assert after.tail == before.tail
    assert after.prefill.startswith(before.prefill)
