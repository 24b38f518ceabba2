"""The Neovim plugin by itself, against a server that says what it is told to."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.neovim import ROOT, Editor, editing

SERVER = Path(__file__).with_name("scripted_server.py")


class Traffic:
    """What the editor sent."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def all(self, method: str) -> list[dict[str, Any]]:
        written = self._log.read_text("utf-8") if self._log.exists() else ""
        # The last line is not whole while the server still writes it.
        messages = [json.loads(line) for line in written.split("\n")[:-1]]
        return [message for message in messages if message.get("method") == method]


Start = Callable[..., tuple[Editor, Traffic]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start Neovim on a file with a script for the server."""
    with ExitStack() as stack:

        def begin(
            text: str, script: dict[str, Any], *, before: str = "", **options: Any
        ) -> tuple[Editor, Traffic]:
            root = tmp_path / "project"
            root.mkdir()
            (root / "pyproject.toml").touch()
            file = root / "a.py"
            file.write_text(text, "utf-8")
            answers, log = tmp_path / "script.json", tmp_path / "log.jsonl"
            answers.write_text(json.dumps(script), "utf-8")
            command = [sys.executable, str(SERVER), str(answers), str(log)]
            editor = stack.enter_context(
                editing(file, tmp_path, {"cmd": command, **options}, before=before)
            )
            traffic = Traffic(log)
            editor.wait_for("an open document", lambda: traffic.all("textDocument/didOpen"))
            return editor, traffic

        yield begin


def offer(text: str, start: int, end: int, line: int = 0) -> dict[str, Any]:
    place = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    return {"insertText": text, "range": place}


def shows(editor: Editor, lines: list[str]) -> None:
    editor.wait_for(f"ghost text {lines}", lambda: editor.ghost() == lines)


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


def test_the_health_check_finds_everything_in_its_place(start: Start) -> None:
    status = {"executor": "glm-4.7-flash", "planner": "gpt-oss:20b", "state": "ready"}
    editor, _ = start("", {"status": status})
    ask_status = "return require('tandem').status()"
    editor.wait_for("the status", lambda: editor.lua(ask_status) == "Tandem: glm-4.7-flash")
    editor.keys(":Tandem health<CR>")
    editor.wait_for("the report", lambda: "Keys" in "\n".join(editor.lines()))
    report = "\n".join(editor.lines())
    assert "suggestions by Tandem's own ghost text" in report
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


def test_a_neovim_without_lsp_config_attaches_too(start: Start) -> None:
    before = "vim.lsp.config, vim.lsp.enable = nil, nil"
    editor, _ = start("", {"items": [[offer("value", 0, 1)]]}, before=before)
    editor.keys("iv")
    shows(editor, ["alue"])
