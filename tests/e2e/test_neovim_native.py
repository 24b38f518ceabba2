"""Ghost text by Neovim's own module, with the keys of the plugin."""

import pytest

from tests.e2e.scripted import Start, offer, shows

pytestmark = pytest.mark.parametrize("version", ["0.12"])


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
