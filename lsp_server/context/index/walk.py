"""Which files of a workspace are read: known languages, not ignored, not secret, not huge."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lsp_server.common.languages import PLAIN, language_of_path
from lsp_server.common.secrecy import is_secret, is_secret_file
from lsp_server.context.index.ignoring import NAMES, Rules, rules_above

SKIPPED_FOLDERS = frozenset(
    """
    .git .hg .svn node_modules __pycache__ .venv venv .tox .nox .mypy_cache .ruff_cache
    .pytest_cache site-packages .next .nuxt .gradle .idea .vscode target bower_components
    .terraform .eggs dist vendor third_party thirdparty
    """.split()
)
_BUILD_FOLDERS = frozenset({"build", "out"})
_BUILD_FILES = (
    "package.json",
    "setup.py",
    "pyproject.toml",
    "build.gradle",
    "build.gradle.kts",
    "CMakeLists.txt",
)
# Generators write their note as a comment of its own at the margin, as Go's convention asks; a
# sentence about generated files, and a pattern that looks for them, stand elsewhere.
_GENERATED = re.compile(
    rb"(?im)^ ?(?://|#|/?\*|--|<!--|;|%|\"\"\"|<\?php\s+//)[/#*!\-;% ]*"
    rb"(?:this (?:file|code) (?:is|was|has been) (?:automatically )?)?"
    rb"(?:code generated .{0,60}do not edit|@generated\b|auto-?generated (?:by|file|from)\b)"
    rb"|^@Generated\b"
)
# Every such note holds this word, which is found much faster than the pattern.
_GENERATED_HINT = b"generated"
_HEAD = 2000
_LONGEST_AVERAGE_LINE = 200


@dataclass(frozen=True, slots=True)
class WalkLimits:
    """Of how many bytes a file may be, and how many files a workspace may have."""

    max_bytes: int = 512 * 1024
    max_files: int = 20000


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read: its path relative to the root, and its language."""

    path: str
    language: str


def is_worth_reading(content: bytes, language: str) -> bool:
    """Whether `content` is written by people: no binary, no generated and no minified file."""
    head = content[:_HEAD]
    if b"\0" in head or (_GENERATED_HINT in head.lower() and _GENERATED.search(head)):
        return False
    # In prose a paragraph may be one line.
    most = _LONGEST_AVERAGE_LINE * (content.count(b"\n") + 1)
    return language == "markdown" or len(content) <= most


def walk(root: Path, limits: WalkLimits) -> Iterator[Found]:
    """Yield the files below `root` in path order.

    What Git ignores is left out. Symbolic links are not followed: what they show may lie outside
    the workspace.
    """
    yield from _walked(root, "", rules_above(root), limits)


def walk_below(root: Path, folder: Path, limits: WalkLimits) -> Iterator[Found]:
    """Yield what a walk of `root` yields below `folder`, with paths relative to the root."""
    relative = PurePosixPath(folder.relative_to(root))
    if folder == root or not _left_out(root, relative / "a"):
        rules = rules_above(root)
        above, prefix = root, ""
        for part in relative.parts:
            rules = rules.below(above, prefix)
            above, prefix = above / part, f"{prefix}{part}/"
        yield from _walked(folder, prefix, rules, limits)


def _walked(start: Path, prefix: str, rules: Rules, limits: WalkLimits) -> Iterator[Found]:
    stack = [(start, prefix, rules)]
    while stack:
        folder, prefix, rules = stack.pop()
        entries = _entries(folder)
        if any(entry.name in NAMES for entry in entries):
            rules = rules.below(folder, prefix)
        folders: list[tuple[Path, str, Rules]] = []
        for entry in entries:
            path = prefix + entry.name
            if entry.is_symlink() or rules.leave_out(path, folder=entry.is_dir()):
                continue
            if entry.is_dir():
                if entry.name not in SKIPPED_FOLDERS and not _is_built(folder, entry.name):
                    folders.append((folder / entry.name, path + "/", rules))
                continue
            found = _wanted(path, entry, limits)
            if found is not None:
                yield found
        stack.extend(reversed(folders))


def is_wanted(root: Path, path: Path, limits: WalkLimits) -> Found | None:
    """Return what a walk would yield for the one file `path`, or None."""
    if not path.is_relative_to(root) or path.is_symlink():
        return None
    relative = PurePosixPath(path.relative_to(root))
    language = language_of_path(relative)
    if language is PLAIN or is_secret(path.name) or _left_out(root, relative):
        return None
    try:
        size = path.stat().st_size
    except OSError:
        return None
    return Found(str(relative), language.name) if 0 < size <= limits.max_bytes else None


def is_private(roots: Iterable[Path], path: Path | None) -> bool:
    """Whether the text of an open document is for that document alone.

    So it is with secret files, wherever they lie, and with what a walk of its root leaves out by
    rule: ignored files, and those in folders of dependencies and builds.
    """
    if path is None:
        return False
    if is_secret_file(path):
        return True
    for root in roots:
        for name in (path, path.resolve()):
            if name.is_relative_to(root):
                return _left_out(root, PurePosixPath(name.relative_to(root)))
    return False


def _left_out(root: Path, relative: PurePosixPath) -> bool:
    """Whether rules of folders above the file, or of Git for the file, leave it out."""
    folder, prefix, rules = root, "", rules_above(root)
    for part in relative.parts[:-1]:
        rules = rules.below(folder, prefix)
        folder, prefix = folder / part, f"{prefix}{part}/"
        if (
            part in SKIPPED_FOLDERS
            or _is_built(folder.parent, part)
            or folder.is_symlink()
            or rules.leave_out(prefix[:-1], folder=True)
        ):
            return True
    return rules.below(folder, prefix).leave_out(str(relative), folder=False)


def _is_built(parent: Path, name: str) -> bool:
    """Whether a folder holds what a build made: copies of what is indexed already."""
    return name in _BUILD_FOLDERS and any((parent / file).exists() for file in _BUILD_FILES)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _wanted(path: str, entry: os.DirEntry[str], limits: WalkLimits) -> Found | None:
    language = language_of_path(PurePosixPath(path))
    if language is PLAIN or is_secret(entry.name):
        return None
    try:
        size = entry.stat(follow_symlinks=False).st_size
    except OSError:
        return None
    return Found(path, language.name) if 0 < size <= limits.max_bytes else None
