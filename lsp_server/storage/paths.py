"""Where Tandem keeps what it writes: per-user folders that nobody else can read."""

import os
import stat
from pathlib import Path

import platformdirs

from lsp_server.common.errors import TandemError
from lsp_server.config.settings import CacheSettings

PRIVATE = 0o700


class NotPrivate(TandemError):
    """A folder that should be the user's alone belongs to somebody else."""


def cache_root(settings: CacheSettings) -> Path:
    """Return the folder for everything that can be made again; it need not exist."""
    if settings.directory:
        return Path(settings.directory).expanduser()
    return platformdirs.user_cache_path("tandem", appauthor=False)


def log_file() -> Path:
    """Return the file that `--log-file` without a name writes to; it need not exist."""
    return platformdirs.user_log_path("tandem", appauthor=False) / "tandem.log"


def tally_file(settings: CacheSettings) -> Path:
    """Return the file with the counts of suggestions; it need not exist."""
    return cache_root(settings) / "suggestions.jsonl"


def tools_folder(settings: CacheSettings) -> Path:
    """Return where checks keep what they know from one run to the next; it may be deleted."""
    return cache_root(settings) / "tools"


def python_environments() -> tuple[Path, ...]:
    """Return the Python environment that the user has entered, if any."""
    return _named("VIRTUAL_ENV") or _named("CONDA_PREFIX")


def go_module_caches() -> tuple[Path, ...]:
    """Return where Go keeps the modules that it has fetched (go.dev/ref/mod#module-cache)."""
    paths = os.environ.get("GOPATH", "").split(os.pathsep)
    below = tuple(Path(path) / "pkg" / "mod" for path in paths if path)
    return _named("GOMODCACHE") or below or (Path.home() / "go" / "pkg" / "mod",)


def cargo_homes() -> tuple[Path, ...]:
    """Return where Cargo keeps the crates that it has fetched."""
    return _named("CARGO_HOME") or (Path.home() / ".cargo",)


def git_configurations() -> tuple[Path, ...]:
    """Return the user's configurations of Git, the last word at the end (git-config(1), FILES)."""
    return _git_folder() / "config", Path.home() / ".gitconfig"


def git_ignore_file() -> Path:
    """Return where the user's rules of what Git ignores stand, if no configuration names a file."""
    return _git_folder() / "ignore"


def _git_folder() -> Path:
    (home,) = _named("XDG_CONFIG_HOME") or (Path.home() / ".config",)
    return home / "git"


def _named(variable: str) -> tuple[Path, ...]:
    value = os.environ.get(variable, "")
    return (Path(value),) if value else ()


def private_folder(path: Path) -> Path:
    """Make `path` a folder with mode 0700 and return it.

    Raises NotPrivate if it belongs to another user, OSError if it cannot be made.
    """
    path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    found = path.stat()
    if hasattr(os, "getuid") and found.st_uid != os.getuid():
        raise NotPrivate(
            f"The folder {path} belongs to another user.", "Set cache.directory to one of yours."
        )
    if stat.S_IMODE(found.st_mode) != PRIVATE:
        path.chmod(PRIVATE)
    return path
