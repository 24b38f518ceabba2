"""Whether an attempt is what was asked for, by what the checks find."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lsp_server.checks.imports.check import NAME as IMPORTS
from lsp_server.checks.report import FAILED_TEST, Comparison, Report, compare, identity
from lsp_server.common.problems import Problem
from lsp_server.features.fixing.task import Task


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must go away: what a check of ours sees too, and what only the editor has shown.

    `lapsed` was seen by a check of ours in an earlier text, and no check sees it any more.
    """

    seen: tuple[Problem, ...] = ()
    unseen: tuple[Problem, ...] = ()
    lapsed: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A text compared with the one before it; `left` are wanted problems that are still there."""

    comparison: Comparison
    left: tuple[Problem, ...]

    @property
    def is_good(self) -> bool:
        """Whether all that a check can see of the wish is fulfilled and nothing else broke."""
        return not self.left and self.comparison.is_clean

    @property
    def against(self) -> tuple[Problem, ...]:
        """What speaks against the text: problems that came, and wanted ones that stayed."""
        new = self.comparison.new
        return (*new, *(problem for problem in self.left if problem not in new))

    @property
    def invented(self) -> tuple[str, ...]:
        """The packages that the text imports and that are nowhere."""
        return tuple(problem.symbol for problem in self.comparison.new if problem.check == IMPORTS)

    @property
    def is_good_but_for_imports(self) -> bool:
        """Whether imports of packages that are nowhere are all that stands against the text."""
        new = self.comparison.new
        return not self.left and bool(new) and all(problem.check == IMPORTS for problem in new)

    @property
    def is_better(self) -> bool:
        """Whether problems went away and none came."""
        return bool(self.comparison.gone) and self.comparison.is_clean


def wanted_of(
    problems: Sequence[Problem], baseline: Report, known: Collection[Problem] = ()
) -> Wanted:
    """Find what the editor calls a problem among what our checks found.

    `known` are those of `problems` that our checks saw in an earlier text.
    """
    seen, unseen, lapsed = list[Problem](), list[Problem](), list[Problem]()
    for problem in problems:
        ours = [found for found in baseline.problems if _is_same(problem, found)]
        seen += [found for found in ours if found not in seen]
        if not ours:
            (lapsed if problem in known else unseen).append(problem)
    return Wanted(tuple(seen), tuple(unseen), tuple(lapsed))


def judge(baseline: Report, after: Report, wanted: Wanted) -> Judgement:
    """Compare `after` with `baseline`; what a check that did not end had seen counts as left."""
    comparison = compare(baseline, after)
    gone = list(map(identity, comparison.gone))
    left = list[Problem]()
    for problem in wanted.seen:
        if identity(problem) in gone:
            gone.remove(identity(problem))
        else:
            left.append(problem)
    return Judgement(comparison, tuple(left))


def is_offered(task: Task, judgement: Judgement) -> bool:
    """Whether a text may be offered for `task`.

    A fix is offered only if it helps; one that needs a package that is nowhere says so in its
    title, as the user may be about to install it. A rewrite that no round got clean is offered
    too, marked, as the user asked for this very change; but never with broken syntax.
    """
    helps = judgement.is_better and len(judgement.left) < max(len(task.problems), 1)
    if judgement.is_good or helps or judgement.is_good_but_for_imports:
        return True
    broken = any(problem.check == "syntax" for problem in judgement.comparison.new)
    return not (task.is_fix or broken)


def _is_same(shown: Problem, found: Problem) -> bool:
    if FAILED_TEST in (shown.rule, found.rule):
        return identity(shown) == identity(found)
    same_lines = (
        shown.span.start.line <= found.span.end.line
        and found.span.start.line <= shown.span.end.line
    )
    same_rule = bool(shown.rule) and shown.rule == found.rule
    return same_lines and (same_rule or shown.message == found.message)
