"""Ghost text of our own, for a Neovim that has none: on each such version."""

import pytest

from tests.e2e.scripted import Start, offer, shows

pytestmark = pytest.mark.parametrize("version", ["0.10", "0.11"])


def test_ghost_text_appears_and_tab_takes_it(start: Start) -> None:
    editor, _ = start("", {"items": [[offer("value = 1", 0, 1)], []]})
    editor.keys("iv")
    shows(editor, ["alue = 1"])
    editor.keys("<Tab>")
    editor.wait_for("the accepted text", lambda: editor.lines() == ["value = 1"])
    assert editor.nvim.current.window.cursor == (1, 9)


def test_typing_through_asks_no_second_time(start: Start) -> None:
    editor, traffic = start("", {"items": [[offer("value = 1", 0, 1)]]})
    editor.keys("iv")
    shows(editor, ["alue = 1"])
    editor.keys("al")
    shows(editor, ["ue = 1"])
    assert len(traffic.all("textDocument/inlineCompletion")) == 1


def test_typing_something_else_hides_the_text_and_asks_again(start: Start) -> None:
    editor, traffic = start("", {"items": [[offer("value", 0, 1)], [offer("vxyz", 0, 2)]]})
    editor.keys("iv")
    shows(editor, ["alue"])
    editor.keys("x")
    shows(editor, ["yz"])
    assert len(traffic.all("textDocument/inlineCompletion")) == 2


def test_several_lines_are_drawn_below_and_taken_as_one_step_of_undo(start: Start) -> None:
    text = "def f():\n    return 1\n"
    editor, _ = start("", {"items": [[offer(text.strip(), 0, 1)], []]})
    editor.keys("id")
    shows(editor, ["ef f():", "    return 1"])
    editor.keys("<Tab>")
    editor.wait_for("both lines", lambda: editor.lines() == ["def f():", "    return 1"])
    editor.keys("<Esc>u")
    editor.wait_for("what was typed", lambda: editor.lines() == ["d"])


def test_a_word_and_then_a_line_are_taken(start: Start) -> None:
    editor, _ = start("", {"items": [[offer("one two three\nfour", 0, 1)], []]})
    editor.keys("io")
    shows(editor, ["ne two three", "four"])
    editor.keys("<M-Right>")
    shows(editor, [" two three", "four"])
    editor.keys("<M-Right>")
    editor.wait_for("two words", lambda: editor.lines() == ["one two"])
    editor.keys("<M-C-Right>")
    editor.wait_for("the first line", lambda: editor.lines() == ["one two three"])
    shows(editor, ["", "four"])
    editor.keys("<M-C-Right>")
    editor.wait_for("the second line", lambda: editor.lines() == ["one two three", "four"])


def test_text_behind_the_cursor_is_replaced(start: Start) -> None:
    editor, _ = start("print()\n", {"items": [[offer("print(a)", 0, 8)], []]})
    editor.keys("f)ia")
    shows(editor, [""])
    editor.keys("<Tab>")
    editor.wait_for("one bracket", lambda: editor.lines() == ["print(a)"])


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


def test_a_mapping_of_the_user_stays_reachable(start: Start) -> None:
    editor, _ = start("", {}, before="vim.keymap.set('i', '<Tab>', 'mine')")
    editor.keys("i<Tab>")
    editor.wait_for("the user's mapping", lambda: editor.lines() == ["mine"])


def test_the_trigger_key_asks_as_the_user(start: Start) -> None:
    script = {"items": [[offer("value", 0, 1)], [offer("vector", 0, 1)]]}
    editor, traffic = start("", script)
    editor.keys("iv")
    shows(editor, ["alue"])
    editor.keys("<M-Bslash>")
    shows(editor, ["ector"])
    kinds = [
        message["params"]["context"]["triggerKind"]
        for message in traffic.all("textDocument/inlineCompletion")
    ]
    assert kinds == [2, 1]


def test_leaving_insert_mode_hides_the_text(start: Start) -> None:
    editor, _ = start("", {"items": [[offer("value", 0, 1)]]})
    editor.keys("iv")
    shows(editor, ["alue"])
    editor.keys("<Esc>")
    shows(editor, [])


def test_toggle_switches_the_offers_of_a_buffer_off(start: Start) -> None:
    editor, traffic = start("", {"items": [[offer("value", 0, 1)]]})
    editor.keys(":Tandem toggle<CR>iv<Esc>:Tandem toggle<CR>a")
    editor.wait_for("insert mode", lambda: editor.nvim.api.get_mode()["mode"] == "i")
    editor.keys("x")
    editor.wait_for("one request", lambda: traffic.all("textDocument/inlineCompletion"))
    assert len(traffic.all("textDocument/inlineCompletion")) == 1


def test_a_neovim_without_lsp_config_attaches_too(start: Start) -> None:
    before = "vim.lsp.config, vim.lsp.enable = nil, nil"
    editor, _ = start("", {"items": [[offer("value", 0, 1)]]}, before=before)
    editor.keys("iv")
    shows(editor, ["alue"])
