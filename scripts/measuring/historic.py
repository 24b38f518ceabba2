"""Faults that real releases had, each put back into a release that is mended, with a test of ours.

They are written down in history/*.toml: the package, the place, what stood there and what stands
there now, and what the fix did. The sources come by the usual client of the language.
"""

import json
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import Position
from lsp_server.config.settings import FixSettings, Settings, UserCheck
from lsp_server.context.index.syntax import enclosing_definition
from scripts.measuring.faults import Fault
from scripts.measuring.projects import (
    Missing,
    Project,
    by_itself,
    crate,
    java_sources,
    output_of,
    zod_project,
)

HISTORY = Path(__file__).parent / "history"
KIND = "from history"
_LONGEST = 60
_AROUND = 4

# What a user of Java without a runner of tests in Tandem may have in the settings.
_JAVA_CHECK = UserCheck("history", ("java", "History.java", "{file}"), ("java",))
SETTINGS = Settings(fix=FixSettings(checks=(_JAVA_CHECK,)))


def historic_faults(home: Path, language: str) -> Iterator[tuple[Project, Fault]]:
    """Yield the faults of a language, each with the project that it stands in.

    Raises `Missing` where a package is not to be had or its text is not the one written down.
    """
    entries = tomllib.loads((HISTORY / f"{language}.toml").read_text("utf-8"))["fault"]
    for package, faults in groupby(entries, key=lambda entry: str(entry["package"])):
        known = list(faults)
        name = package.split(":")[-2] if language == "java" else package.split("/")[-1]
        root = home / "history" / name.partition("=")[0].partition("@")[0]
        root.parent.mkdir(parents=True, exist_ok=True)
        sources = _FETCHERS[language](package, root)
        for entry in known:
            if "test" in entry:
                path = root / entry["test_file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(entry["test"].lstrip("\n"), "utf-8")
        for entry in known:
            yield _fault(entry, language, root, sources / entry["file"])


def _fault(entry: dict[str, Any], language: str, root: Path, path: Path) -> tuple[Project, Fault]:
    right = path.read_bytes().decode("utf-8")
    ending = "\r\n" if "\r\n" in right else "\n"
    was, now = (entry[name].replace("\n", ending) for name in ("wrong", "right"))
    if right.count(now) != 1:
        raise Missing(f"{entry['package']} does not hold the line of {entry['commit']} once")
    text = right.replace(now, was)
    line = text[: text.index(was) + len(was) - len(was.lstrip("\r\n"))].count("\n")
    broken = Snapshot.of_text(text, language=language, path=path, version=1)
    first, last, name = _lines(broken, line, was.strip("\r\n").count("\n") + 1)
    project = Project(language, root, (path,))
    return project, Fault(path, KIND, right, broken, name, first, last)


def _lines(broken: Snapshot, line: int, count: int) -> tuple[int, int, str]:
    """Return the lines that a user would select, and the definition's name if it is one."""
    column = len(broken.lines[line]) - len(broken.lines[line].lstrip())
    found = enclosing_definition(broken, Position(line, column))
    if found is not None:
        first, last = found.span.start.line, found.span.end.line + 1
        if first <= line and line + count <= last and last - first <= _LONGEST:
            return first, last, found.name
    return max(0, line - _AROUND), min(len(broken.lines), line + count + _AROUND), ""


def _python(package: str, root: Path) -> Path:
    name = package.partition("==")[0].replace("-", "_")
    folder = root.with_name(f"{root.name}-release")
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder))
    output_of(*pip, "--no-binary", ":all:", package)
    shutil.unpack_archive(next(folder.glob("*.tar.gz")), folder, filter="data")
    shutil.copytree(next(folder.glob(f"*/{name}")), root / name)
    binaries = root / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "pytest").symlink_to(Path(sys.executable).parent / "pytest")
    return root


def _go(package: str, root: Path) -> Path:
    asking = root.with_name(f"{root.name}-asking")
    asking.mkdir()
    (asking / "go.mod").write_text("module example.org/asking\n\ngo 1.21\n")
    told = output_of("go", "mod", "download", "-json", package, folder=asking)
    folder = json.loads(told)["Dir"]
    shutil.copytree(folder, root, ignore=shutil.ignore_patterns("*_test.go", "verify"))
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return root


def _rust(package: str, root: Path) -> Path:
    shutil.copytree(crate(root.parent, package), root, ignore=shutil.ignore_patterns("tests"))
    by_itself(root)
    return root


def _typescript(_package: str, root: Path) -> Path:
    zod_project(root, "vitest@3.2.4")
    return root


def _java(package: str, root: Path) -> Path:
    sources = java_sources(package, root)
    shutil.copyfile(HISTORY / "History.java", root / "History.java")
    return sources


_FETCHERS: dict[str, Callable[[str, Path], Path]] = {
    "python": _python,
    "go": _go,
    "rust": _rust,
    "typescript": _typescript,
    "java": _java,
}
