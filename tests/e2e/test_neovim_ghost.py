"""Ghost text of our own, for a Neovim that has none: on each such version."""

import pytest

from tests.e2e.scripted import Start, offer, shows

pytestmark = pytest.mark.parametrize("version", ["0.10", "0.11"])


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


def test_a_mapping_of_the_user_stays_reachable(start: Start) -> None:
    editor, _ = start("", {}, before="vim.keymap.set('i', '<Tab>', 'mine')")
    editor.keys("i<Tab>")
    editor.wait_for("the user's mapping", lambda: editor.lines() == ["mine"])


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
