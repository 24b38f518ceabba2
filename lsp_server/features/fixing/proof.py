"""What the user is told of an edit and of why there is none."""

from collections.abc import Sequence

from lsp_server.common.problems import Problem
from lsp_server.features.fixing.bench import phrase
from lsp_server.features.fixing.judge import Judgement, Wanted
from lsp_server.features.fixing.task import Task
from lsp_server.features.values import Proof, Verdict

_LONGEST = 120


def proof_of(judgement: Judgement, wanted: Wanted, rounds: int, engine: str, task: Task) -> Proof:
    """Return the proof of an edit; it is proven only if no wish was beyond the checks.

    Of a task that stays with its problems it is told which others went away too.
    """
    needed = task.check
    found = judgement.comparison
    helps = judgement.is_good or judgement.is_better
    lacking = bool(needed) and needed not in found.checks
    proven = bool(found.checks) and helps and not wanted.unseen and not lacking
    return Proof(
        verdict=Verdict.PROVEN if proven else Verdict.UNPROVEN,
        checks=found.checks,
        before=found.before,
        after=found.after,
        rounds=rounds,
        engine=engine,
        sentence=f"unproven: {needed} did not run" if lacking else _said(judgement, wanted, task),
    )


def _said(judgement: Judgement, wanted: Wanted, task: Task) -> str:
    also = _others(judgement, task) if task.stays else ()
    sentence = _sentence(judgement, wanted)
    return f"{sentence}; also repaired: {phrase(map(_brief, also))}" if also else sentence


def _others(judgement: Judgement, task: Task) -> tuple[Problem, ...]:
    """Return problems that went away on lines that the task is not about."""
    lines = {
        line
        for problem in task.problems
        for line in range(problem.span.start.line, problem.span.end.line + 1)
    }
    return tuple(one for one in judgement.comparison.gone if one.span.start.line not in lines)


def _brief(problem: Problem) -> str:
    return f"line {problem.span.start.line + 1}, {short(problem)}"


def _sentence(judgement: Judgement, wanted: Wanted) -> str:
    found = judgement.comparison
    if not found.checks:
        return "unproven: no check knows this kind of file"
    counted = f"{phrase(found.checks)}: {_counts(judgement)}"
    if judgement.invented:
        named = phrase(f"'{name}'" for name in dict.fromkeys(judgement.invented))
        return f"unproven: {named} is neither installed nor declared; {counted}"
    if wanted.unseen:
        return f"unproven: {_named(wanted.unseen)} is seen by no check here; {counted}"
    helps = judgement.is_good or judgement.is_better
    return counted if helps else f"unproven: {counted}"


def _counts(judgement: Judgement) -> str:
    found = judgement.comparison
    if not (found.before or found.after):
        return "no problems before, none after"
    new = f"{len(found.new)} new" if not found.is_clean else "none new"
    return f"{_problems(found.before)} to {found.after}, {new}"


def _problems(count: int) -> str:
    return "1 problem" if count == 1 else f"{count} problems"


def _named(problems: Sequence[Problem]) -> str:
    return (
        phrase(dict.fromkeys(problem.check or "the editor" for problem in problems)) + "'s problem"
    )


def short(problem: Problem) -> str:
    """Return a problem in one line: its message, cut to fit a title, and who found it."""
    message = " ".join(problem.message.split())
    cut = message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"
    return f"{cut} ({phrase(filter(None, (problem.check,)))})" if problem.check else cut
