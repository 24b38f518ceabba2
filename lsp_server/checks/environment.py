"""Where the tools of a project are, and what they are told of the machine."""

import atexit
import hashlib
import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from lsp_server.checks.keeping import used
from lsp_server.checks.processes import Limits
from lsp_server.checks.subject import Subject
from lsp_server.storage.paths import NotPrivate, private_folder

_log = logging.getLogger(__name__)
_BIN = "Scripts" if sys.platform == "win32" else "bin"
_HOMES = {"python": (f".venv/{_BIN}", f"venv/{_BIN}"), "node": ("node_modules/.bin",), "none": ()}
_SECRET = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|PRIVATE", re.IGNORECASE)

# Every tool that could fetch something is told not to; a check must not wait for a network.
_OFFLINE = {
    "GOFLAGS": "-mod=readonly",
    "GOPROXY": "off",
    "GOTOOLCHAIN": "local",
    "CARGO_NET_OFFLINE": "true",
    "npm_config_offline": "true",
    "PIP_NO_INDEX": "1",
    "UV_OFFLINE": "1",
    "NO_COLOR": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What checks may count on.

    `variables` are the process's own environment; `trusted` says whether programs and
    configuration of the project may act; `limits` hold for every program; `state` is a folder
    of the user's own, outside of any workspace, for what tools keep from one run to the next: in
    a shared one a stranger could leave what a tool then believes.
    """

    variables: Mapping[str, str]
    state: Path
    trusted: bool = False
    limits: Limits = field(default_factory=Limits)


def locate(
    programs: Sequence[str], home: str, subject: Subject, around: Surroundings
) -> str | None:
    """Return the first of `programs` that is found, or None.

    The project's own environment comes first, from the file's folder up to the root, then the
    search path. In an untrusted workspace nothing that lies in the workspace is taken.
    """
    for program in programs:
        for folder in _folders(home, subject, around):
            if found := shutil.which(program, path=folder):
                return found
    return None


def beside_us(programs: Sequence[str]) -> str | None:
    """Return the first of `programs` that lies beside our own interpreter, or None."""
    folder = str(Path(sys.executable).parent)
    found = (shutil.which(program, path=folder) for program in programs)
    return next(filter(None, found), None)


def python_of(subject: Subject, around: Surroundings) -> str:
    """Return the interpreter of the project, or our own where it has none that may be run."""
    names = ("python.exe",) if sys.platform == "win32" else ("python3", "python")
    for folder in _own_homes("python", subject) if around.trusted else ():
        for name in names:
            if found := shutil.which(name, path=folder):
                return found
    return sys.executable


def folder_with(subject: Subject, markers: Sequence[str]) -> Path | None:
    """Return the nearest folder above the file, relative to the root, that holds a marker.

    Without markers it is the root itself; None means that no folder holds one.
    """
    if not markers:
        return Path()
    for folder in subject.relative.parents:
        if any((subject.root / folder / marker).exists() for marker in markers):
            return folder
    return None


def tool_environment(around: Surroundings, subject: Subject) -> dict[str, str]:
    """Return the environment of a tool: the process's without its secrets, and offline."""
    kept = {name: value for name, value in around.variables.items() if not _SECRET.search(name)}
    path = os.pathsep.join(_search_path(subject, around))
    return {**kept, **_OFFLINE, "PATH": path}


def state_of(subject: Subject, around: Surroundings) -> Path:
    """Return the folder in which the tools of one workspace keep what they know; it exists.

    Where the user's own cannot be made or is not private it is one that goes with the process.
    """
    name = hashlib.sha256(str(subject.root).encode()).hexdigest()[:16]
    try:
        folder = private_folder(private_folder(around.state) / name)
    except (OSError, NotPrivate) as error:
        _log.info("Tools start afresh each time: %s", error)
        folder = private_folder(_passing_folder() / name)
    used(folder)
    return folder


@cache
def _passing_folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="tandem-tools-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def _folders(home: str, subject: Subject, around: Surroundings) -> Iterator[str]:
    if around.trusted:
        yield from _own_homes(home, subject)
    yield from _search_path(subject, around)


def _own_homes(home: str, subject: Subject) -> Iterator[str]:
    for folder in subject.relative.parents:
        for place in _HOMES[home]:
            yield str(subject.root / folder / place)


def _search_path(subject: Subject, around: Surroundings) -> Iterator[str]:
    for folder in around.variables.get("PATH", os.defpath).split(os.pathsep):
        # A relative entry would mean the project's folder, as that is where tools run.
        if not Path(folder).is_absolute():
            continue
        if around.trusted or not _lies_in(folder, subject.root):
            yield folder


def _lies_in(folder: str, root: Path) -> bool:
    return Path(folder).resolve().is_relative_to(root.resolve())
