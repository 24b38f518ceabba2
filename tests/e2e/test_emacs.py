"""Emacs with eglot, configured as docs/editors/emacs.md says, against the real server."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.editor_files import documented, environment, require, write_program, write_project

SESSION = Path(__file__).with_name("emacs_session.el")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one session in Emacs said, by the name of each step."""
    require("emacs")
    folder = tmp_path_factory.mktemp("emacs")
    project = write_project(folder / "project")
    config = folder / "config.el"
    eglot, _, _ = documented("emacs.md", "elisp").partition("(require 'lsp-mode)")
    config.write_text(eglot, "utf-8")
    write_program(folder / "bin")
    variables = environment(folder / "home", folder / "bin") | {
        "TANDEM_CONFIG": str(config),
        "TANDEM_FILE": str(project / "cart.py"),
    }
    argv = ["emacs", "--batch", "-l", str(SESSION)]
    done = subprocess.run(
        argv, env=variables, capture_output=True, text=True, timeout=50, check=False
    )
    steps = dict(re.findall(r"^([a-z ]+): (.*)$", done.stdout, re.MULTILINE))
    assert "done" in steps, f"{done.stdout}\n{done.stderr}"
    return steps


def test_the_server_is_attached(session: dict[str, str]) -> None:
    assert session["server"] == "tandem-ls"


def test_a_suggestion_is_one_item_of_the_list_and_completes(session: dict[str, str]) -> None:
    assert session["completions"] == "1"
    assert session["completed"].endswith("return sum(item.price for item in items)")


def test_a_problem_is_fixed_by_code_action(session: dict[str, str]) -> None:
    assert session["fixed"] == "def broken(items):"


def test_a_question_is_answered_in_a_file(session: dict[str, str]) -> None:
    assert "total_price" in session["answer"]
    assert "cart.py" in session["answer"]


def test_the_server_leaves_by_itself(session: dict[str, str]) -> None:
    assert session["left in time"] == "t"
