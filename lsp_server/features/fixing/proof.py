"""What the user is told of an edit and of why there is none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lsp_server.common.edits import TextEdit
from lsp_server.common.problems import Problem, Severity
from lsp_server.common.text import Span
from lsp_server.features.fixing.bench import phrase
from lsp_server.features.fixing.judge import Judgement, Wanted
from lsp_server.features.fixing.task import Task
from lsp_server.features.values import Proof, Verdict

_LONGEST = 120
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered for a task, and after how many rounds."""

    task: Task
    edits: tuple[TextEdit, ...]
    rounds: int = 1


def proof_of(judgement: Judgement, wanted: Wanted, engine: str, offer: Offer) -> Proof:
    """Return the proof of an edit; it is proven only if no wish was beyond the checks.

    Of a task that stays with its problems it is told which others went away too.
    """
    needed = offer.task.check
    found = judgement.comparison
    helps = judgement.is_good or judgement.is_better
    lacking = bool(needed) and needed not in found.checks
    proven = bool(found.checks) and helps and not wanted.unseen and not lacking
    return Proof(
        verdict=Verdict.PROVEN if proven else Verdict.UNPROVEN,
        checks=found.checks,
        before=found.before,
        after=found.after,
        rounds=offer.rounds,
        engine=engine,
        failing=found.failing,
        hidden=len(_come_to_light(judgement)),
        sentence=f"unproven: {needed} did not run" if lacking else _said(judgement, wanted, offer),
    )


def unread(proof: Proof) -> Proof:
    """Return `proof`, of an earlier text, as it is told for one that cannot be parsed."""
    if proof.verdict is Verdict.UNPROVEN:
        return proof
    why = "what you typed meanwhile cannot be parsed yet"
    sentence = f"unproven: {why}; before it, {proof.sentence}"
    return replace(proof, verdict=Verdict.UNPROVEN, sentence=sentence)


def _said(judgement: Judgement, wanted: Wanted, offer: Offer) -> str:
    also = _others(judgement, offer) if offer.task.stays else ()
    sentence = _sentence(judgement, wanted)
    if not also:
        return sentence
    named = [*map(_brief, also[:_MOST_NAMED])]
    more = [f"{len(also) - _MOST_NAMED} more"] if len(also) > _MOST_NAMED else []
    return f"{sentence}; also repaired: {phrase([*named, *more])}"


def _others(judgement: Judgement, offer: Offer) -> tuple[Problem, ...]:
    """Return problems that went away on lines that were changed but that the task is not about.

    One forgotten colon makes a parser complain of many lines; that those are content again is no
    repair of theirs.
    """
    about = _lines(problem.span for problem in offer.task.problems)
    changed = _lines(edit.span for edit in offer.edits) - about
    gone = judgement.comparison.gone
    others = {one.span.start.line: one for one in gone if one.span.start.line in changed}
    return tuple(others[line] for line in sorted(others))


def _lines(spans: Iterable[Span]) -> set[int]:
    return {line for span in spans for line in range(span.start.line, span.end.line + 1)}


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
    found, shown = judgement.comparison, len(_come_to_light(judgement))
    if not (found.before or found.after or shown):
        return "no problems before, none after"
    gone, left = len(found.gone), found.after - len(found.new)
    went = f"{problems_in_words(gone) if gone else 'no problem'} gone"
    stayed = f", {left} left" if left else ""
    new = f"{len(found.new)} new" if not found.is_clean else "none new"
    return f"{went}{stayed}, {new}{_of_the_hidden(shown)}"


def _come_to_light(judgement: Judgement) -> list[Problem]:
    come_up = judgement.comparison.come_up
    return [problem for problem in come_up if problem.severity is not Severity.HINT]


def _of_the_hidden(count: int) -> str:
    if not count:
        return ""
    others, are = ("1 other", "is") if count == 1 else (f"{count} others", "are")
    return f"; {others}, which the broken syntax had hidden, {are} shown now"


def problems_in_words(count: int) -> str:
    """Return so many problems in words."""
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
