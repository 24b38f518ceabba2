"""Python's imports: the standard library, the environment, the manifest, the workspace."""

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from lsp_server.checks.environment import Surroundings, python_of, tool_environment
from lsp_server.checks.errors import ToolUnreadable
from lsp_server.checks.imports.found import Import, manifests, matches, text_of
from lsp_server.checks.processes import Command, run
from lsp_server.checks.subject import Subject

_STATEMENT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w.]+))", re.MULTILINE
)
# Finding a top-level package runs nothing of it. -I keeps the folder out of the search path.
_SCRIPT = """
import importlib.util, json, sys
def missing(name):
    try:
        return importlib.util.find_spec(name) is None
    except (ImportError, ValueError):
        return True
print(json.dumps([name for name in sys.argv[1:] if missing(name)]))
"""
_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py", "requirements*.txt", "Pipfile")


async def unknown_python(subject: Subject, around: Surroundings) -> list[Import]:
    """Return imports whose package is nowhere; relative ones are the type checkers' business."""
    imports = [found for found in matches(_STATEMENT, subject.text) if found.name[0] != "."]
    tops = {found.name.partition(".")[0] for found in imports} - sys.stdlib_module_names
    foreign = sorted(top for top in tops if not _in_workspace(top, subject))
    missing = set(await _missing(foreign, subject, around)) if foreign else set()
    missing = {name for name in missing if not _declared(name, subject)}
    return [found for found in imports if found.name.partition(".")[0] in missing]


def _in_workspace(top: str, subject: Subject) -> bool:
    folders = [subject.root / folder for folder in subject.relative.parents]
    return any(
        (place / top).is_dir() or any(place.glob(f"{top}.py*")) or any(place.glob(f"{top}.*.so"))
        for folder in folders
        for place in (folder, folder / "src", folder / "lib")
    )


async def _missing(names: Iterable[str], subject: Subject, around: Surroundings) -> list[str]:
    argv = (python_of(subject, around), "-I", "-c", _SCRIPT, *names)
    command = Command(argv, Path(subject.root), tool_environment(around, subject), offline=True)
    ran = await run(command, around.limits)
    try:
        return list(json.loads(ran.out))
    except ValueError as error:
        raise ToolUnreadable("The project's Python could not be asked for its packages.") from error


def _declared(name: str, subject: Subject) -> bool:
    """Whether a manifest names a package that may bring `name`: a name holds the other."""
    wanted = _plain(name)
    for path in manifests(subject, *_MANIFESTS):
        words = map(_plain, re.findall(r"[A-Za-z][\w.-]+", text_of(path)))
        if any(word == wanted or word in (f"py{wanted}", f"python{wanted}") for word in words):
            return True
    return False


def _plain(name: str) -> str:
    return re.sub(r"[-_.]", "", name).lower()
