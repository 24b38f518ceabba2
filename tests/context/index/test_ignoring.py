"""What is left out, beside what Git leaves out."""

import shutil
import subprocess
from pathlib import Path

import pytest

from lsp_server.context.index.walk import WalkLimits, is_private, is_wanted, walk

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home, in which no rules are yet."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return home


@pytest.fixture
def top(tmp_path: Path) -> Path:
    top = tmp_path / "top"
    write(top, *(f"{folder}{name}.py" for folder in ("", "sub/", "sub/deep/") for name in "abcd"))
    git(top, "init", "-q")
    return top


def git(folder: Path, *words: str) -> str:
    name = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    done = subprocess.run(["git", *name, *words], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode("utf-8", "surrogateescape")


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


def by_git(folder: Path) -> set[str]:
    return set(git(folder, "ls-files", "-z", "-o", "--exclude-standard", "*.py").split("\0")) - {""}


def walked(folder: Path) -> set[str]:
    found = {one.path for one in walk(folder, WalkLimits())}
    for path in folder.rglob("*.py"):
        wanted = is_wanted(folder, path, WalkLimits()) is not None
        assert wanted == (path.relative_to(folder).as_posix() in found)
        assert is_private([folder], path) != wanted
    return found


RULES = {
    "the repository's own file": (".git/info/exclude", b"a.py\n/sub/b.py\n"),
    "a file above the folder": (".gitignore", b"a.py\n/sub/b.py\n/b.py\nsub/deep/c.py\n"),
    "a byte order mark": (".gitignore", b"\xef\xbb\xbfa.py\nb.py\n"),
    "ends of lines of Windows": (".gitignore", b"a.py\r\nb.py\r\n"),
    "a page break": (".gitignore", b"a.py\x0cb.py\n"),
    "a name that is no UTF-8": (".gitignore", b"bad\xff.py\n"),
    "a folder": (".gitignore", b"deep/\n"),
    "files of a folder that is let in": (".gitignore", b"a.py\nb.py\n!deep/\n"),
    "all in a folder but some": (".gitignore", b"sub/**\n!a.py\n!sub/deep/\n"),
    "folders at any depth": (".gitignore", b"sub/**/\n"),
    "a comment and blanks": (".gitignore", b"# b.py\n\n   \na.py  \n"),
}


@pytest.mark.parametrize("opened", ["", "sub"])
@pytest.mark.parametrize(("file", "content"), RULES.values(), ids=RULES)
def test_files_of_rules_are_read_as_git_reads_them(
    top: Path, opened: str, file: str, content: bytes
) -> None:
    write(top, "sub/bad\udcff.py")
    (top / file).write_bytes(content)
    assert walked(top / opened) == by_git(top / opened) != set()
    assert len(by_git(top)) < 13 or b"\x0c" in content


@pytest.mark.parametrize(
    ("configuration", "file"),
    [
        ("", ".config/git/ignore"),
        ("[user]\n\tname = x\n[core]\n\texcludesFile = ~/mine\n", "mine"),
        ('[core] excludesfile = "~/of mine" ; so it is\n[alias]\n\texcludesfile = x\n', "of mine"),
    ],
)
def test_the_user_s_own_rules_hold(top: Path, home: Path, configuration: str, file: str) -> None:
    (home / ".gitconfig").write_text(configuration)
    write(home, file)
    (home / file).write_text("a.py\nb.py\n")
    (top / ".gitignore").write_text("!b.py\n")
    assert walked(top) == by_git(top)
    assert {"a.py", "b.py"} & walked(top) == {"b.py"}


def test_a_second_work_tree_has_the_rules_of_its_repository(top: Path, tmp_path: Path) -> None:
    git(top, "commit", "-q", "--allow-empty", "-m", "x")
    git(top, "worktree", "add", "-q", str(tmp_path / "second"))
    write(tmp_path / "second", "a.py", "b.py")
    (top / ".git/info/exclude").write_text("a.py\n")
    assert walked(tmp_path / "second") == by_git(tmp_path / "second") == {"b.py"}


def test_a_repository_in_a_folder_has_its_own_rules(top: Path) -> None:
    inner = top / "sub"
    git(inner, "init", "-q")
    (inner / ".git/info/exclude").write_text("a.py\n")
    (top / ".gitignore").write_text("b.py\n")
    assert {one for one in walked(top) if one.startswith("sub/")} == {
        f"sub/{name}" for name in by_git(inner)
    }


def test_an_ignored_folder_that_is_opened_is_read(top: Path) -> None:
    (top / ".gitignore").write_text("*\n")
    assert walked(top / "sub") == {
        f"{folder}{name}.py" for folder in ("", "deep/") for name in "abcd"
    }
