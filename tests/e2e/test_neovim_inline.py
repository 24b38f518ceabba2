"""Text offered while typing and its keys: the same in each Neovim, whoever draws it there."""

import pytest

from tests.e2e.scripted import Start, asked, offer, shows

# 0.12 draws with its own module, the others with ours.
pytestmark = pytest.mark.parametrize("version", ["0.10", "0.11", "0.12"])


def test_text_is_offered_and_tab_takes_it_and_tells_the_server(start: Start) -> None:
    command = {"title": "", "command": "tandem.accepted", "arguments": ["1"]}
    editor, traffic = start("", {"items": [[offer("value = 1", 0, 1) | {"command": command}], []]})
    editor.keys("iv")
    shows(editor, ["alue = 1"])
    editor.keys("<Tab>")
    editor.wait_for("the accepted text", lambda: editor.lines() == ["value = 1"])
    assert editor.nvim.current.window.cursor == (1, 9)
    editor.wait_for("the count", lambda: traffic.all("workspace/executeCommand"))


def test_what_was_typed_through_is_not_left_behind(start: Start) -> None:
    editor, _ = start("", {"items": [[offer("value = 1", 0, 1)]]})
    editor.keys("iv")
    shows(editor, ["alue = 1"])
    editor.keys("al<Tab>")
    editor.wait_for("the accepted text", lambda: editor.lines() == ["value = 1"])


def test_several_lines_are_drawn_below_and_taken_as_one_step_of_undo(start: Start) -> None:
    text = "def f():\n    return 1"
    editor, _ = start("", {"items": [[offer(text, 0, 1)], []]})
    editor.keys("id")
    shows(editor, ["ef f():", "    return 1"])
    editor.keys("<Tab>")
    editor.wait_for("both lines", lambda: editor.lines() == text.split("\n"))
    editor.keys("<Esc>u")
    editor.wait_for("what was typed", lambda: editor.lines() == ["d"])


def test_words_and_then_lines_are_taken_without_another_answer(start: Start) -> None:
    script = {"items": [[offer("one two three\nfour", 0, 1)], []], "late": [1, 2, 3, 4]}
    editor, _ = start("", script)
    editor.keys("io")
    shows(editor, ["ne two three", "four"])
    editor.keys("<M-Right>")
    editor.wait_for("a word", lambda: editor.lines() == ["one"])
    shows(editor, [" two three", "four"])
    editor.keys("<M-Right>")
    editor.wait_for("two words", lambda: editor.lines() == ["one two"])
    shows(editor, [" three", "four"])
    editor.keys("<M-C-Right>")
    editor.wait_for("the first line", lambda: editor.lines() == ["one two three"])
    shows(editor, ["", "four"])
    editor.keys("<M-C-Right>")
    editor.wait_for("the second line", lambda: editor.lines() == ["one two three", "four"])


@pytest.mark.parametrize("typed", ["a", "ar"])
def test_text_behind_the_cursor_is_replaced(start: Start, typed: str) -> None:
    script = {"items": [[offer("print(arg)", 0, 8)], []], "late": [1]}
    editor, _ = start("print()\n", script)
    editor.keys("f)ia")
    editor.wait_for("a suggestion", editor.ghost)
    editor.keys(f"{typed[1:]}<Tab>")
    editor.wait_for("one bracket", lambda: editor.lines() == ["print(arg)"])


def test_columns_of_the_protocol_are_utf_16_where_the_server_says_so(start: Start) -> None:
    editor, _ = start('s = "😀é" \n', {"items": [[offer('s = "😀é" + t', 0, 11)], []]})
    editor.keys("A+")
    shows(editor, [" t"])
    editor.keys("<Tab>")
    editor.wait_for("the accepted text", lambda: editor.lines() == ['s = "😀é" + t'])


def test_tab_stays_what_it_was_where_nothing_is_offered(start: Start) -> None:
    editor, _ = start("", {})
    editor.keys("ix<Tab>y")
    editor.wait_for("a tab", lambda: editor.lines() == ["x   y"])


def test_the_trigger_key_asks_as_the_user(start: Start) -> None:
    editor, traffic = start("", {"items": [[offer("value", 0, 1)], [offer("vector", 0, 1)]]})
    editor.keys("iv")
    shows(editor, ["alue"])
    editor.keys("<M-Bslash>")
    shows(editor, ["ector"])
    assert asked(traffic)[-2:] == [AUTOMATIC, INVOKED]


AUTOMATIC, INVOKED = 2, 1


def test_leaving_insert_mode_hides_the_text_and_forgets_what_the_user_asked(start: Start) -> None:
    editor, traffic = start("", {"items": [[offer("value", 0, 1)]]})
    editor.keys("iv")
    shows(editor, ["alue"])
    editor.keys("<M-Bslash><Esc>")
    shows(editor, [])
    editor.keys("Sv")
    shows(editor, ["alue"])
    assert asked(traffic)[-1] == AUTOMATIC


def test_text_that_no_longer_fits_is_hidden_at_once_and_tab_is_a_tab(start: Start) -> None:
    script = {"items": [[offer("value", 0, 1)], [offer("vxyz", 0, 2)]], "late": [1]}
    editor, _ = start("", script)
    editor.keys("iv")
    shows(editor, ["alue"])
    editor.keys("x")
    shows(editor, [])
    editor.keys("<Tab>")
    editor.wait_for("a tab", lambda: editor.lines() == ["vx  "])


# Everything that is drawn, even where it is hidden again in a moment.
WATCH_DRAWING = """
    local drawn, set = {}, vim.api.nvim_buf_set_extmark
    vim.g.drawn = drawn
    vim.api.nvim_buf_set_extmark = function(bufnr, namespace, row, column, options)
      if options.virt_text then
        drawn[#drawn + 1] = options.virt_text[1][1]
        vim.g.drawn = drawn
      end
      return set(bufnr, namespace, row, column, options)
    end
"""


def test_a_late_answer_that_does_not_fit_any_more_is_never_drawn(start: Start) -> None:
    script = {"items": [[offer("value", 0, 1)], [offer("vxyz", 0, 2)]], "late": [0]}
    editor, traffic = start("", script, before=WATCH_DRAWING)
    editor.keys("iv")
    editor.wait_for("a request", lambda: asked(traffic))
    editor.keys("x")
    shows(editor, ["yz"])
    assert editor.lua("return vim.g.drawn") == ["yz"]


def test_a_key_that_takes_nothing_does_not_keep_the_next_answer_away(start: Start) -> None:
    script = {"items": [[offer("value", 0, 1)], [offer("vxyz", 0, 2)]], "late": [1]}
    editor, traffic = start("", script)
    editor.keys("iv")
    shows(editor, ["alue"])
    before = len(asked(traffic))
    editor.keys("x")
    editor.wait_for("another text", lambda: editor.lines() == ["vx"])
    editor.keys("<M-Right>")
    editor.wait_for("another request", lambda: len(asked(traffic)) > before)
