"""Bring what is to be offered to the document as it is now, which the user may have changed."""

from dataclasses import dataclass, replace

from lsp_server.checks.report import beyond, is_of_syntax
from lsp_server.common.edits import FileEdit, TextEdit, apply_edits
from lsp_server.common.snapshot import Snapshot
from lsp_server.edits.target import Target
from lsp_server.features.fixing.attempts import Attempt, Judge
from lsp_server.features.fixing.judge import is_offered
from lsp_server.features.fixing.proof import Offer, proof_of, unread
from lsp_server.features.fixing.rebase import followed, rebased
from lsp_server.features.fixing.run import Run
from lsp_server.features.fixing.task import Task
from lsp_server.features.fixing.writing import Draft
from lsp_server.features.values import EditOutcome, Proof, Refusal

# Who types on and on elsewhere would have the checks run for ever.
_PATIENCE_SECONDS = 60.0
# Half a statement seldom stays as it is: the proof can wait for the other half.
_PAUSE_SECONDS = 2.0
_AGAIN = "Nothing was changed. Run the action again."
OVERTAKEN = Refusal("The code was changed while the task ran, and the edit no longer fits.", _AGAIN)
_RESTLESS = Refusal("The code went on changing, so the checks never saw it at rest.", _AGAIN)
_GONE = Refusal("The problem is gone already, by what you typed meanwhile.", "Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Standing:
    """Edits of one version of the task's document, with the proof that holds for that version.

    `is_unread` says that the version cannot be parsed, and that the proof is an earlier one's.
    """

    task: Task
    edits: tuple[TextEdit, ...]
    proof: Proof
    is_unread: bool = False

    @property
    def version(self) -> int | None:
        """The version of the document that the edits are good for."""
        return self.task.target.snapshot.version


async def landed(run: Run, best: Attempt) -> EditOutcome | Refusal:
    """Return the edit for the document as it is when the last check has ended."""
    clock, since = run.shop.clock, run.shop.clock.now()
    standing = Standing(run.task, best.draft.edits, await _proof(run, run.judge, best))
    while (latest := run.latest).version != standing.version:
        if clock.now() - since > _PATIENCE_SECONDS:
            return _RESTLESS
        run.progress.report("Checking again with what was typed meanwhile")
        carried = await _carried(run, best, latest)
        if isinstance(carried, Refusal):
            return carried
        standing = carried
        if standing.is_unread:
            run.progress.report("Waiting, as what was typed meanwhile cannot be parsed yet")
            await clock.sleep(_PAUSE_SECONDS)
    path = latest.path or run.bench.subject.path
    file = FileEdit(path, standing.edits, standing.version, creates=run.task.creates)
    return EditOutcome(f"{run.task.label} ({standing.proof.sentence})", (file,), standing.proof)


async def _carried(run: Run, best: Attempt, latest: Snapshot) -> Standing | Refusal:
    """Make the edits of `best` to the latest text, and judge that as if it had been the first."""
    edits = rebased(best.draft.edits, run.task.target.snapshot, latest)
    if edits is None:
        return OVERTAKEN
    judge = _judge_of(run, best, latest)
    try:
        attempt = judge.begin(Draft(best.draft.answer, edits, apply_edits(latest.lines, edits)))
        judgement, wanted = await judge.last_word(attempt), attempt.wanted
        if wanted.lapsed and await _is_broken_since(run.judge, judge):
            proof = unread(await _proof(run, run.judge, best))
            standing = Standing(judge.task, edits, proof, is_unread=True)
            return standing if judgement.comparison.is_clean else OVERTAKEN
        if wanted.lapsed and not (wanted.seen or wanted.unseen):
            return _GONE
        if not is_offered(judge.task, judgement):
            return OVERTAKEN
        return Standing(judge.task, edits, await _proof(run, judge, attempt))
    finally:
        await judge.close()


def _judge_of(run: Run, best: Attempt, latest: Snapshot) -> Judge:
    """Return the judge of the run's task on the latest text."""
    task, old = run.task, run.task.target.snapshot
    problems = followed(task.problems, old, latest)
    known = [one for one in task.problems if one not in best.wanted.unseen]
    moved = replace(task, target=Target.whole(latest), problems=problems)
    return Judge.of(moved, run.bench, followed(known, old, latest))


async def _proof(run: Run, judge: Judge, attempt: Attempt) -> Proof:
    judgement = await judge.last_word(attempt)
    offer = Offer(judge.task, attempt.draft.edits, len(run.attempts))
    return proof_of(judgement, attempt.wanted, run.engine, offer)


async def _is_broken_since(then: Judge, now: Judge) -> bool:
    """Whether a text cannot be read for reasons that an earlier one did not have."""
    more = beyond((await now.baseline()).problems, (await then.baseline()).problems)
    return any(map(is_of_syntax, more))
