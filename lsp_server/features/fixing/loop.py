"""Write, check, reflect: at most so many rounds, and only what the checks agree with is offered."""

from lsp_server.common.progress import Progress
from lsp_server.features.fixing.attempts import Attempt, Judge
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.fixing.complaint import complaint_of, late_complaint
from lsp_server.features.fixing.focus import edits_near, focused
from lsp_server.features.fixing.judge import Judgement, is_offered
from lsp_server.features.fixing.landing import OVERTAKEN, landed
from lsp_server.features.fixing.proof import problems_in_words, short
from lsp_server.features.fixing.rebase import rebased
from lsp_server.features.fixing.run import Run
from lsp_server.features.fixing.task import Task
from lsp_server.features.fixing.telling import Telling
from lsp_server.features.fixing.writing import Draft, Writer
from lsp_server.features.seams import Workshop
from lsp_server.features.values import EditOutcome, Refusal
from lsp_server.models.api import RoleModel

_BAD_ANSWERS = 2


async def solve(
    task: Task, executor: RoleModel, shop: Workshop, progress: Progress
) -> EditOutcome | Refusal:
    """Carry out `task` with `executor`; nothing is written anywhere.

    Returns an edit good for the document's version at the end, with its proof, or why there is
    none. Raises `ModelError` if the model fails.
    """
    # What the checks find before the change is looked up while the model writes.
    judge = Judge.of(task, Bench.of(task.target.snapshot, shop))
    run = Run(task, shop, judge, executor.name, progress)
    try:
        writer = await Writer.of(task, executor, shop)
        why = await _rounds(run, writer)
        return await _outcome(run, why)
    finally:
        await run.judge.close()


async def _rounds(run: Run, writer: Writer) -> str:
    """Go through the rounds; return why they ended, empty if the last attempt is good."""
    most = min(max(run.shop.settings().fix.max_rounds, 1), 3)
    for number in range(1, most + 1):
        where = f"Round {number} of {most}"
        head = f"{where}: {_left(run)}"
        draft = await writer.draft(Telling(run.progress, run.shop.clock, head, run.engine))
        if any(draft.text and draft.text == before.draft.text for before in run.attempts):
            return "The model repeated an answer that had not helped."
        if _is_overtaken(run, draft):
            return OVERTAKEN.sentence
        complaint = await _tried(run, draft, where)
        if not complaint:
            return ""
        if stop := _reason_to_stop(run.attempts):
            return stop
        writer = writer.after(draft, complaint)
    return (
        f"The checks do not agree after {most} rounds." if most > 1 else "The checks do not agree."
    )


def _is_overtaken(run: Run, draft: Draft) -> bool:
    """Whether the user has typed meanwhile in the lines that a draft is to change."""
    snapshot, task, latest = run.task.target.snapshot, run.task, run.latest
    if latest.version == snapshot.version:
        return False
    near = edits_near(draft.edits, task.problems) if task.stays else ()
    return rebased(near or draft.edits, snapshot, latest) is None


async def _tried(run: Run, draft: Draft, where: str) -> str:
    """Check a draft and keep it; return what is wrong with it."""
    late = await _late(run)
    if draft.fault is not None:
        run.attempts.append(Attempt(draft))
        run.progress.report(f"{where}: {draft.fault.sentence}")
        return draft.fault.reflection + late
    if objection := run.task.guard(run.task.target, draft.text):
        run.attempts.append(Attempt(draft))
        run.progress.report(f"{where}: the answer does more than was asked for")
        return objection + late
    run.progress.report(f"{where}: checking with {run.bench.names}")
    attempt = run.judge.begin(draft)
    run.attempts.append(attempt)
    judgement = await run.judge.first_word(attempt)
    if judgement.is_good:
        return ""
    run.progress.report(f"{where}: {_found(judgement)}")
    return complaint_of(judgement, draft.text) + late


async def _late(run: Run) -> str:
    """Return what slow checks found in the last answer while the model wrote the next one."""
    if not run.attempts:
        return ""
    last = run.attempts[-1]
    return late_complaint(await run.judge.late_word(last), last.draft.text)


def _left(run: Run) -> str:
    """Return how many problems the last answer left or brought; empty where it was not judged."""
    last = run.attempts[-1].judgement if run.attempts else None
    return f"{problems_in_words(len(last.against))} left, " if last else ""


def _found(judgement: Judgement) -> str:
    worst = min(judgement.against, key=lambda problem: problem.severity != "error")
    kind = "new" if worst in judgement.comparison.new else "still there"
    return f"{short(worst)} is {kind}"


def _reason_to_stop(attempts: list[Attempt]) -> str:
    faults = [attempt for attempt in attempts if attempt.draft.fault]
    if len(faults) >= _BAD_ANSWERS:
        return attempts[-1].draft.fault.sentence if attempts[-1].draft.fault else ""
    judged = [attempt.judgement for attempt in attempts if attempt.judgement]
    if len(judged) > 1 and _is_worse(judged[-1], judged[-2]):
        return "The answers became worse."
    return ""


def _is_worse(last: Judgement, before: Judgement) -> bool:
    """Whether an answer brought more problems, by the checks that have seen both."""
    both = set(last.comparison.checks) & set(before.comparison.checks)
    brought = [
        sum(problem.check in both for problem in one.comparison.new) for one in (last, before)
    ]
    return brought[0] > brought[1]


async def _outcome(run: Run, why: str) -> EditOutcome | Refusal:
    best = await _best(run)
    if best is None:
        return Refusal(why, _advice(run))
    if run.task.stays:
        best = await focused(best, run.task, run.judge)
    return await landed(run, best)


async def _best(run: Run) -> Attempt | None:
    """Return the attempt to offer, if any, judged by all checks."""
    left = [attempt for attempt in run.attempts if attempt.judgement]
    while left:
        best = max(left, key=_worth)
        if best.judgement is None or not is_offered(run.task, best.judgement):
            return None
        if not is_offered(run.task, await run.judge.last_word(best)):
            left.remove(best)
        elif best is max(left, key=_worth):
            return best
    return None


def _worth(attempt: Attempt) -> tuple[bool, bool, int]:
    judgement = attempt.judgement
    if judgement is None:
        return (False, False, 0)
    clean = judgement.comparison.is_clean
    return (
        judgement.is_good,
        clean or judgement.is_good_but_for_imports,
        -judgement.comparison.after,
    )


def _advice(run: Run) -> str:
    last = next((a.judgement for a in reversed(run.attempts) if a.judgement), None)
    if last is None:
        return "Nothing was changed. Try again, or select a smaller piece of code."
    return f"Nothing was changed; at the end, {_found(last)}."
