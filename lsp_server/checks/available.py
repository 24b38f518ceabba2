"""Which checks serve a document."""

from collections.abc import Callable, Sequence

from lsp_server.checks.check import Check
from lsp_server.checks.environment import Surroundings
from lsp_server.checks.subject import Subject
from lsp_server.checks.syntax import Faults, syntax_check
from lsp_server.checks.tool import Tool, check_of
from lsp_server.checks.tools.python import PYTHON
from lsp_server.checks.tools.ruff import RUFF

BUILT_IN: tuple[Tool, ...] = (PYTHON, RUFF)


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
    found = [check_of(tool, subject, around) for tool in tools]
    served = syntax + [check for check in found if check is not None]
    return sorted(served, key=lambda check: check.speed)
