"""Where a model could not answer a key yet, the plugin asks again by itself once it can."""

from typing import Any

import pytest

from tests.e2e.neovim import Editor
from tests.e2e.scripted import Start, asked, offer, shows

pytestmark = pytest.mark.parametrize("version", ["0.11", "0.12"])

AUTOMATIC, INVOKED = 2, 1
LOADING = {
    "executor": "glm-4.7-flash",
    "planner": "gpt-oss:20b",
    "state": "loading",
    "executorInMemory": False,
}
READY = {**LOADING, "state": "ready", "executorInMemory": True}
FIRST: dict[str, Any] = {"status": LOADING, "items": [[], [offer("value = 1", 0, 1)]]}


def say(editor: Editor, status: dict[str, Any]) -> int:
    """Let the plugin hear a status, as from its server; return how often it asked again."""
    asked_again: int = editor.lua(
        """
        local inline, count = {}, 0
        for _, name in ipairs({ 'tandem.own', 'tandem.native' }) do
          local module = require(name)
          inline[module] = module.ask_again
          module.ask_again = function(...)
            count = count + 1
            return inline[module](...)
          end
        end
        local client = require('tandem.client').of(0)
        require('tandem.status').on_status(nil, ..., { client_id = client.id })
        for module, real in pairs(inline) do
          module.ask_again = real
        end
        return count
        """,
        status,
    )
    return asked_again


def is_in_vain(editor: Editor) -> bool:
    look = """
        local bufnr = vim.api.nvim_get_current_buf()
        return require('tandem.vain').of(bufnr, require('tandem.client').of(bufnr).id) ~= nil
    """
    return bool(editor.lua(look))


def in_vain(editor: Editor) -> None:
    """Wait until a question was answered with nothing."""
    editor.wait_for("an answer without text", lambda: is_in_vain(editor))


def test_text_appears_without_a_key_once_the_model_is_loaded(start: Start) -> None:
    editor, traffic = start("", {**FIRST, "later": {"1": READY}})
    editor.keys("iv")
    shows(editor, ["alue = 1"])
    assert asked(traffic)[-1] == AUTOMATIC


def test_what_was_asked_by_key_is_asked_again_as_by_key(start: Start) -> None:
    script = {"status": LOADING, "items": [[], [], [offer("value = 1", 0, 1)]]}
    editor, traffic = start("", {**script, "later": {"2": READY}})
    editor.keys("iv")
    in_vain(editor)
    editor.lua("require('tandem').inline.trigger()")
    shows(editor, ["alue = 1"])
    assert asked(traffic)[-2:] == [INVOKED, INVOKED]


def test_nothing_is_asked_again_before_the_model_is_ready(start: Start) -> None:
    editor, _ = start("", FIRST)
    editor.keys("iv")
    in_vain(editor)
    assert say(editor, LOADING) == 0
    assert say(editor, {**READY, "executor": "built-in engine", "state": "built-in"}) == 0
    assert say(editor, READY) == 1
    shows(editor, ["alue = 1"])
    assert say(editor, READY) == 0


def test_what_is_on_the_screen_stays_there(start: Start) -> None:
    editor, _ = start("", {"status": LOADING, "items": [[offer("value = 1", 0, 1)]]})
    editor.keys("iv")
    shows(editor, ["alue = 1"])
    assert say(editor, READY) == 0


@pytest.mark.parametrize("keys", ["<Esc>", "<C-]>"])
def test_nothing_is_asked_again_once_the_user_wants_no_text(start: Start, keys: str) -> None:
    editor, _ = start("", {"status": LOADING, "items": [[]]})
    editor.keys("iv")
    in_vain(editor)
    editor.keys(keys)
    editor.wait_for("no question any more", lambda: not is_in_vain(editor))
    assert say(editor, READY) == 0


def test_other_text_is_another_question(start: Start) -> None:
    editor, _ = start("", {"status": LOADING, "items": [[]]})
    editor.keys("iv")
    in_vain(editor)
    editor.lua("vim.api.nvim_buf_set_lines(0, 1, 1, false, { 'from elsewhere' })")
    assert say(editor, READY) == 0


def test_each_client_answers_for_itself(start: Start) -> None:
    editor, _ = start("", {"status": LOADING, "items": [[]]})
    editor.keys("iv")
    in_vain(editor)
    heard = "return require('tandem.vain').of(vim.api.nvim_get_current_buf(), -1)"
    assert editor.lua(heard) is None
