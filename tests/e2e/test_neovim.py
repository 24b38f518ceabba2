"""Neovim with Tandem itself behind it: real keys, the real server, no model and scripted models."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.editor_files import ROOT, write_project
from tests.e2e.neovim import Editor, editing, real_server

NO_OLLAMA = "127.0.0.1:9"


@contextmanager
def ollama(folder: Path, rules: dict[str, Any]) -> Iterator[str]:
    """Run Ollama's stand-in with scripted models; yields its address."""
    script = folder / "models.json"
    script.write_text(json.dumps(rules), "utf-8")
    argv = [sys.executable, "-m", "tests.simulator", "--port", "0", "--script", str(script)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


Open = Callable[..., Editor]


@pytest.fixture
def open_file(tmp_path: Path) -> Iterator[Open]:
    """Open a file of a small project, with scripted models or with none."""
    with ExitStack() as stack:

        def begin(name: str, rules: dict[str, Any] | None = None, line: int = 1) -> Editor:
            project = write_project(tmp_path / "project")
            host = stack.enter_context(ollama(tmp_path, rules)) if rules else NO_OLLAMA
            options = {"cmd": real_server()}
            editor = stack.enter_context(
                editing(project / name, tmp_path, options, environment={"OLLAMA_HOST": host})
            )
            editor.nvim.current.window.cursor = (line, 0)
            engine = "glm-4.7-flash" if rules else "built-in"
            state = "return require('tandem').status()"
            editor.wait_for(engine, lambda: engine in editor.lua(state))
            return editor

        yield begin


def ghost(editor: Editor) -> str:
    return "\n".join(editor.ghost())


def test_the_built_in_engine_completes_and_tab_takes_it(open_file: Open) -> None:
    editor = open_file("cart.py")
    editor.keys("Go<CR>def total_volume(self, items):<CR>return sum(item.pr")
    editor.wait_for("a suggestion", lambda: ghost(editor).startswith("ice"))
    suggested = ghost(editor)
    editor.keys("<Tab>")
    line = "        return sum(item.pr" + suggested.split("\n")[0]
    editor.wait_for("the accepted text", lambda: line in editor.lines())


def test_the_executor_completes_word_by_word(open_file: Open) -> None:
    say = "item.volume for item in items)"
    rules = {"*": [{"kind": "fill", "say": say}, {"say": say}]}
    editor = open_file("cart.py", rules)
    editor.keys("Go<CR>def total_volume(self, items):")
    # The first key loads the model, and the built-in engine answers until it is there.
    running = "return #((require('tandem.status').of(0) or { detail = {} }).detail.running or {})"
    editor.wait_for("the model in memory", lambda: editor.lua(running))
    editor.keys("<CR>return sum(")
    editor.wait_for("the suggestion", lambda: ghost(editor).startswith("item.volume"))
    editor.keys("<M-Right>")
    editor.wait_for("a word", lambda: editor.lines()[-1].endswith("return sum(item"))
    editor.wait_for("the rest", lambda: ghost(editor).startswith(".volume for"))
    editor.keys("<M-C-Right>")
    whole = "        return sum(item.volume for item in items)"
    editor.wait_for("the line", lambda: editor.lines()[-1] == whole)


def test_a_problem_is_fixed_by_code_action_and_undone_in_one_step(open_file: Open) -> None:
    editor = open_file("broken.py")
    editor.keys(":Tandem fix<CR>")
    editor.wait_for("the fix", lambda: editor.lines()[0] == "def broken(items):")
    editor.keys("u")
    editor.wait_for("the fault again", lambda: editor.lines()[0] == "def broken(items)")


def test_a_question_without_a_model_is_answered_into_a_buffer(open_file: Open) -> None:
    editor = open_file("cart.py")
    editor.keys(":Tandem ask Where is the total_price computed?<CR>")
    editor.wait_for("the answer", lambda: "def total_price" in "\n".join(editor.answer()))
    assert "No model was used" in "\n".join(editor.answer())


def test_the_planner_answers_with_its_reasoning_folded(open_file: Open) -> None:
    rules = {"*": [{"kind": "chat", "say": "It is in `cart.py`.", "thinking": "Let me see."}]}
    editor = open_file("cart.py", rules)
    editor.keys(":Tandem ask Where is the total_price computed?<CR>")
    editor.wait_for("the answer", lambda: "It is in" in "\n".join(editor.answer()))
    editor.wait_for("the fold", lambda: "▸ Reasoning, 1 line" in editor.screen())


def test_an_explanation_chosen_as_a_code_action_streams_into_the_split(open_file: Open) -> None:
    rules = {"*": [{"kind": "chat", "say": "It adds up the prices."}]}
    editor = open_file("cart.py", rules, line=2)
    editor.keys(":Tandem explain<CR>")
    editor.wait_for(
        "the explanation", lambda: "It adds up the prices." in "\n".join(editor.answer())
    )


def test_a_rewrite_by_instruction_is_made(open_file: Open) -> None:
    method = "    def total_price(self, items):\n        return sum(i.price for i in items)"
    say = f"```python\n{method}\n```"
    editor = open_file("cart.py", {"*": [{"kind": "chat", "say": say}]}, line=3)
    editor.keys(":2,3Tandem rewrite<CR>")
    editor.wait_for("the menu", lambda: "Rewrite by instruction" in editor.screen())
    choice = next(
        row.strip()[0] for row in editor.screen().splitlines() if "Rewrite by instruction" in row
    )
    editor.keys(f"{choice}<CR>")
    editor.wait_for("the prompt", lambda: "Rewrite how?" in editor.screen())
    editor.keys("a shorter name<CR>")
    wanted = "        return sum(i.price for i in items)"
    editor.wait_for("the rewrite", lambda: wanted in editor.lines())


def test_tandem_comes_back_after_it_was_killed(open_file: Open) -> None:
    editor = open_file("cart.py")
    pids = editor.lua("return vim.api.nvim_get_proc_children(vim.uv.os_getpid())")
    editor.lua("local pid = ...; vim.uv.kill(pid, 'sigkill')", pids[0])
    editor.wait_for("the news", lambda: "it is started again" in editor.messages())
    state = "return require('tandem').status()"
    editor.wait_for("the engine", lambda: "built-in" in editor.lua(state))
