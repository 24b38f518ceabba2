"""Workspaces and surroundings for the tests of checks."""

import atexit
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from lsp_server.checks.environment import Surroundings
from lsp_server.checks.subject import Subject
from lsp_server.common.languages import language_of_path

# Kept for the whole run of the tests: nothing that they check is kept in it.
STATE = Path(tempfile.mkdtemp(prefix="tandem-tests-state-"))
atexit.register(shutil.rmtree, STATE, ignore_errors=True)


def subject(root: Path, name: str, text: str) -> Subject:
    path = root / name
    return Subject(root, path, text, language_of_path(path).name)


def around(*, trusted: bool = True, path: str | None = "/usr/bin:/bin") -> Surroundings:
    path = os.environ["PATH"] if path is None else path
    return Surroundings({**os.environ, "PATH": path}, STATE, trusted)


def fingerprint(root: Path) -> str:
    """Return a digest of every name, kind, time and byte below `root`."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        stat = path.lstat()
        digest.update(f"{path.relative_to(root)} {stat.st_mode} {stat.st_mtime_ns}".encode())
        if path.is_file() and not path.is_symlink():
            digest.update(path.read_bytes())
    return digest.hexdigest()
