"""The import check: one reader of imports a language, one problem an import that is nowhere."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from lsp_server.checks.check import Check
from lsp_server.checks.environment import Surroundings
from lsp_server.checks.imports.compiled import unknown_go, unknown_java, unknown_rust
from lsp_server.checks.imports.found import Import
from lsp_server.checks.imports.python import unknown_python
from lsp_server.checks.imports.scripts import unknown_scripts
from lsp_server.checks.subject import Subject
from lsp_server.common.problems import Problem
from lsp_server.common.text import Position, Span

NAME = "imports"

_READERS: dict[str, Callable[[Subject, Surroundings], Awaitable[list[Import]]]] = {
    "python": unknown_python,
    "typescript": unknown_scripts,
    "typescriptreact": unknown_scripts,
    "javascript": unknown_scripts,
    "javascriptreact": unknown_scripts,
    "go": unknown_go,
    "rust": unknown_rust,
    "java": unknown_java,
}


def import_check(subject: Subject, around: Surroundings) -> Check | None:
    """Return the check that reports imports of what is nowhere; the package is the symbol."""
    unknown = _READERS.get(subject.language)
    if unknown is None:
        return None

    async def look(subject: Subject, _: Path) -> list[Problem]:
        return [_problem(found) for found in await unknown(subject, around)]

    return Check(NAME, look)


def _problem(found: Import) -> Problem:
    span = Span(Position(found.line, 0), Position(found.line + 1, 0))
    message = (
        f"'{found.name}' is in neither the standard library, the environment, the manifest nor "
        "the workspace"
    )
    return Problem(NAME, "unknown-import", message, span, symbol=found.name)
