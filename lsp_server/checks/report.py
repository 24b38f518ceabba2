"""What the checks found, and how two findings compare."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from lsp_server.common.problems import Problem, Severity

_NUMBERS = re.compile(r"(?<=\b[Ll]ine )\d+|(?<=\b[Ll]ines )\d+|(?<=:)\d+(?::\d+)?")

# The rule of a failed test, whatever ran it.
FAILED_TEST = "test"

Identity = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """Problems by the check that found them, and why other checks came to no end."""

    found: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, from the top of the document down."""
        found = [problem for problems in self.found.values() for problem in problems]
        return tuple(sorted(found, key=lambda problem: problem.span))

    def joined(self, other: "Report") -> "Report":
        """Return both reports as one."""
        return Report({**self.found, **other.found}, {**self.failed, **other.failed})


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a text compares with the one before it.

    Only checks that came to an end on both are counted. `gone` and `new` are multisets' rests: a
    problem that stood twice and stands once is gone once.
    """

    checks: tuple[str, ...]
    before: int
    after: int
    gone: tuple[Problem, ...]
    new: tuple[Problem, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nothing came that a user would call a problem; hints are no problems."""
        return not any(problem.severity is not Severity.HINT for problem in self.new)


def compare(before: Report, after: Report) -> Comparison:
    """Compare two reports as multisets of problems by rule, message and symbol, not by line."""
    checks = tuple(name for name in before.found if name in after.found)
    old = [problem for name in checks for problem in before.found[name]]
    new = [problem for name in checks for problem in after.found[name]]
    return Comparison(checks, len(old), len(new), _rest(old, new), _rest(new, old))


def identity(problem: Problem) -> Identity:
    """Return what makes two findings the same, line numbers in the message aside.

    Messages that point elsewhere ("first defined on line 12") change when lines move, and what a
    failed test says changes with every attempt.
    """
    check, rule, message, symbol = problem.identity
    if rule == FAILED_TEST:
        return (check, rule, "", symbol)
    return (check, rule, _NUMBERS.sub("#", message), symbol)


def _rest(these: list[Problem], those: list[Problem]) -> tuple[Problem, ...]:
    """Return the problems of `these` that are left when those of `those` are taken away."""
    left = Counter(map(identity, these)) - Counter(map(identity, those))
    rest = list[Problem]()
    for problem in these:
        if left[identity(problem)] > 0:
            left[identity(problem)] -= 1
            rest.append(problem)
    return tuple(rest)
