"""The syntax tree's errors as a check: for every language that has a grammar, in no time."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lsp_server.checks.check import Check
from lsp_server.checks.errors import TextTooLarge
from lsp_server.checks.subject import Subject
from lsp_server.common.problems import Problem
from lsp_server.common.text import MOST_PARSED

Faults = Callable[[str, str], Sequence[Problem]]


def syntax_check(faults: Faults) -> Check:
    """Return the check that reports `faults(text, language)`; its problems are named "syntax"."""

    async def look(subject: Subject, _: Path) -> list[Problem]:
        if len(subject.text) > MOST_PARSED:
            raise TextTooLarge(f"The file is too large to parse: over {MOST_PARSED} characters.")
        return list(faults(subject.text, subject.language))

    return Check("syntax", look)
