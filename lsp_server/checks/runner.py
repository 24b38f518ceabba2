"""Run checks side by side on one text."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from lsp_server.checks.check import Check, Needs
from lsp_server.checks.errors import CheckError, WorkspaceTooLarge
from lsp_server.checks.report import Report
from lsp_server.checks.shadow import copied, linked
from lsp_server.checks.subject import Subject
from lsp_server.common.problems import Problem

_log = logging.getLogger(__name__)
_SIDE_BY_SIDE = 4


async def run_checks(checks: Sequence[Check], subject: Subject) -> Report:
    """Return what `checks` find in `subject`; a check that comes to no end is named as failed.

    The real tree is not written to. When cancelled, all programs are ended and the shadow is gone
    before this returns.
    """
    places = asyncio.Semaphore(_SIDE_BY_SIDE)
    found = dict[str, tuple[Problem, ...]]()
    failed = dict[str, str]()

    async def look(check: Check, folder: Path | CheckError) -> None:
        async with places:
            try:
                if isinstance(folder, CheckError):
                    raise folder
                found[check.name] = tuple(await check.look(subject, folder))
            except CheckError as error:
                _log.info("%s came to no end: %s", check.name, error)
                failed[check.name] = error.sentence

    async with _folders(checks, subject) as folders, asyncio.TaskGroup() as group:
        for check in checks:
            group.create_task(look(check, folders[check.needs]))
    # The order of the checks, not that in which they ended: sentences must not depend on it.
    ordered = {c.name: found[c.name] for c in checks if c.name in found}
    return Report(ordered, failed, subject.text)


@asynccontextmanager
async def _folders(
    checks: Sequence[Check], subject: Subject
) -> AsyncIterator[dict[Needs, Path | CheckError]]:
    """Give the folder for each need, or why there is none."""
    needed = {check.needs for check in checks}
    changed = {subject.relative: subject.text}
    async with AsyncExitStack() as stack:
        folders: dict[Needs, Path | CheckError] = {Needs.TEXT: subject.root}
        if Needs.SHADOW in needed:
            folders[Needs.SHADOW] = stack.enter_context(linked(subject.root, changed))
        if Needs.COPY in needed:
            try:
                folders[Needs.COPY] = await stack.enter_async_context(copied(subject.root, changed))
            except WorkspaceTooLarge as error:
                folders[Needs.COPY] = error
        yield folders
