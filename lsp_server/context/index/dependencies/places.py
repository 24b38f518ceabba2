"""Where the installed packages of a project are, and how their files are found and read safely."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lsp_server.common.secrecy import is_secret_file
from lsp_server.context.index.contents import read_utf8

MOST_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Homes:
    """Folders of the user's own in which tools keep installed packages; they need not exist."""

    environments: tuple[Path, ...] = ()
    go_modules: tuple[Path, ...] = ()
    cargo: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """A file of a package: its key in the index, where it is, and the folder it must not leave."""

    key: str
    path: Path
    base: Path


@dataclass(slots=True)
class Finder:
    """Looks for files of packages, and remembers what is there for as long as it lives."""

    known: dict[Path, bool] = field(default_factory=dict)

    def first(self, base: Path, names: Iterable[str], prefix: str) -> Spot | None:
        """Return the first of `names` below `base` that is a file there, not a link out of it."""
        for name in names:
            path = base / name
            if self.is_there(path, base):
                return Spot(f"{prefix}/{name}", path, base)
        return None

    def is_there(self, path: Path, base: Path) -> bool:
        """Whether `path` is a plain file whose real place is below `base`."""
        if path not in self.known:
            self.known[path] = _is_inside(path, base)
        return self.known[path]


def _is_inside(path: Path, base: Path) -> bool:
    try:
        return path.is_file() and path.resolve().is_relative_to(base.resolve())
    except OSError:
        return False


def is_own_folder(folder: Path, root: Path) -> bool:
    """Whether `folder` is one whose real place is below `root`.

    A link in a repository could lead to anything that its author wished to see in a prompt.
    """
    try:
        return folder.is_dir() and folder.resolve().is_relative_to(root.resolve())
    except OSError:
        return False


def read_spot(spot: Spot) -> bytes | None:
    """Return the text of a file, or None for one that is secret, too large, gone or elsewhere."""
    if is_secret_file(spot.path) or not _is_inside(spot.path, spot.base):
        return None
    try:
        return read_utf8(spot.path, MOST_BYTES)
    except OSError:
        return None


def folders_below(base: Path) -> Sequence[Path]:
    """Return the real folders in `base`, sorted by name; an empty list if it cannot be read."""
    try:
        with os.scandir(base) as entries:
            found = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return sorted(found)
