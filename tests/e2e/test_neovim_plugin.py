"""What the Neovim plugin does beside ghost text, on each version that it supports."""

from pathlib import Path

import pytest

from tests.e2e.editor_files import ROOT
from tests.e2e.neovim import Editor
from tests.e2e.scripted import Start, offer, shows

pytestmark = pytest.mark.parametrize("version", ["0.10", "0.11", "0.12"])


PARTS = [
    {"kind": "thinking", "text": "First\nsecond"},
    {"kind": "text", "text": "It is in `a.py`.\n\nSee [a.py:2](a.py#L2)."},
    {"kind": "note", "text": "Answered by the built-in engine."},
]


def test_an_answer_streams_into_a_split_with_the_reasoning_folded(start: Start) -> None:
    editor, traffic = start("x = 1\ny = 2\n", {"parts": PARTS})
    editor.keys(":Tandem ask Where is it?<CR>")
    editor.wait_for("the answer", lambda: "It is in `a.py`." in editor.answer())
    editor.wait_for("the fold", lambda: "▸ Reasoning, 2 lines (zo opens)" in editor.screen())
    assert "second" not in editor.screen()
    assert editor.answer()[0] == "# Where is it?"
    assert "> Answered by the built-in engine." in editor.answer()
    asked = traffic.all("tandem/ask")[0]["params"]
    assert asked["question"] == "Where is it?"
    assert asked["position"] == {"line": 0, "character": 0}


def test_a_range_goes_with_the_question(start: Start) -> None:
    editor, traffic = start("x = 1\ny = 22\nz = 3\n", {"parts": PARTS})
    editor.keys(":2,3Tandem ask Why?<CR>")
    editor.wait_for("the question", lambda: traffic.all("tandem/ask"))
    span = traffic.all("tandem/ask")[0]["params"]["range"]
    assert span["start"] == {"line": 1, "character": 0}
    assert span["end"]["line"] == 2


def test_an_answer_is_stopped_and_keeps_what_came(start: Start) -> None:
    editor, traffic = start("", {"parts": [{"kind": "text", "text": "Half"}, 60]})
    editor.keys(":Tandem ask Why?<CR>")
    editor.wait_for("the first half", lambda: "Half" in editor.answer())
    editor.keys(":Tandem stop<CR>")
    editor.wait_for("the stop", lambda: "*Stopped.*" in editor.answer())
    assert "Half" in editor.answer()
    editor.wait_for("the cancel", lambda: traffic.all("$/cancelRequest"))


def test_a_follow_up_carries_what_was_said_before(start: Start) -> None:
    editor, traffic = start("", {"parts": [{"kind": "text", "text": "Because."}]})
    editor.keys(":Tandem ask Why?<CR>")
    editor.wait_for("the answer", lambda: "Because." in editor.answer())
    editor.keys("<C-w>la")
    editor.keys("And then?<CR>")
    editor.wait_for("a second question", lambda: len(traffic.all("tandem/ask")) == 2)
    params = traffic.all("tandem/ask")[1]["params"]
    assert params["question"] == "And then?"
    assert params["history"] == [{"question": "Why?", "answer": "Because."}]


def test_enter_on_a_link_opens_the_file_at_its_line(start: Start) -> None:
    editor, _ = start("x = 1\ny = 2\n", {"parts": PARTS})
    editor.keys(":Tandem ask Where?<CR>")
    editor.wait_for("the answer", lambda: "See [a.py:2](a.py#L2)." in editor.answer())
    editor.keys("<C-w>l/\\[a.py<CR><CR>")
    editor.wait_for("the file", lambda: editor.nvim.current.buffer.name.endswith("a.py"))
    editor.wait_for("its line", lambda: editor.nvim.current.window.cursor[0] == 2)


def test_the_status_line_says_who_answers(start: Start) -> None:
    running = [{"name": "glm-4.7-flash", "sizeOnGpu": 19_000_000_000}]
    detail = {"running": running, "prompts": {"glm": {"requests": 2}}, "loading": []}
    status = {"executor": "glm-4.7-flash", "planner": "gpt-oss:20b", "state": "ready"}
    script = {"status": {**status, "detail": detail}}
    editor, _ = start("", script, before="vim.o.laststatus = 2")
    editor.lua("vim.o.statusline = \"%f %{v:lua.require'tandem'.status()}\"")
    editor.wait_for("the status", lambda: "a.py Tandem: glm-4.7-flash" in editor.screen())
    editor.keys(":Tandem status<CR>")
    editor.wait_for("the planner", lambda: "answers questions: gpt-oss:20b" in editor.messages())
    assert "running: name glm-4.7-flash, size on gpu 19.0 GB" in editor.messages()
    assert "prompts, glm: requests 2" in editor.messages()


def test_the_health_check_finds_everything_in_its_place(start: Start, version: str) -> None:
    status = {"executor": "glm-4.7-flash", "planner": "gpt-oss:20b", "state": "ready"}
    editor, _ = start("", {"status": status})
    ask_status = "return require('tandem').status()"
    editor.wait_for("the status", lambda: editor.lua(ask_status) == "Tandem: glm-4.7-flash")
    editor.keys(":Tandem health<CR>")
    editor.wait_for("the report", lambda: "Keys" in "\n".join(editor.lines()))
    report = "\n".join(editor.lines())
    whose = "Neovim's own module" if version == "0.12" else "Tandem's own ghost text"
    assert f"suggestions by {whose}" in report
    assert "not trusted" in report
    assert "completes and fixes: glm-4.7-flash" in report


def test_the_health_check_says_how_to_install_a_missing_server(start: Start) -> None:
    editor, _ = start("", {})
    editor.lua("require('tandem.config').current.cmd = { '/nowhere/tandem-ls' }")
    editor.keys(":Tandem health<CR>")
    editor.wait_for("the report", lambda: "Keys" in "\n".join(editor.lines()))
    report = "\n".join(editor.lines())
    assert "'/nowhere/tandem-ls' cannot be run" in report
    assert f"pipx install {Path(__file__).parents[2]} " in report


def test_an_answer_ends_when_the_server_dies(start: Start) -> None:
    editor, _ = start("", {"parts": [{"kind": "text", "text": "Half"}, 60]})
    editor.keys(":Tandem ask Why?<CR>")
    editor.wait_for("the first half", lambda: "Half" in editor.answer())
    editor.lua("local pid = ...; vim.uv.kill(pid, 'sigkill')", server_pid(editor))
    editor.wait_for("the end", lambda: "The server ended" in "\n".join(editor.answer()))


def test_every_subcommand_is_in_the_help(start: Start) -> None:
    editor, _ = start("", {})
    help_text = (ROOT / "neovim/doc/tandem.txt").read_text("utf-8")
    names = editor.lua("return vim.tbl_keys(require('tandem.commands').all())")
    assert names
    assert [name for name in names if f"Tandem {name} " not in help_text] == []


def test_a_server_that_dies_is_started_again(start: Start) -> None:
    editor, traffic = start("", {"items": [[offer("value", 0, 1)]]})
    editor.lua("local pid = ...; vim.uv.kill(pid, 'sigkill')", server_pid(editor))
    editor.wait_for("a second start", lambda: len(traffic.all("initialize")) == 2)
    editor.wait_for("the document again", lambda: len(traffic.all("textDocument/didOpen")) == 2)
    editor.keys("iv")
    shows(editor, ["alue"])


def server_pid(editor: Editor) -> int:
    children = editor.lua("return vim.api.nvim_get_proc_children(vim.uv.os_getpid())")
    return int(children[0])


def test_restart_ends_the_server_and_starts_it_once(start: Start) -> None:
    editor, traffic = start("", {})
    editor.keys(":Tandem restart<CR>")
    editor.wait_for("a second start", lambda: len(traffic.all("textDocument/didOpen")) == 2)
    assert traffic.all("shutdown")
    assert "the server ended" not in editor.messages()


def test_trust_is_off_until_the_user_gives_it(start: Start) -> None:
    editor, traffic = start("", {})
    assert traffic.all("initialize")[0]["params"]["initializationOptions"]["trusted"] is False
    editor.keys(":Tandem trust<CR>")
    editor.wait_for("the trust", lambda: traffic.all("tandem/didChangeTrust"))
    assert traffic.all("tandem/didChangeTrust")[0]["params"] == {"trusted": True}
    editor.keys(":Tandem restart<CR>")
    editor.wait_for("a second start", lambda: len(traffic.all("initialize")) == 2)
    assert traffic.all("initialize")[1]["params"]["initializationOptions"]["trusted"] is True


def test_a_code_action_is_chosen_and_applied(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "project" / "a.py"
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    change = {"changes": {file.as_uri(): [{"range": place, "newText": "y"}]}}
    command = {"title": "Fix it", "command": "tandem.action", "arguments": [{"edit": change}]}
    theirs = {"title": "Other", "kind": "quickfix", "command": {"title": "", "command": "other"}}
    action = {"title": "Fix it", "kind": "quickfix", "command": command}
    editor, _ = start("x = 1\n", {"actions": [theirs, action]})
    editor.keys(":Tandem fix<CR>")
    editor.wait_for("the edit", lambda: editor.lines() == ["y = 1"])


def test_what_other_servers_show_as_wrong_goes_with_the_question_for_fixes(start: Start) -> None:
    editor, traffic = start("s = 'é𝄞' + x\nfine = 1\n", {"actions": [], "encoding": "utf-16"})
    editor.lua(
        """
        local namespace = vim.api.nvim_create_namespace('another server')
        local shown = { lnum = 0, col = 14, end_col = 15, message = 'no x', code = 'E1' }
        shown.source = 'other'
        local elsewhere = { lnum = 1, col = 0, end_col = 4, message = 'unused' }
        vim.diagnostic.set(namespace, 0, { shown, elsewhere })
        """
    )
    editor.keys(":Tandem fix<CR>")
    editor.wait_for("the question", lambda: traffic.all("textDocument/codeAction"))
    (sent,) = traffic.all("textDocument/codeAction")[0]["params"]["context"]["diagnostics"]
    assert sent["range"] == {
        "start": {"line": 0, "character": 11},
        "end": {"line": 0, "character": 12},
    }
    assert (sent["message"], sent["source"], sent["code"]) == ("no x", "other", "E1")


def test_the_server_is_told_what_is_shown_with_the_version_of_the_text(start: Start) -> None:
    editor, _ = start("s = 'é𝄞' + x\nfine = 1\n", {"encoding": "utf-16"})
    told = editor.lua(
        """
        local namespace = vim.api.nvim_create_namespace('another server')
        local shown = { lnum = 0, col = 14, end_col = 15, message = 'no x', severity = 2 }
        vim.diagnostic.set(namespace, 0, { shown })
        local client = require('tandem.client').of(0)
        local handler = client.handlers['tandem/diagnostics']
        local params = { textDocument = { uri = vim.uri_from_bufnr(0) } }
        local answer = handler(nil, params, { client_id = client.id })
        return { answer, vim.lsp.util.buf_versions[vim.fn.bufnr()] }
        """
    )
    answer, version = told
    assert answer["version"] == version
    (one,) = answer["diagnostics"]
    assert (one["message"], one["severity"]) == ("no x", 2)
    assert one["range"]["start"] == {"line": 0, "character": 11}


def test_a_rewrite_asks_for_its_instruction(start: Start) -> None:
    chosen = {"action": "rewrite", "arguments": {}}
    command = {"title": "Rewrite", "command": "tandem.action", "arguments": [chosen]}
    action = {"title": "Rewrite", "kind": "refactor.rewrite", "command": command}
    editor, traffic = start("x = 1\n", {"actions": [action]})
    editor.keys(":Tandem rewrite<CR>")
    editor.wait_for("the prompt", lambda: "Rewrite how?" in editor.screen())
    editor.keys("use a name<CR>")
    editor.wait_for("the command", lambda: traffic.all("workspace/executeCommand"))
    sent = traffic.all("workspace/executeCommand")[0]["params"]["arguments"][0]
    assert sent["arguments"] == {"instruction": "use a name"}


def test_a_question_of_the_server_is_put_by_the_plugin(start: Start) -> None:
    editor, traffic = start("", {"parts": PARTS, "question": {"question": "What is this?"}})
    editor.wait_for("the answer", lambda: "It is in `a.py`." in editor.answer())
    assert traffic.all("tandem/ask")[0]["params"]["question"] == "What is this?"


def test_an_unknown_option_is_named_and_the_rest_works(start: Start) -> None:
    editor, _ = start("", {}, inlin={"enabled": False})
    editor.wait_for("the warning", lambda: "setup() does not know inlin" in editor.messages())
