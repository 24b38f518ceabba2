"""Which files change together."""

import shutil
import subprocess
from pathlib import Path

import pytest

from lsp_server.context.index import history
from lsp_server.context.index.history import History, read_commits
from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.workspace import Workspace


def test_a_companion_changed_in_the_same_commits() -> None:
    found = History([["a", "b"], ["a", "b", "c"], ["a"], ["d", "e"]])
    assert found.companions("a") == {"b": 2 / 3, "c": 1 / 3}
    assert found.companions("unknown") == {}


def test_a_commit_of_everything_says_nothing() -> None:
    assert History([[str(number) for number in range(40)]]).companions("1") == {}


@pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")
async def test_the_history_of_a_repository(tmp_path: Path) -> None:
    git_in(tmp_path, "init", "-q")
    for number in range(2):
        for name in ("a.py", "b c.py"):
            (tmp_path / name).write_text(str(number))
        git_in(tmp_path, "add", ".")
        git_in(tmp_path, "commit", "-q", "-m", "both")
    (tmp_path / "d.py").write_text("")
    git_in(tmp_path, "add", ".")
    git_in(tmp_path, "commit", "-q", "-m", "one")
    found = History(await read_commits(tmp_path))
    assert found.companions("a.py") == {"b c.py": 2 / 3}


def test_the_histories_of_several_roots_are_told_apart(tmp_path: Path) -> None:
    client, server = tmp_path / "client" / "app", tmp_path / "server" / "app"
    workspace = Workspace((client, server), WalkLimits())
    workspace.learn_history({client: [["a.py", "b.py"]], server: [["a.py", "c.py"]]})
    assert workspace.history.companions("client/app/a.py") == {"client/app/b.py": 0.5}
    assert workspace.history.companions("server/app/a.py") == {"server/app/c.py": 0.5}


async def test_a_folder_without_history(tmp_path: Path) -> None:
    assert await read_commits(tmp_path) == []


SIGNATURE = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n"


def git_in(folder: Path, *words: str, text: bytes = b"") -> bytes:
    names = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    command = ["git", *names, *words]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, input=text)
    return done.stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")
@pytest.mark.parametrize("forbids", ["GIT_NO_LAZY_FETCH", "GIT_ALLOW_PROTOCOL"])
async def test_a_clone_that_lacks_folders_runs_no_program_to_fetch_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forbids: str
) -> None:
    # Each way by itself: older versions of Git know only one of them.
    monkeypatch.setattr(history, "_NOTHING_FETCHED", {forbids: history._NOTHING_FETCHED[forbids]})
    clone = partial_clone(tmp_path)
    await read_commits(clone)
    assert not (tmp_path / "ran").exists()
    git_in(clone, "log", "--name-only")
    assert (tmp_path / "ran").exists()


def partial_clone(folder: Path) -> Path:
    """Return a clone without folders, whose configuration names a program that fetches them."""
    origin, clone = folder / "origin", folder / "clone"
    (origin / "pkg").mkdir(parents=True)
    git_in(origin, "init", "-q")
    for text in ("1", "2"):
        (origin / "pkg" / "a.py").write_text(text)
        git_in(origin, "add", ".")
        git_in(origin, "commit", "-q", "-m", text)
    git_in(origin, "config", "uploadpack.allowFilter", "true")
    git_in(folder, "clone", "-q", "--filter=tree:0", origin.as_uri(), str(clone))
    program = folder / "program"
    program.write_text(f'#!/bin/sh\ntouch {folder / "ran"}\nexec git-upload-pack "$@"\n')
    program.chmod(0o755)
    git_in(clone, "config", "remote.origin.uploadpack", str(program))
    return clone


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A repository whose one commit is signed, and whose configuration names a program."""
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    program.chmod(0o755)
    git_in(tmp_path, "init", "-q")
    git_in(tmp_path, "add", ".")
    git_in(tmp_path, "commit", "-q", "-m", "x")
    head, _, message = git_in(tmp_path, "cat-file", "commit", "HEAD").partition(b"\n\n")
    signed = head + b"\n" + SIGNATURE + b"\n" + message
    made = git_in(tmp_path, "hash-object", "-t", "commit", "-w", "--stdin", text=signed)
    git_in(tmp_path, "update-ref", "HEAD", made.decode().strip())
    for key in ("gpg.program", "core.fsmonitor", "core.pager", "diff.external"):
        git_in(tmp_path, "config", key, str(program))
    git_in(tmp_path, "config", "log.showSignature", "true")
    return tmp_path


@pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")
async def test_a_program_that_the_repository_names_is_not_run(hostile: Path) -> None:
    await read_commits(hostile)
    assert not (hostile / "ran").exists()
    git_in(hostile, "log", "-1")
    assert (hostile / "ran").exists()
