"""Pictures of the editors that live in a terminal: python -m tests.e2e.terminal_pictures FOLDER.

Each is configured as its page in docs/editors says and drawn from what its terminal holds. The
models of Neovim are scripted; in the others the built-in engine answers.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from tests.e2e.editor_files import (
    ROOT,
    documented,
    environment,
    unpacked,
    unpacked_folder,
    write_program,
    write_project,
)
from tests.e2e.neovim import binary
from tests.e2e.ollama import ollama
from tests.e2e.terminal import Terminal, now_and_then

COLUMNS, ROWS = 100, 30
PIXELS = (COLUMNS * 9 + 32, ROWS * 18 + 24)
PAGE = """<meta charset="utf-8"><style>
body {{ margin: 0; background: {background}; color: {foreground}; }}
pre {{ margin: 0; padding: 12px 16px; font: 15px/18px "DejaVu Sans Mono"; }}
{stylesheet}</style><pre>{code}</pre>"""

SAY = "item.volume for item in items)"
ANSWER = (
    "The price is computed by `Cart.total_price` in `cart.py:2`.\n\n"
    "It adds up the `price` of each item and knows neither taxes nor\n"
    "discounts; whoever calls it passes the items in."
)
RULES = {
    "*": [
        {"kind": "fill", "say": SAY},
        {"kind": "chat", "say": ANSWER, "thinking": "The cart sums the prices.\nOnly one place."},
    ]
}


def photograph(terminal: Terminal, target: Path) -> None:
    """Draw what the terminal holds and write it as PNG."""
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    console.print(Text.from_ansi(terminal.coloured()), no_wrap=True)
    page = console.export_html(theme=MONOKAI, code_format=PAGE)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "screen.html")
        source.write_text(page, "utf-8")
        size = f"--window-size={PIXELS[0]},{PIXELS[1]}"
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", size]
        chromium = shutil.which("chromium") or "chromium"
        shot = [chromium, *flags, f"--screenshot={target}", source.as_uri()]
        subprocess.run(shot, check=True, capture_output=True, timeout=60)


@contextmanager
def opened(
    argv: Callable[[Path, Path], list[str]], extra: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """Run an editor on a small project; `argv` gets the scratch folder and the file."""
    with tempfile.TemporaryDirectory(prefix="tandem-picture-") as name:
        folder = Path(name)
        project = write_project(folder / "project")
        write_program(folder / "bin")
        variables = environment(folder / "home", folder / "bin")
        variables |= {"COLORTERM": "truecolor", **(extra or {})}
        command = argv(folder, project / "cart.py")
        terminal = Terminal(folder, command, variables)
        try:
            terminal.wait_for("the file", lambda screen: "def total_weight" in screen)
            yield terminal
        finally:
            terminal.close()


def neovim(target: Path) -> None:
    """Ghost text and a streamed answer, side by side."""

    def argv(folder: Path, file: Path) -> list[str]:
        init = folder / "init.lua"
        init.write_text(
            f"vim.opt.runtimepath:prepend({json.dumps(str(ROOT / 'neovim'))})\n"
            "vim.opt.swapfile = false\nvim.opt.termguicolors = true\nvim.opt.laststatus = 2\n"
            "vim.o.statusline = \"%f %=%{v:lua.require'tandem'.status()} \"\n"
            "vim.cmd('filetype plugin indent on')\n"
            "require('tandem').setup({ ask = { split = 'below', height = 13 } })\n",
            "utf-8",
        )
        return [str(binary("0.11")), "-u", str(init), "-i", "NONE", str(file)]

    with (
        tempfile.TemporaryDirectory() as folder,
        ollama(Path(folder), RULES) as server,
        opened(argv, {"OLLAMA_HOST": server.url}) as terminal,
    ):
        terminal.wait_for("the model", lambda screen: "glm-4.7-flash" in screen)
        terminal.text(":Tandem ask Where is the price computed?")
        terminal.keys("Enter")
        terminal.wait_for("the answer", lambda screen: "passes the items in" in screen)
        terminal.text("Godef total_volume(self, items):")
        terminal.keys("Enter")
        terminal.text("return sum(")
        again = now_and_then(lambda: terminal.keys("BSpace", "("))
        terminal.wait_for("ghost text", lambda screen: _seen(screen, SAY, again))
        photograph(terminal, target)


def _seen(screen: str, wanted: str, again: Callable[[], None]) -> bool:
    if wanted in screen:
        return True
    again()
    return False


def helix(target: Path) -> None:
    """The suggestion as an item of the menu."""

    def argv(folder: Path, file: Path) -> list[str]:
        config = folder / "home/.config/helix"
        config.mkdir(parents=True)
        (config / "languages.toml").write_text(documented("helix.md", "toml"), "utf-8")
        return [str(unpacked("forky", "hx")), str(file)]

    with opened(argv) as terminal:
        terminal.wait_for("the server", lambda screen: "No model server answers" in screen)
        terminal.keys("g", "e", "o", "C-u")
        terminal.text("    def total_volume(self, items):")
        terminal.keys("Enter")
        terminal.text("    return sum(item.pr")
        again = now_and_then(lambda: terminal.keys("C-x"))
        wanted = "price for item in items) "
        terminal.wait_for("the item", lambda screen: _seen(screen, wanted, again))
        photograph(terminal, target)


def vim(target: Path) -> None:
    """The suggestion as an item of the list."""

    def argv(folder: Path, file: Path) -> list[str]:
        config = folder / "vimrc"
        head = "set nocompatible nomore noswapfile ruler completeopt=menuone,noinsert\n"
        head += "filetype plugin indent on\nsyntax on\n"
        config.write_text(head + documented("vim.md", "vim"), "utf-8")
        return ["vim", "-u", str(config), "-i", "NONE", str(file)]

    with opened(argv) as terminal:
        terminal.text("Godef total_volume(self, items):")
        terminal.keys("Enter")
        terminal.text("return sum(item.pr")
        again = now_and_then(lambda: terminal.keys("C-x", "C-o"))
        terminal.wait_for(
            "the list", lambda screen: _seen(screen, "price for item in items) ", again)
        )
        photograph(terminal, target)


def emacs(target: Path) -> None:
    """Ghost text by lsp-mode."""

    def argv(folder: Path, file: Path) -> list[str]:
        packages = unpacked_folder("forky", "usr/share/emacs/site-lisp/elpa-src")
        _, head, config = documented("emacs.md", "elisp").partition("(require 'lsp-mode)")
        start = folder / "start.el"
        start.write_text(
            f'(dolist (folder (directory-files "{packages}" t "^[a-z]"))\n'
            "  (add-to-list 'load-path folder)\n"
            '  (mapc #\'load (file-expand-wildcards (concat folder "/*-autoloads.el"))))\n'
            "(setq lsp-auto-guess-root t lsp-enable-snippet nil lsp-lens-enable nil\n"
            "      lsp-headerline-breadcrumb-enable nil lsp-enable-file-watchers nil\n"
            "      lsp-inline-completion-idle-delay 0.3 inhibit-startup-screen t)\n"
            "(menu-bar-mode -1)\n(load-theme 'wombat t)\n"
            f"{head}{config}\n(add-hook 'python-mode-hook #'lsp)\n",
            "utf-8",
        )
        return ["emacs", "-nw", "-Q", "-l", str(start), str(file)]

    with opened(argv, {"TERM": "xterm-256color"}) as terminal:
        terminal.wait_for("the server", lambda screen: "LSP" in screen)
        terminal.keys("M->")
        terminal.text("    def total_volume(self, items):\n        return sum(item.pr")
        again = now_and_then(lambda: terminal.keys("BSpace", "r"))
        whole = "return sum(item.price for item in items)"
        terminal.wait_for(
            "ghost text", lambda screen: screen.count(whole) == 2 or again() is not None
        )
        photograph(terminal, target)


PICTURES = {"neovim": neovim, "helix": helix, "vim": vim, "emacs": emacs}


def main() -> None:
    """Take all pictures, or those that TANDEM_PICTURE names."""
    folder = Path(sys.argv[1]).resolve()
    for name in os.environ.get("TANDEM_PICTURE", " ".join(PICTURES)).split():
        PICTURES[name](folder / f"{name}.png")


if __name__ == "__main__":
    main()
