"""Vim with ALE, configured as docs/editors/vim.md says, against the real server, in a terminal."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.editor_files import documented, environment, require, write_program, write_project
from tests.e2e.terminal import Terminal


@pytest.fixture
def vim(tmp_path: Path) -> Iterator[Callable[[str], Terminal]]:
    """Open a file of the project in Vim and wait until ALE has the server."""
    for program in ("vim", "tmux"):
        require(program)
    project = write_project(tmp_path / "project")
    write_program(tmp_path / "bin")
    config = tmp_path / "vimrc"
    shown = "command! TandemState echo 'clients:' len(ale#lsp#GetConnections())"
    quiet = "set nocompatible nomore noswapfile ruler"
    config.write_text(f"{quiet}\n{documented('vim.md', 'vim')}\n{shown}\n", "utf-8")
    terminals = []

    def open_file(name: str) -> Terminal:
        argv = ["vim", "-u", str(config), "-i", "NONE", str(project / name)]
        terminal = Terminal(tmp_path, argv, environment(tmp_path / "home", tmp_path / "bin"))
        terminals.append(terminal)
        terminal.wait_for("the file", lambda screen: name in screen or "def " in screen)
        return terminal

    yield open_file
    for terminal in terminals:
        terminal.close()


def attached(terminal: Terminal) -> None:
    """Wait until ALE has the server: its number of connections is shown on request."""

    def has_server(_screen: str) -> bool:
        terminal.text(":TandemState")
        terminal.keys("Enter")
        return "clients: 1" in terminal.screen()

    terminal.wait_for("a server", has_server)


def test_a_suggestion_is_one_item_of_the_list(vim: Callable[[str], Terminal]) -> None:
    terminal = vim("cart.py")
    attached(terminal)
    terminal.text("Godef total_volume(self, items):")
    terminal.keys("Enter")
    terminal.text("return sum(item.pr")

    def is_completed(screen: str) -> bool:
        if screen.count("return sum(item.price for item in items)") == 2:
            return True
        terminal.keys("C-x", "C-o")
        return False

    terminal.wait_for("the completed line", is_completed)


def test_a_problem_is_fixed_by_code_action(vim: Callable[[str], Terminal]) -> None:
    terminal = vim("broken.py")
    attached(terminal)
    terminal.text(":ALECodeAction")
    terminal.keys("Enter")
    terminal.wait_for("the menu", lambda screen: "1) Fix" in screen)
    terminal.text("1")
    terminal.keys("Enter")
    terminal.wait_for("the fix", lambda screen: "def broken(items):" in screen)
