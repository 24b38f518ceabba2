"""The user's own checks, from the settings."""

import re
from pathlib import Path

from lsp_server.checks.check import Check
from lsp_server.checks.environment import Surroundings
from lsp_server.checks.errors import CheckError, ToolUnreadable
from lsp_server.checks.subject import Subject
from lsp_server.checks.tool import Home, Tool, check_of
from lsp_server.checks.tools.reading import line_reader
from lsp_server.common.problems import Problem
from lsp_server.config.settings import UserCheck

_GROUPS = {"path", "line", "message"}


def own_check(own: UserCheck, subject: Subject, around: Surroundings) -> Check | None:
    """Return the user's check of `subject`, or None where it does not serve or is not found.

    As every program, it runs in trusted workspaces only. A pattern that is none makes a check that
    comes to no end and says why.
    """
    if subject.language not in own.languages or not own.command:
        return None
    fault = _fault(own)
    if fault is not None:
        return _failing(own.name, fault)
    home = Home.PYTHON if subject.language == "python" else Home.NODE
    program, *arguments = own.command
    tool = Tool(
        own.name,
        own.languages,
        (program,),
        tuple(arguments),
        line_reader(own.name, own.pattern),
        home=home,
    )
    return check_of(tool, subject, around)


def _fault(own: UserCheck) -> CheckError | None:
    try:
        missing = sorted(_GROUPS - set(re.compile(own.pattern).groupindex))
    except re.error as error:
        return ToolUnreadable(f"The pattern of {own.name} is no regular expression: {error}.")
    if missing:
        return ToolUnreadable(f"The pattern of {own.name} lacks the group {missing[0]}.")
    return None


def _failing(name: str, fault: CheckError) -> Check:
    async def look(_subject: Subject, _folder: Path) -> list[Problem]:
        raise fault

    return Check(name, look)
