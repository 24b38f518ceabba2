"""From a problem to a proven fix with keys in a real Neovim, with the real server behind it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.checks.support import fingerprint
from tests.e2e.neovim import Editor, editing, real_server
from tests.e2e.ollama import ollama

CODE = "import os\n\n\ndef double(value):\n    return valeu * 2\n\n\nprint(os.name)\n"
RIGHT = "```python\ndef double(value):\n    return value * 2\n```"
WRONG = "```python\ndef double(value):\n    return vale * 2\n```"
FIXED = CODE.replace("valeu", "value").splitlines()

# Server, models and rounds of checks are programs that take turns with all else on the machine.
PATIENT_SECONDS = 90.0

Open = Callable[..., Editor]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "double.py").write_text(CODE, "utf-8")
    return root


@pytest.fixture
def open_at_the_problem(tmp_path: Path, project: Path) -> Iterator[Open]:
    """Open the file at its problem, before models that answer by script."""
    with ExitStack() as stack:

        def begin(*answers: str, machine: str = "") -> Editor:
            rules: dict[str, Any] = {"*": [{"kind": "chat", "say": list(answers)}]}
            more = ("--machine", machine) if machine else ()
            host = stack.enter_context(ollama(tmp_path, rules, *more)).url
            options = {"cmd": real_server()}
            environment = {"OLLAMA_HOST": host}
            editor = stack.enter_context(
                editing(project / "double.py", tmp_path, options, environment=environment)
            )
            editor.nvim.current.window.cursor = (5, 12)
            state = "return require('tandem').status()"
            editor.wait_for(
                "the model", lambda: "glm-4.7-flash" in editor.lua(state), PATIENT_SECONDS
            )
            return editor

        yield begin


def under_way(editor: Editor) -> str:
    """Return what the newest work says that it does."""
    return str(
        editor.lua("return (require('tandem.progress').newest() or { message = '' }).message or ''")
    )


SHOW = """
local shown = { lnum = 4, col = 11, end_col = 16, message = 'Undefined name `valeu`' }
shown.code, shown.source, shown.severity = 'F821', 'Ruff', vim.diagnostic.severity.ERROR
vim.diagnostic.set(vim.api.nvim_create_namespace('another server'), 0, { shown })
"""


def choose_the_fix(editor: Editor) -> None:
    """Choose from the menu as a user does, with the problem shown by another plugin."""
    editor.lua(SHOW)
    editor.keys(":Tandem fix<CR>")
    title = "Fix: Undefined name `valeu`"
    editor.wait_for("the menu", lambda: title in editor.screen(), PATIENT_SECONDS)
    row = next(row.strip() for row in editor.screen().splitlines() if title in row)
    editor.keys(f"{row[0]}<CR>")


def test_a_problem_is_fixed_after_a_reflection_and_undone_in_one_step(
    open_at_the_problem: Open, project: Path
) -> None:
    editor = open_at_the_problem(WRONG, RIGHT)
    before = fingerprint(project)
    choose_the_fix(editor)
    editor.wait_for("the fix", lambda: editor.lines() == FIXED, PATIENT_SECONDS)
    assert fingerprint(project) == before
    editor.keys("u")
    editor.wait_for("the problem again", lambda: editor.lines() == CODE.splitlines())
    undone = editor.lua("return vim.fn.undotree().seq_cur")
    assert undone == 0


def test_a_fix_that_no_round_achieves_changes_nothing_and_says_so(
    open_at_the_problem: Open, project: Path
) -> None:
    editor = open_at_the_problem(WRONG, WRONG.replace("vale ", "val "), WRONG.replace("vale", "v"))
    choose_the_fix(editor)
    editor.wait_for(
        "the news", lambda: "do not agree after 3 rounds" in editor.messages(), PATIENT_SECONDS
    )
    assert editor.lines() == CODE.splitlines()


def test_a_fix_is_stopped_in_the_middle_and_leaves_nothing(
    open_at_the_problem: Open, project: Path
) -> None:
    editor = open_at_the_problem(RIGHT, machine="rtx4090")
    before = fingerprint(project)
    choose_the_fix(editor)
    editor.wait_for("the first round", lambda: "Round 1 of 3" in under_way(editor), PATIENT_SECONDS)
    editor.keys(":Tandem stop<CR>")
    editor.wait_for(
        "its end", lambda: editor.lua("return require('tandem.progress').newest() == nil")
    )
    assert editor.lines() == CODE.splitlines()
    assert fingerprint(project) == before
    choose_the_fix(editor)
    editor.wait_for(
        "another first round", lambda: "Round 1 of 3" in under_way(editor), PATIENT_SECONDS
    )


def test_lines_typed_above_meanwhile_stay_and_the_fix_follows(
    open_at_the_problem: Open,
) -> None:
    editor = open_at_the_problem(RIGHT, machine="rtx4090")
    choose_the_fix(editor)
    editor.wait_for("the first round", lambda: "Round 1 of 3" in under_way(editor), PATIENT_SECONDS)
    editor.keys("ggOimport sys<CR>print(sys)<Esc>")
    typed = ["import sys", "print(sys)", *FIXED]
    editor.wait_for("the fix below", lambda: editor.lines() == typed, PATIENT_SECONDS)
