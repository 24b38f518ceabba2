"""Lines that real commits added, in the order and state in which they were typed."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lsp_server.common.languages import PLAIN, language_of_path

FEWEST_LINES, MOST_LINES = 4, 300
LARGEST = 512_000
COLUMNS = 3
CODE = {
    "python",
    "typescript",
    "typescriptreact",
    "javascript",
    "go",
    "rust",
    "java",
    "c",
    "cpp",
    "kotlin",
}


@dataclass(frozen=True)
class Commit:
    """One commit: its parent, and for each file the lines before and after."""

    sha: str
    parent: str
    files: dict[str, tuple[str, str]] = field(hash=False)


def git(repository: Path, *arguments: str) -> str:
    """Return what git says; undecodable bytes are replaced."""
    run = subprocess.run(
        ["git", "--git-dir", str(repository), *arguments], check=True, capture_output=True
    )
    return run.stdout.decode("utf-8", "replace")


def is_code(path: str) -> bool:
    """Whether the file is source code that the replay types."""
    language = language_of_path(PurePosixPath(path))
    return language is not PLAIN and language.name in CODE


def commits(repository: Path, count: int) -> list[Commit]:
    """Return the last `count` commits that add 4 to 300 lines of code, oldest first."""
    found: list[Commit] = []
    log = git(repository, "log", "--no-merges", "--format=%H %P", "-n", str(count * 20))
    for line in log.splitlines():
        sha, _, parent = line.partition(" ")
        try:
            added = _added(repository, sha) if parent else {}
        except subprocess.CalledProcessError:
            continue  # A partial clone does not hold every commit's files.
        if FEWEST_LINES <= sum(added.values()) <= MOST_LINES:
            files = {path: _both(repository, parent, sha, path) for path in added}
            found.append(Commit(sha, parent, files))
        if len(found) == count:
            break
    return found[::-1]


def _added(repository: Path, sha: str) -> dict[str, int]:
    rows = git(repository, "show", "--numstat", "--no-renames", "--format=", sha).splitlines()
    parts = [row.split("\t") for row in rows if row.count("\t") == COLUMNS - 1]
    return {p: int(a) for a, _, p in parts if a.isdigit() and int(a) and is_code(p)}


def _both(repository: Path, parent: str, sha: str, path: str) -> tuple[str, str]:
    return content(repository, parent, path), content(repository, sha, path)


def content(repository: Path, sha: str, path: str) -> str:
    """Return the text of a file at a commit, or '' where it is not."""
    try:
        return git(repository, "show", f"{sha}:{path}")
    except subprocess.CalledProcessError:
        return ""


def tree(repository: Path, sha: str) -> Iterator[tuple[str, str]]:
    """Yield path and text of each source file at a commit."""
    listing = git(repository, "ls-tree", "-r", "-l", sha).splitlines()
    wanted = []
    for row in listing:
        meta, _, path = row.partition("\t")
        _, kind, blob, size = meta.split()
        if kind == "blob" and is_code(path) and int(size) < LARGEST:
            wanted.append((path, blob))
    names = "\n".join(blob for _, blob in wanted).encode()
    run = subprocess.run(
        ["git", "--git-dir", str(repository), "cat-file", "--batch"],
        check=True,
        capture_output=True,
        input=names,
    )
    data, at = run.stdout, 0
    for path, _ in wanted:
        end = data.index(b"\n", at)
        length = int(data[at:end].split()[2])
        yield path, data[end + 1 : end + 1 + length].decode("utf-8", "replace")
        at = end + 1 + length + 1


def changed(repository: Path, old: str, new: str) -> list[str]:
    """Return the source files that differ between two commits."""
    names = git(repository, "diff", "--name-only", "--no-renames", old, new).splitlines()
    return [name for name in names if is_code(name)]
