"""Emacs with eglot and lsp-mode, as docs/editors/emacs.md says, against the real server."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.editor_files import (
    documented,
    environment,
    require,
    unpacked_folder,
    write_program,
    write_project,
)

HERE = Path(__file__).parent


def play(folder: Path, session: str, config: str, **variables: str) -> dict[str, str]:
    """Return what one session in Emacs said, by the name of each step."""
    require("emacs")
    project = write_project(folder / "project")
    (folder / "config.el").write_text(config, "utf-8")
    write_program(folder / "bin")
    known = environment(folder / "home", folder / "bin") | {
        "TANDEM_CONFIG": str(folder / "config.el"),
        "TANDEM_FILE": str(project / "cart.py"),
    }
    argv = ["emacs", "--batch", "-l", str(HERE / session)]
    done = subprocess.run(
        argv, env=known | variables, capture_output=True, text=True, timeout=60, check=False
    )
    steps = dict(re.findall(r"^([a-z ]+): (.*)$", done.stdout, re.MULTILINE))
    assert "done" in steps, f"{done.stdout}\n{done.stderr}"
    return steps


def configurations() -> tuple[str, str]:
    """Return the configuration of eglot and that of lsp-mode."""
    eglot, head, lsp_mode = documented("emacs.md", "elisp").partition("(require 'lsp-mode)")
    return eglot, head + lsp_mode


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A session with eglot."""
    return play(tmp_path_factory.mktemp("eglot"), "emacs_session.el", configurations()[0])


@pytest.fixture(scope="module")
def lsp_mode(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A session with lsp-mode."""
    packages = unpacked_folder("forky", "usr/share/emacs/site-lisp/elpa-src")
    folder = tmp_path_factory.mktemp("lsp-mode")
    config = configurations()[1]
    return play(folder, "lsp_mode_session.el", config, TANDEM_PACKAGES=str(packages))


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


def test_lsp_mode_shows_a_suggestion_as_ghost_text_and_takes_it(lsp_mode: dict[str, str]) -> None:
    assert lsp_mode["server"] == "(tandem)"
    assert lsp_mode["shown"].startswith("ice")
    assert lsp_mode["completed"].endswith("return sum(item.price for item in items)")


def test_lsp_mode_fixes_a_problem_by_code_action(lsp_mode: dict[str, str]) -> None:
    assert lsp_mode["fixed"] == "def broken(items):"


def test_lsp_mode_shows_an_answer_as_a_file(lsp_mode: dict[str, str]) -> None:
    assert "def total_price" in lsp_mode["answered"]
