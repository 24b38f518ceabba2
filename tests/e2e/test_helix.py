"""Helix, configured as docs/editors/helix.md says, against the real server, in a terminal."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.editor_files import (
    documented,
    environment,
    require,
    unpacked,
    write_program,
    write_project,
)
from tests.e2e.terminal import Terminal, now_and_then


@pytest.fixture
def helix(tmp_path: Path) -> Iterator[Callable[[str], Terminal]]:
    """Open a file of the project in Helix."""
    require("tmux")
    program = unpacked("forky", "hx")
    project = write_project(tmp_path / "project")
    write_program(tmp_path / "bin")
    variables = environment(tmp_path / "home", tmp_path / "bin")
    config = tmp_path / "home/.config/helix"
    config.mkdir(parents=True)
    (config / "languages.toml").write_text(documented("helix.md", "toml"), "utf-8")
    terminals: list[Terminal] = []

    def open_file(name: str) -> Terminal:
        terminal = Terminal(tmp_path, [str(program), str(project / name)], variables)
        terminals.append(terminal)
        # What the server says first, on the last line.
        terminal.wait_for("the server", lambda screen: "No model server answers" in screen)
        return terminal

    yield open_file
    for terminal in terminals:
        terminal.close()


def test_a_suggestion_is_one_item_of_the_menu(helix: Callable[[str], Terminal]) -> None:
    terminal = helix("cart.py")
    terminal.keys("g", "e", "o", "C-u")
    terminal.text("    def total_volume(self, items):")
    terminal.keys("Enter")
    terminal.text("    return sum(item.pr")

    ask = now_and_then(lambda: terminal.keys("C-x"))

    def is_offered(screen: str) -> bool:
        ask()
        return "price for item in items)" in screen.partition("def total_volume")[2]

    terminal.wait_for("the item", is_offered)
    terminal.keys("Tab", "Enter")
    whole = "return sum(item.price for item in items)"
    terminal.wait_for("the completed line", lambda screen: screen.count(whole) == 2)


def test_a_problem_is_fixed_by_code_action(helix: Callable[[str], Terminal]) -> None:
    terminal = helix("broken.py")

    ask = now_and_then(lambda: terminal.keys("Space", "a"))

    def is_shown(screen: str) -> bool:
        ask()
        return "Fix all problems" in screen

    terminal.wait_for("the menu", is_shown)
    terminal.keys("Enter")
    terminal.wait_for("the fix", lambda screen: "def broken(items):" in screen)


def test_an_answer_opens_as_a_file_and_grows(helix: Callable[[str], Terminal]) -> None:
    terminal = helix("cart.py")

    def put() -> None:
        terminal.text(':lsp-workspace-command tandem.ask "Where is the total_price computed?"')
        terminal.keys("Enter")

    ask = now_and_then(put)

    def is_opened(screen: str) -> bool:
        ask()
        return "# Where is the total_price computed?" in screen

    terminal.wait_for("the answer", is_opened)
    terminal.wait_for("its text", lambda screen: "No model was used" in screen)
