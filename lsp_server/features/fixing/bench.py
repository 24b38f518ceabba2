"""The checks of one document, run on one text after the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lsp_server.checks.available import BUILT_IN, checks_for
from lsp_server.checks.check import Check, Speed
from lsp_server.checks.own import own_check
from lsp_server.checks.report import Report
from lsp_server.checks.runner import run_checks
from lsp_server.checks.subject import Subject
from lsp_server.common.snapshot import Snapshot
from lsp_server.features.seams import Workshop


@dataclass(frozen=True, slots=True)
class Bench:
    """The checks that serve one document."""

    subject: Subject
    checks: tuple[Check, ...]

    @classmethod
    def of(cls, snapshot: Snapshot, shop: Workshop, *, tests: bool = True) -> "Bench":
        """Return the bench for a document; one without a file has only its syntax checked.

        `tests` False leaves the tests out, as the settings may do anyway.
        """
        path = snapshot.path or Path.cwd() / "untitled"
        root = (shop.workspace.root_of(path) if snapshot.path else None) or path.parent
        subject = Subject(root, path, snapshot.text, snapshot.language)
        syntax = shop.syntax
        around = shop.surroundings()
        wanted = tests and shop.settings().fix.tests
        tools = [tool for tool in BUILT_IN if wanted or tool.speed is not Speed.TESTS]
        checks = checks_for(subject, around, syntax.faults, syntax.knows, tools)
        own = (own_check(one, subject, around) for one in shop.settings().fix.checks)
        checks += filter(None, own)
        if snapshot.path is None:
            checks = [check for check in checks if check.name == "syntax"]
        return cls(subject, tuple(checks))

    @property
    def names(self) -> str:
        """The checks' names as a phrase."""
        return phrase(check.name for check in self.checks)

    @property
    def speeds(self) -> tuple[Speed, ...]:
        """The speeds of the checks that there are, quick first."""
        return tuple(sorted({check.speed for check in self.checks}))

    async def look(self, text: str, *speeds: Speed) -> Report:
        """Return what the checks of these speeds find in `text`; all of them without any."""
        chosen = [check for check in self.checks if check.speed in (speeds or self.speeds)]
        subject = Subject(self.subject.root, self.subject.path, text, self.subject.language)
        return await run_checks(chosen, subject)


def phrase(names: Iterable[str]) -> str:
    """Return names as a phrase: "a", "a and b", "a, b and c"."""
    *head, last = list(names) or ["no check"]
    return f"{', '.join(head)} and {last}" if head else last
