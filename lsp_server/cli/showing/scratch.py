"""A scratch copy of real source, on which the demonstration may do what it likes."""

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lsp_server.cli.errors import WrongUsage
from lsp_server.common.errors import TandemError
from lsp_server.common.languages import PLAIN, language_of_path

# Packages of our own environment that are pleasant to read, the first that is there.
_PACKAGES = ("httpx", "rich", "pygls")

_LEFT_OUT = frozenset(
    {".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", "build", "dist", "target"}
)
_MOST_FILES = 4000
_MOST_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """Real source in a scratch folder: what it is, its files, and how many lines they have."""

    name: str
    root: Path
    files: tuple[Path, ...]
    lines: int


@contextmanager
def scratch_copy(path: Path | None) -> Iterator[Source]:
    """Copy source to a temporary folder, which goes when the block ends.

    Without `path` it is a package of our own environment. Raises WrongUsage if `path` holds no
    source.
    """
    origin = path.resolve() if path else _package()
    if not origin.exists():
        raise WrongUsage(f"{path} is not there.")
    with tempfile.TemporaryDirectory(prefix="tandem-demo-") as folder:
        root = Path(folder).resolve() / origin.name if origin.is_dir() else Path(folder).resolve()
        files = tuple(_copied(origin, root))
        if not files:
            raise WrongUsage(f"{origin} holds no source in a language that Tandem knows by name.")
        lines = sum(file.read_bytes().count(b"\n") for file in files)
        yield Source(origin.name, root, files, lines)


def _package() -> Path:
    for name in _PACKAGES:
        found = importlib.util.find_spec(name)
        if found is not None and found.origin is not None:
            return Path(found.origin).parent
    raise TandemError("No package to show the work on is installed.", "Name a folder of yours.")


def _copied(origin: Path, root: Path) -> Iterator[Path]:
    for number, path in enumerate(sources_below(origin)):
        if number >= _MOST_FILES:
            return
        target = root / path.relative_to(origin if origin.is_dir() else origin.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        yield target


def sources_below(origin: Path) -> Iterator[Path]:
    """Yield source of known languages, without what is built, installed or very large."""
    if origin.is_file():
        yield from [origin] if _is_source(origin) else []
        return
    for folder, folders, names in os.walk(origin):
        folders[:] = sorted(set(folders) - _LEFT_OUT)
        for name in sorted(names):
            path = Path(folder, name)
            if _is_source(path):
                yield path


def _is_source(path: Path) -> bool:
    known = language_of_path(path) is not PLAIN
    return known and not path.is_symlink() and path.stat().st_size <= _MOST_BYTES
