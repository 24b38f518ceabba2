"""Neovim with Tandem itself behind it: real keys, the real server, no model and scripted models."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.editor_files import write_project
from tests.e2e.neovim import Editor, editing, real_server
from tests.e2e.ollama import ollama

NO_OLLAMA = "127.0.0.1:9"


Open = Callable[..., Editor]

STATUS = "return require('tandem').status()"


def begin(
    stack: ExitStack, folder: Path, file: Path, *, version: str = "0.11", host: str = NO_OLLAMA
) -> Editor:
    """Open a file with the server at work and its first word on the status line."""
    environment = {"OLLAMA_HOST": host}
    options = {"cmd": real_server()}
    editor = stack.enter_context(
        editing(file, folder, options, environment=environment, version=version)
    )
    engine = "built-in" if host == NO_OLLAMA else "glm-4.7-flash"
    editor.wait_for(engine, lambda: engine in editor.lua(STATUS))
    return editor


@pytest.fixture
def open_file(tmp_path: Path, version: str) -> Iterator[Open]:
    """Open a file of a small project, with scripted models or with none."""
    with ExitStack() as stack:

        def opened(
            name: str,
            rules: dict[str, Any] | None = None,
            line: int = 1,
            machine: Sequence[str] = (),
        ) -> Editor:
            project = write_project(tmp_path / "project")
            host = NO_OLLAMA
            if rules:
                host = stack.enter_context(ollama(tmp_path, rules, *machine)).url
            editor = begin(stack, tmp_path, project / name, version=version, host=host)
            editor.nvim.current.window.cursor = (line, 0)
            return editor

        yield opened


def ghost(editor: Editor) -> str:
    return "\n".join(editor.ghost())


every_version = pytest.mark.parametrize("version", ["0.10", "0.11", "0.12"])


@every_version
def test_the_built_in_engine_completes_and_tab_takes_it(open_file: Open) -> None:
    editor = open_file("cart.py")
    editor.keys("Go<CR>def total_volume(self, items):<CR>return sum(item.pr")
    editor.wait_for("a suggestion", lambda: ghost(editor).startswith("ice"))
    suggested = ghost(editor)
    editor.keys("<Tab>")
    line = "        return sum(item.pr" + suggested.split("\n")[0]
    editor.wait_for("the accepted text", lambda: line in editor.lines())


@every_version
def test_the_executor_completes_word_by_word(open_file: Open) -> None:
    say = "item.volume for item in items)"
    rules = {"*": [{"kind": "fill", "say": say}, {"say": say}]}
    editor = open_file("cart.py", rules)
    editor.keys("Go<CR>def total_volume(self, items):<CR>return sum(")
    editor.wait_for("the line", lambda: editor.lines()[-1].endswith("sum("))
    # Whoever types gets the built-in engine until the model is ready; who asks by key waits for it.
    editor.keys("<M-Bslash>")
    editor.wait_for("the suggestion", lambda: ghost(editor).startswith("item.volume"))
    editor.keys("<M-Right>")
    editor.wait_for("a word", lambda: editor.lines()[-1].endswith("return sum(item"))
    editor.wait_for("the rest", lambda: ghost(editor).startswith(".volume for"))
    editor.keys("<M-C-Right>")
    whole = "        return sum(item.volume for item in items)"
    editor.wait_for("the line", lambda: editor.lines()[-1] == whole)


@every_version
def test_text_comes_without_another_key_once_the_model_is_loaded(open_file: Open) -> None:
    say = "item.volume for item in items)"
    rules = {"*": [{"kind": "fill", "say": say}, {"say": say}]}
    editor = open_file("cart.py", rules, machine=SLOW)
    editor.lua("require('tandem').configure({ completion = { builtin_confidence = 1 } })")
    editor.keys("Go<CR>def total_volume(self, items):<CR>return sum(")
    editor.wait_for("the load", lambda: "loading" in editor.lua(STATUS))
    assert not ghost(editor)
    editor.wait_for("the suggestion", lambda: ghost(editor).startswith("item.volume"))


@every_version
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


@every_version
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
    editor.wait_for("the engine", lambda: "built-in" in editor.lua(STATUS))


# A fault that no tool mends by itself, and what the executor makes of it.
UNKNOWN_NAME = "def total(items):\n    return add_all(items)\n"
MENDED = "def total(items):\n    return sum(items)\n"
# A card of today, its time going by four times faster: a long answer takes some seconds.
SLOW = ("--machine", "rtx4090", "--speed", "4")


def fixing(say: str) -> dict[str, Any]:
    return {"*": [{"kind": "chat", "say": f"```python\n{say}```"}]}


def write_faulty(folder: Path) -> Path:
    file = write_project(folder / "project") / "total.py"
    file.write_text(UNKNOWN_NAME, "utf-8")
    return file


def test_the_executor_fixes_with_progress_and_undo_is_one_step(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(ollama(tmp_path, fixing(MENDED), *SLOW))
        editor = begin(stack, tmp_path, write_faulty(tmp_path), host=server.url)
        editor.keys("2G")
        editor.lua(WATCH_PROGRESS)
        editor.keys(":Tandem fix<CR>")
        editor.wait_for("the fix", lambda: editor.lines() == MENDED.splitlines())
        seen = editor.lua("return vim.g.seen_progress")
        assert [kind for kind in seen if kind.startswith("begin Fix")]
        first = "report Round 1 of 3: "
        assert any(kind.startswith(f"{first}waiting for glm-4.7-flash") for kind in seen)
        assert any(kind.startswith(first) and "is writing" in kind for kind in seen)
        editor.keys("u")
        editor.wait_for("the fault again", lambda: editor.lines() == UNKNOWN_NAME.splitlines())


WATCH_PROGRESS = """
    local seen = {}
    vim.g.seen_progress = seen
    vim.api.nvim_create_autocmd('LspProgress', {
      callback = function(event)
        local value = event.data.params.value
        seen[#seen + 1] = value.kind .. ' ' .. (value.message or value.title or '')
        vim.g.seen_progress = seen
      end,
    })
"""


def test_a_fix_is_cancelled_in_the_middle_and_nothing_is_changed(tmp_path: Path) -> None:
    endless = "".join(f"    # remark {number}\n" for number in range(3000))
    with ExitStack() as stack:
        server = stack.enter_context(ollama(tmp_path, fixing(MENDED + endless), *SLOW))
        editor = begin(stack, tmp_path, write_faulty(tmp_path), host=server.url)
        editor.keys("2G:Tandem fix<CR>")
        work = "return (require('tandem.progress').newest() or {}).message"
        editor.wait_for("its lines", lambda: "is writing (2" in (editor.lua(work) or ""))
        editor.keys(":Tandem stop<CR>")
        editor.wait_for("the end", lambda: not editor.lua(work))
        assert editor.lines() == UNKNOWN_NAME.splitlines()


def test_an_answer_streams_and_is_stopped(open_file: Open) -> None:
    long = " ".join(f"word{number}" for number in range(4000))
    editor = open_file("cart.py", {"*": [{"kind": "chat", "say": long}]}, machine=SLOW)
    editor.keys(":Tandem ask Where are the prices added?<CR>")
    editor.wait_for("the beginning", lambda: "word20" in "\n".join(editor.answer()))
    editor.keys(":Tandem stop<CR>")
    editor.wait_for("the stop", lambda: "*Stopped.*" in editor.answer())
    assert "word3999" not in "\n".join(editor.answer())


def test_ollama_is_killed_and_comes_back(tmp_path: Path) -> None:
    say = "item.volume for item in items)"
    rules = {"*": [{"kind": "fill", "say": say}, {"say": say}]}
    with ExitStack() as stack:
        server = stack.enter_context(ollama(tmp_path, rules))
        file = write_project(tmp_path / "project") / "cart.py"
        editor = begin(stack, tmp_path, file, host=server.url)
        server.kill()
        editor.keys("Go<CR>def total_volume(self, items):<CR>return sum(item.pr")
        editor.wait_for("the built-in engine", lambda: "built-in" in editor.lua(STATUS))
        editor.wait_for("its suggestion", lambda: ghost(editor).startswith("ice"))
        server.start()
        editor.wait_for("the model", lambda: "glm-4.7-flash" in editor.lua(STATUS))


def test_the_configuration_of_a_folder_counts_only_once_it_is_trusted(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    (project / "tandem.yaml").write_text("completion:\n  enabled: false\n", "utf-8")
    with ExitStack() as stack:
        editor = begin(stack, tmp_path, project / "cart.py")
        editor.keys("Go<CR>def total_volume(self, items):<CR>return sum(item.pr")
        editor.wait_for("a suggestion", lambda: ghost(editor).startswith("ice"))
        editor.keys("<Esc>:Tandem trust<CR>")
        editor.wait_for("the news", lambda: "is trusted now" in editor.messages())

        def is_silent() -> bool:
            editor.keys("<Esc>Sreturn sum(item.pr")
            return not editor.lua(REQUEST)

        editor.wait_for("silence", is_silent)


# Neovim itself asks, so that an answer of nothing can be told from none yet.
REQUEST = """
    local client = vim.lsp.get_clients({ name = 'tandem' })[1]
    local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
    params.context = { triggerKind = 2 }
    local reply = client:request_sync('textDocument/inlineCompletion', params, 5000, 0)
    return #(reply.result.items or {}) > 0
"""


def test_a_message_of_the_server_fits_on_its_line(open_file: Open) -> None:
    editor = open_file("cart.py")
    said = "No model server answers"
    editor.wait_for("the message", lambda: said in editor.messages())
    [line] = [line for line in editor.messages().splitlines() if said in line]
    assert len(line) <= editor.lua("return vim.v.echospace")
    assert line.endswith("(:Tandem status)")
    editor.nvim.command("Tandem status")
    editor.wait_for(
        "all of it", lambda: "the built-in engine answers meanwhile" in editor.messages()
    )
