"""What the checks found, and how two findings compare."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from lsp_server.common.problems import Problem, Severity
from lsp_server.common.text import split_lines

_NUMBERS = re.compile(r"(?<=\b[Ll]ine )\d+|(?<=\b[Ll]ines )\d+|(?<=:)\d+(?::\d+)?")

# The rule of a failed test, whatever ran it.
FAILED_TEST = "test"

# The rules by which tools say that a text cannot be read at all.
_UNREADABLE = frozenset({"SyntaxError", "IndentationError", "TabError", "invalid-syntax", "syntax"})

Identity = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """Problems of `text` by the check that found them, and why other checks came to no end.

    `hidden` were found, too, but only because the syntax of an earlier text no longer hides them.
    """

    found: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    hidden: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, from the top of the document down."""
        found = [problem for problems in self.found.values() for problem in problems]
        return tuple(sorted(found, key=lambda problem: problem.span))

    def joined(self, other: "Report") -> "Report":
        """Return both reports as one."""
        failed = {**self.failed, **other.failed}
        found = {**self.found, **other.found}
        return Report(found, failed, self.text or other.text, self.hidden + other.hidden)

    def could_read(self, check: str) -> bool:
        """Whether `check` saw more of the text than that it cannot be read."""
        problems = (*self.found.get("syntax", ()), *self.found.get(check, ()))
        return not any(is_of_syntax(problem) for problem in problems)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a text compares with the one before it.

    Only checks that came to an end on both are counted. `gone` and `new` are multisets' rests: a
    problem that stood twice and stands once is gone once. What a check finds on lines that did not
    change, in a text that it could not read before, is not new: it was there, unseen. It has
    `come_up` and is not counted in `after`. `failing` are the failed tests in `after`.
    """

    checks: tuple[str, ...]
    before: int
    after: int
    gone: tuple[Problem, ...]
    new: tuple[Problem, ...]
    come_up: tuple[Problem, ...] = ()
    failing: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing came that a user would call a problem; hints are no problems."""
        return not any(problem.severity is not Severity.HINT for problem in self.new)


def compare(before: Report, after: Report) -> Comparison:
    """Compare two reports as multisets of problems by rule, message and symbol, not by line."""
    checks = tuple(name for name in before.found if name in after.found)
    old = [problem for name in checks for problem in before.found[name]]
    found = [problem for name in checks for problem in after.found[name]]
    # What was seen before was not hidden, whatever else could not be read.
    unseen = _unseen(before, after, beyond(found, old))
    apart = set(map(id, unseen))
    new = [problem for problem in found if id(problem) not in apart]
    shown = [one for one in after.hidden if one.check in checks or one.check not in after.found]
    come_up = (*shown, *unseen)
    failing = sum(problem.rule == FAILED_TEST for problem in new)
    rests = beyond(old, new), beyond(new, old)
    return Comparison(checks, len(old), len(new), *rests, come_up, failing)


def _unseen(before: Report, after: Report, more: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return which of `more` only came to light because the text can be read again."""
    blind = [name for name in after.found if not before.could_read(name)]
    more_ids = set(map(id, more))
    seen = (problem for name in blind if name != "syntax" for problem in after.found[name])
    hidden = [problem for problem in seen if id(problem) in more_ids]
    if not hidden:
        return ()
    kept = _kept_lines(before.text, after.text)
    return tuple(
        problem
        for problem in hidden
        if not is_of_syntax(problem) and problem.span.start.line in kept
    )


def is_of_syntax(problem: Problem) -> bool:
    """Whether a tool says that it cannot read the text at all."""
    return problem.check == "syntax" or problem.rule in _UNREADABLE


def _kept_lines(before: str, after: str) -> set[int]:
    """Return the numbers of the lines of `after` that stand in `before` as well."""
    matcher = SequenceMatcher(None, split_lines(before), split_lines(after), autojunk=False)
    blocks = matcher.get_matching_blocks()
    return {number for block in blocks for number in range(block.b, block.b + block.size)}


def identity(problem: Problem) -> Identity:
    """Return what makes two findings the same, line numbers in the message aside.

    Messages that point elsewhere ("first defined on line 12") change when lines move, and what a
    failed test says changes with every attempt.
    """
    check, rule, message, symbol = problem.identity
    if rule == FAILED_TEST:
        return (check, rule, "", symbol)
    return (check, rule, _NUMBERS.sub("#", message), symbol)


def beyond(these: Iterable[Problem], those: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems of `these` that are left when those of `those` are taken away."""
    these = list(these)
    left = Counter(map(identity, these)) - Counter(map(identity, those))
    rest = list[Problem]()
    for problem in these:
        if left[identity(problem)] > 0:
            left[identity(problem)] -= 1
            rest.append(problem)
    return tuple(rest)
