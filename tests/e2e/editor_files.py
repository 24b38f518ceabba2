"""What the tests in real editors share: a project, the server as a program, configurations."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CART = """\
class Cart:
    def total_price(self, items):
        return sum(item.price for item in items)

    def total_weight(self, items):
        return sum(item.weight for item in items)
"""

BROKEN = """\
def broken(items)
    return items
"""


def write_project(root: Path) -> Path:
    """Write a small project and return its folder; `cart.py` is whole, `broken.py` is not."""
    root.mkdir()
    (root / ".git").mkdir()
    (root / "cart.py").write_text(CART, "utf-8")
    (root / "broken.py").write_text(BROKEN, "utf-8")
    return root


def write_program(folder: Path) -> Path:
    """Write `tandem-ls` into a folder for PATH; it starts the server of this tree."""
    folder.mkdir(exist_ok=True)
    program = folder / "tandem-ls"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lsp_server "$@"\n', "utf-8")
    program.chmod(0o755)
    return program


def environment(home: Path, programs: Path) -> dict[str, str]:
    """Return an environment in which nothing of this user's is read or written."""
    home.mkdir(exist_ok=True)
    inherited = {name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ}
    return {
        "LANG": "C.UTF-8",
        **inherited,
        "HOME": str(home),
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "TMPDIR": str(home),
        # Nothing listens on the discard port: no model of this machine plays a part.
        "OLLAMA_HOST": "127.0.0.1:9",
    }


def documented(page: str, language: str) -> str:
    """Return all code of one language in a page of docs/editors, in its order."""
    text = (ROOT / "docs/editors" / page).read_text("utf-8")
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL))


def require(program: str) -> None:
    """Skip where an editor is missing, but never on the build machine."""
    if shutil.which(program) is None:
        assert "CI" not in os.environ, f"{program} is missing: run tests/e2e/setup"
        pytest.skip(f"{program} is not installed; tests/e2e/setup installs it")


def unpacked_folder(suite: str, folder: str) -> Path:
    """Return a folder that tests/e2e/setup unpacked from a suite of Debian."""
    path = _editors() / suite / "root" / folder
    if not path.exists():
        assert "CI" not in os.environ, f"{path} is missing: run tests/e2e/setup"
        pytest.skip(f"{path} is not there; tests/e2e/setup unpacks it")
    return path


def unpacked(suite: str, program: str) -> Path:
    """Return a program that tests/e2e/setup unpacked from a suite of Debian."""
    path = _editors() / suite / "bin" / program
    require(str(path))
    return path


def _editors() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return Path(os.environ.get("TANDEM_EDITORS", f"{cache}/tandem-editors"))
