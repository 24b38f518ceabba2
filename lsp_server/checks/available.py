"""Which checks serve a document."""

from collections.abc import Callable, Sequence

from lsp_server.checks.check import Check
from lsp_server.checks.environment import Surroundings, folder_with
from lsp_server.checks.imports.check import import_check
from lsp_server.checks.subject import Subject
from lsp_server.checks.syntax import Faults, syntax_check
from lsp_server.checks.tool import Tool, check_of, program_of
from lsp_server.checks.tools.compiled import C_COMPILERS, CARGO, GO_VET, GOPLS, JAVAC
from lsp_server.checks.tools.python import PYTHON
from lsp_server.checks.tools.ruff import RUFF
from lsp_server.checks.tools.scripts import ESLINT, TSC
from lsp_server.checks.tools.tests import TEST_RUNNERS
from lsp_server.checks.tools.types import MYPY, PYRIGHT, TY

BUILT_IN: tuple[Tool, ...] = (
    PYTHON,
    RUFF,
    PYRIGHT,
    MYPY,
    TY,
    TSC,
    ESLINT,
    GO_VET,
    GOPLS,
    CARGO,
    JAVAC,
    *C_COMPILERS,
    *TEST_RUNNERS,
)


def checks_for(
    subject: Subject,
    around: Surroundings,
    faults: Faults,
    knows: Callable[[str], bool],
    tools: Sequence[Tool] = BUILT_IN,
) -> list[Check]:
    """Return the checks that serve `subject`, quick ones first.

    `faults` and `knows` come from the index: syntax errors of a text, and whether a language has
    a grammar.
    """
    syntax = [syntax_check(faults)] if knows(subject.language) else []
    found = dict[str, Check]()
    for tool in tools:
        check = None if found.keys() & tool.unless else check_of(tool, subject, around)
        if check is not None:
            found[tool.name] = check
    imports = import_check(subject, around)
    served = [*syntax, *found.values(), *([imports] if imports else [])]
    return sorted(served, key=lambda check: check.speed)


def not_found(subject: Subject, around: Surroundings) -> list[str]:
    """Return the names of tools that would serve `subject` if their programs were installed."""
    serving = [
        tool
        for tool in BUILT_IN
        if subject.language in tool.languages and folder_with(subject, tool.markers) is not None
    ]
    found = {tool.name for tool in serving if program_of(tool, subject, around) is not None}
    missing = (tool for tool in serving if not found & {tool.name, *tool.unless})
    return list(dict.fromkeys(tool.name for tool in missing))
