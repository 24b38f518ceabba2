"""What Git would leave out, by all the files in which it looks for rules.

Those are, the last word first: `.gitignore` in the folder of a file and in those above it up to
the top of its repository, the repository's `info/exclude`, and the user's own file
(git-scm.com/docs/gitignore). No Git is run.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from lsp_server.common.files import read_plain_file
from lsp_server.storage.paths import git_configurations, git_ignore_file

IGNORE_FILE = ".gitignore"
_REPOSITORY = ".git"
NAMES = frozenset((IGNORE_FILE, _REPOSITORY))
"""What is in every folder that has rules of its own."""

_MOST_BYTES = 512 * 1024
_MOST_KEPT = 512
_SECTION = re.compile(r'\s*\[\s*([\w.-]+)\s*("[^"]*")?\s*\]')
_EXCLUDES_FILE = re.compile(r"\s*excludesfile\s*=\s*(\"[^\"]*\"|[^#;]*)", re.IGNORECASE)

_Patterns: TypeAlias = tuple[tuple[re.Pattern[str], bool], ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that hold in a folder, file by file, the one with the last word at the end.

    Each goes with the path of the folder that it is for. `base` is the path of the walk's root
    below the top of its repository; where there is none above the root it is empty.
    """

    base: str = ""
    files: tuple[tuple[str, _Patterns], ...] = ()

    def below(self, folder: Path, prefix: str) -> "Rules":
        """Return the rules that hold in `folder`, whose path below the root is `prefix`."""
        at = self.base + prefix
        files = self.files
        own = _patterns(_read(folder / IGNORE_FILE))
        if (folder / _REPOSITORY).exists():
            # Nothing that holds around a repository holds in it.
            files = tuple((at, patterns) for patterns in _of_repository(folder) if patterns)
        elif not own:
            return self
        return Rules(self.base, (*files, (at, own)) if own else files)

    def leave_out(self, path: str, *, folder: bool) -> bool:
        """Whether Git would pass over `path`, which is told from the root."""
        whole = f"{self.base}{path}/" if folder else self.base + path
        for prefix, patterns in reversed(self.files):
            verdict = _verdict(patterns, whole[len(prefix) :])
            if verdict is not None:
                return verdict
        return False


def rules_above(root: Path) -> Rules:
    """Return the rules that hold in `root` by what lies above it.

    None do where they leave out `root` itself: whoever opens an ignored folder wants to see it.
    """
    top = next(
        (folder for folder in (root, *root.parents) if (folder / _REPOSITORY).exists()), root
    )
    if top == root:
        return Rules()
    rules, folder, prefix = Rules(), top, ""
    for part in root.relative_to(top).parts:
        rules = rules.below(folder, prefix)
        folder, prefix = folder / part, f"{prefix}{part}/"
        if rules.leave_out(prefix[:-1], folder=True):
            return Rules()
    return Rules(prefix, rules.files)


def _of_repository(top: Path) -> Iterator[_Patterns]:
    """Yield the rules of the user, then those of the repository that are not among its files."""
    shared = _shared_folder(top)
    named = [
        found
        for file in (*git_configurations(), shared / "config")
        if (found := _excludes_file(_read(file)))
    ]
    own = top / Path(named[-1]).expanduser() if named else git_ignore_file()
    yield _patterns(_read(own))
    yield _patterns(_read(shared / "info" / "exclude"))


def _shared_folder(top: Path) -> Path:
    """Return the folder that all work trees of a repository share.

    In a second work tree and in a submodule `.git` is a file that names another folder
    (git-scm.com/docs/gitrepository-layout).
    """
    folder = top / _REPOSITORY
    pointer = _read(folder).decode("utf-8", "surrogateescape").strip()
    if pointer.startswith("gitdir:"):
        folder = top / pointer.removeprefix("gitdir:").strip()
    shared = _read(folder / "commondir").decode("utf-8", "surrogateescape").strip()
    return folder / shared if shared else folder


@lru_cache(maxsize=_MOST_KEPT)
def _excludes_file(configuration: bytes) -> str:
    """Return the last `core.excludesFile` in a configuration of Git, or nothing."""
    section, found = "", ""
    for line in configuration.decode("utf-8-sig", "surrogateescape").split("\n"):
        header = _SECTION.match(line)
        if header is not None:
            section = "" if header[2] else header[1].lower()
        rest = line[header.end() :] if header is not None else line
        if section == "core" and (entry := _EXCLUDES_FILE.match(rest)):
            found = entry[1].strip().strip('"').replace("\\\\", "\\")
    return found


def _read(file: Path) -> bytes:
    try:
        return read_plain_file(file, _MOST_BYTES)
    except (OSError, ValueError):
        return b""


@lru_cache(maxsize=_MOST_KEPT)
def _patterns(content: bytes) -> _Patterns:
    """Return the patterns of a file, the last one first: it has the last word."""
    # File names that are no UTF-8 come the same way from the system.
    lines = content.decode("utf-8-sig", "surrogateescape").replace("\r\n", "\n").split("\n")
    found = [_pattern(line) for line in lines if line.strip() and not line.startswith("#")]
    return tuple(filter(None, reversed(found)))


def _pattern(line: str) -> tuple[re.Pattern[str], bool] | None:
    """Return what matches paths as a line says, and whether those are left out."""
    from pathspec.patterns.gitignore import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    # The library finds `a/` itself among what `a/**` says lies in it; Git does not.
    said = re.sub(r"(\A!?|/)\*\*(/?)\s*\Z", r"\1**/*\2", line)
    try:
        pattern = GitIgnoreSpecPattern(said)
    except GitIgnorePatternError:
        return None  # Git passes over a pattern that it cannot read
    regex, include = pattern.regex, pattern.include
    return None if regex is None or include is None else (regex, include)


def _verdict(patterns: _Patterns, path: str) -> bool | None:
    """Return whether patterns leave out `path`, let it in, or say nothing of it."""
    for regex, include in patterns:
        found = regex.search(path)
        # The library matches what lies in a folder by the folder as well, which for Git is decided
        # when it comes to that folder. The one group in a pattern is the slash that it ends with.
        if found is not None and (found.lastgroup is None or found.end() == len(path)):
            return include
    return None
