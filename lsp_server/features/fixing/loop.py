"""Write, check, reflect: at most so many rounds, and only what the checks agree with is offered."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from lsp_server.checks.check import Speed
from lsp_server.checks.report import Report
from lsp_server.common.edits import FileEdit, TextEdit, apply_edits
from lsp_server.common.progress import Progress
from lsp_server.common.snapshot import Snapshot
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.fixing.complaint import complaint_of
from lsp_server.features.fixing.judge import Judgement, Wanted, judge, wanted_of
from lsp_server.features.fixing.masking import without_hidden
from lsp_server.features.fixing.proof import proof_of, short
from lsp_server.features.fixing.rebase import rebased
from lsp_server.features.fixing.task import Task
from lsp_server.features.fixing.writing import Draft, Writer
from lsp_server.features.seams import Workshop
from lsp_server.features.values import EditOutcome, Refusal
from lsp_server.models.api import RoleModel

_BAD_ANSWERS = 2


@dataclass(frozen=True, slots=True)
class Attempt:
    """A draft and what the checks said of it; no judgement where it could not be applied."""

    draft: Draft
    judgement: Judgement | None = None


@dataclass(slots=True)
class Run:
    """One task on its way. `before` are the checks of the text as it was, by their speed."""

    task: Task
    shop: Workshop
    bench: Bench
    progress: Progress
    before: "dict[Speed, asyncio.Task[Report]]" = field(default_factory=dict)
    wanted: Wanted = field(default_factory=Wanted)
    attempts: list[Attempt] = field(default_factory=list)


async def solve(
    task: Task, executor: RoleModel, shop: Workshop, progress: Progress
) -> EditOutcome | Refusal:
    """Carry out `task` with `executor`; nothing is written anywhere.

    Returns an edit good for the document's version at the end, with its proof, or why there is
    none. Raises `ModelError` if the model fails.
    """
    bench = Bench.of(task.target.snapshot, shop)
    run = Run(task, shop, bench, progress)
    # What the checks find before the change is looked up while the model writes.
    for speed in bench.speeds:
        look = bench.look(task.target.snapshot.text, speed)
        run.before[speed] = asyncio.create_task(look)
    try:
        writer = await Writer.of(task, executor, shop)
        ended = await _rounds(run, writer)
        return await _outcome(run, executor.name, ended)
    finally:
        await _ended(run.before.values())


async def _rounds(run: Run, writer: Writer) -> str:
    """Go through the rounds; return why they ended, empty if the last attempt is good."""
    most = min(max(run.shop.settings().fix.max_rounds, 1), 3)
    for number in range(1, most + 1):
        where = f"Round {number} of {most}"
        run.progress.report(f"{where}: {writer.executor.name} is writing")
        draft = await writer.draft()
        if any(draft.text and draft.text == before.draft.text for before in run.attempts):
            return "The model repeated an answer that had not helped."
        complaint = await _tried(run, draft, where)
        if not complaint:
            return ""
        if stop := _reason_to_stop(run.attempts):
            return stop
        writer = writer.after(draft, complaint)
    return (
        f"The checks do not agree after {most} rounds." if most > 1 else "The checks do not agree."
    )


async def _tried(run: Run, draft: Draft, where: str) -> str:
    """Check a draft and keep it; return what is wrong with it."""
    if draft.fault is not None:
        run.attempts.append(Attempt(draft))
        run.progress.report(f"{where}: {draft.fault.sentence}")
        return draft.fault.reflection
    if objection := run.task.guard(run.task.target, draft.text):
        run.attempts.append(Attempt(draft))
        run.progress.report(f"{where}: the answer does more than was asked for")
        return objection
    run.progress.report(f"{where}: checking with {run.bench.names}")
    judgement = await _judged(run, draft.text)
    run.attempts.append(Attempt(draft, judgement))
    if judgement.is_good:
        return ""
    run.progress.report(f"{where}: {_found(judgement)}")
    return complaint_of(judgement, draft.text)


async def _judged(run: Run, text: str) -> Judgement:
    """Judge by the quick checks, by the slow ones only if those agree, and by tests at the end."""
    baseline, after = Report(), Report()
    for speed, before in run.before.items():
        # Shielded, as a cancelled round must not take the look before the change with it.
        baseline = baseline.joined(await asyncio.shield(before))
        after = after.joined(await run.bench.look(text, speed))
        lines = run.task.target.snapshot.lines
        after = without_hidden(after, baseline, lines, text)
        run.wanted = wanted_of(run.task.problems, baseline)
        judgement = judge(baseline, after, run.wanted)
        if not judgement.is_good:
            return judgement
    return judge(baseline, after, run.wanted)


async def _ended(tasks: Iterable["asyncio.Task[Report]"]) -> None:
    """End tasks and wait until they have ended."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    if ending:
        await asyncio.wait(ending)


def _found(judgement: Judgement) -> str:
    new = judgement.comparison.new
    worst = min((*new, *judgement.left), key=lambda problem: problem.severity != "error")
    kind = "new" if worst in new else "still there"
    return f"{short(worst)} is {kind}"


def _reason_to_stop(attempts: list[Attempt]) -> str:
    faults = [attempt for attempt in attempts if attempt.draft.fault]
    if len(faults) >= _BAD_ANSWERS:
        return attempts[-1].draft.fault.sentence if attempts[-1].draft.fault else ""
    judged = [attempt.judgement for attempt in attempts if attempt.judgement]
    if len(judged) > 1 and len(judged[-1].comparison.new) > len(judged[-2].comparison.new):
        return "The answers became worse."
    return ""


async def _outcome(run: Run, engine: str, ended: str) -> EditOutcome | Refusal:
    best = _best(run)
    if best is None or best.judgement is None:
        return Refusal(ended, _advice(run))
    return await _landed(run, best.draft.edits, best.judgement, engine)


def _best(run: Run) -> Attempt | None:
    """Return the attempt to offer, if any.

    A fix is offered only if it helps; one that needs a package that is nowhere says so in its
    title, as the user may be about to install it. A rewrite that no round got clean is offered
    too, marked, as the user asked for this very change; but never with broken syntax.
    """
    judged = [attempt for attempt in run.attempts if attempt.judgement]
    order = sorted(judged, key=_worth, reverse=True)
    if not order or order[0].judgement is None:
        return None
    judgement = order[0].judgement
    helps = judgement.is_better and len(judgement.left) < max(len(run.task.problems), 1)
    if judgement.is_good or helps or judgement.is_good_but_for_imports:
        return order[0]
    broken = any(problem.check == "syntax" for problem in judgement.comparison.new)
    return None if run.task.is_fix or broken else order[0]


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


async def _landed(
    run: Run, edits: tuple[TextEdit, ...], judgement: Judgement, engine: str
) -> EditOutcome | Refusal:
    """Return the edit for the document as it is now."""
    snapshot = run.task.target.snapshot
    latest = run.shop.workspace.latest(snapshot.uri) or snapshot
    if latest.version != snapshot.version:
        moved = rebased(edits, snapshot, latest)
        if moved is None or not await _holds(run, moved, latest):
            return Refusal(
                "The code was changed while the task ran, and the edit no longer fits.",
                "Nothing was changed. Run the action again.",
            )
        edits = moved
    proof = proof_of(judgement, run.wanted, len(run.attempts), engine, run.task.check)
    path = snapshot.path or run.bench.subject.path
    file = FileEdit(path, edits, latest.version, creates=run.task.creates)
    return EditOutcome(f"{run.task.label} ({proof.sentence})", (file,), proof)


async def _holds(run: Run, edits: tuple[TextEdit, ...], latest: Snapshot) -> bool:
    """Whether the quick checks still agree when the edits are made to the latest text."""
    before = await run.bench.look(latest.text, Speed.QUICK)
    after = await run.bench.look(apply_edits(latest.lines, edits), Speed.QUICK)
    return judge(before, after, Wanted()).comparison.is_clean
