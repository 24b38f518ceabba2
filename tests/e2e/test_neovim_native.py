"""Ghost text by Neovim's own module, with the keys of the plugin."""

import pytest

from tests.e2e.scripted import Start, offer, shows

pytestmark = pytest.mark.parametrize("version", ["0.12"])


def test_the_suggestion_is_drawn_by_neovim_and_tab_takes_it(start: Start) -> None:
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


def test_a_word_and_then_a_line_are_taken(start: Start) -> None:
    rest = [offer("one two three\nfour", 0, 3)]
    editor, _ = start("", {"items": [[offer("one two three\nfour", 0, 1)], rest]})
    editor.keys("io")
    shows(editor, ["ne two three", "four"])
    editor.keys("<M-Right>")
    editor.wait_for("a word", lambda: editor.lines() == ["one"])
    shows(editor, [" two three", "four"])
    editor.keys("<M-C-Right>")
    editor.wait_for("the first line", lambda: editor.lines() == ["one two three"])


def test_text_behind_the_cursor_is_replaced(start: Start) -> None:
    editor, _ = start("print()\n", {"items": [[offer("print(a)", 0, 8)], []]})
    editor.keys("f)ia")
    editor.wait_for("a suggestion", editor.ghost)
    editor.keys("<Tab>")
    editor.wait_for("one bracket", lambda: editor.lines() == ["print(a)"])


def test_accepting_is_one_step_of_undo(start: Start) -> None:
    text = "def f():\n    return 1"
    editor, _ = start("", {"items": [[offer(text, 0, 1)], []]})
    editor.keys("id")
    shows(editor, ["ef f():", "    return 1"])
    editor.keys("<Tab>")
    editor.wait_for("both lines", lambda: editor.lines() == text.split("\n"))
    editor.keys("<Esc>u")
    editor.wait_for("what was typed", lambda: editor.lines() == ["d"])


def test_tab_stays_what_it_was_where_nothing_is_offered(start: Start) -> None:
    editor, _ = start("", {})
    editor.keys("ix<Tab>y")
    editor.wait_for("a tab", lambda: editor.lines() == ["x   y"])


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


def test_the_suggestion_is_hidden_by_its_key_and_by_a_toggle(start: Start) -> None:
    editor, traffic = start("", {"items": [[offer("value", 0, 1)]]})
    editor.keys("iv")
    shows(editor, ["alue"])
    editor.keys("<C-]>")
    shows(editor, [])
    editor.keys("<Esc>:Tandem toggle<CR>")
    editor.wait_for("the news", lambda: "suggestions are off" in editor.messages())
    enabled = "return vim.lsp.inline_completion.is_enabled({ bufnr = 0 })"
    assert editor.lua(enabled) is False
    editor.keys(":Tandem toggle<CR>")
    editor.wait_for("them on again", lambda: editor.lua(enabled))
    assert traffic.all("textDocument/inlineCompletion")


def test_our_own_ghost_text_can_be_chosen(start: Start) -> None:
    inline = {"implementation": "own"}
    editor, _ = start("", {"items": [[offer("value", 0, 1)]]}, inline=inline)
    editor.keys("iv")
    shows(editor, ["alue"])
    enabled = "return vim.lsp.inline_completion.is_enabled({ bufnr = 0 })"
    assert editor.lua(enabled) is False
