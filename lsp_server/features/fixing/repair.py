"""Syntax repair by the built-in engine, confirmed by the parser and then by the quick checks."""

import asyncio
from collections.abc import Collection, Sequence
from itertools import chain

from lsp_server.checks.check import Speed
from lsp_server.common.edits import FileEdit, apply_edits
from lsp_server.common.problems import Problem
from lsp_server.common.progress import Progress
from lsp_server.common.text import split_lines
from lsp_server.edits.smallest import edits_between
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.fixing.focus import edits_near
from lsp_server.features.fixing.judge import judge, wanted_of
from lsp_server.features.fixing.masking import without_hidden
from lsp_server.features.fixing.proof import Offer, proof_of
from lsp_server.features.fixing.task import Task
from lsp_server.features.seams import Workshop
from lsp_server.features.values import BUILT_IN, EditOutcome, Refusal

_MOST_REPAIRS = 6
_PARSER = "syntax"


async def repair(task: Task, shop: Workshop, progress: Progress) -> EditOutcome | Refusal:
    """Return the smallest syntax repair that takes the task's problems away, without a model."""
    snapshot = task.target.snapshot
    faults = shop.syntax.faults(snapshot.text, snapshot.language)
    if not faults:
        return no_model(shop, "without one only broken syntax can be repaired")
    progress.report("The built-in engine looks for a repair; no model is used")
    bench = Bench.of(snapshot, shop)
    baseline = await bench.look(snapshot.text, Speed.QUICK)
    hints = [one for one in (*task.problems, *baseline.problems) if one.check != _PARSER]
    wanted = wanted_of(task.problems, baseline)
    lines = frozenset(problem.span.start.line for problem in task.problems)
    # A fix of one problem stays with it; where that does not do, the whole file is repaired.
    for only in (lines, frozenset[int]()) if task.stays else (frozenset[int](),):
        text = await repaired(snapshot.text, snapshot.language, shop, hints, only)
        if text is None:
            return no_model(shop, "the built-in engine found no repair for the syntax")
        found = await bench.look(text, Speed.QUICK)
        judgement = judge(baseline, without_hidden(found, baseline, snapshot.lines, text), wanted)
        if judgement.is_better and (wanted.unseen or not judgement.left):
            break
    else:
        return no_model(shop, "the built-in engine's repair did not take the problem away")
    edits = edits_between(snapshot.lines, text)
    if task.stays and not wanted.seen and not edits_near(edits, wanted.unseen):
        return no_model(shop, "without one only broken syntax can be repaired, which is elsewhere")
    proof = proof_of(judgement, wanted, BUILT_IN, Offer(task, edits))
    file = FileEdit(snapshot.path or bench.subject.path, edits, snapshot.version)
    return EditOutcome(f"{task.label} ({proof.sentence}; no model was used)", (file,), proof)


async def repaired(
    text: str,
    language: str,
    shop: Workshop,
    hints: Sequence[Problem] = (),
    only: Collection[int] = (),
) -> str | None:
    """Return `text` with fewer syntax errors, as few as single repairs in turn reach, or None.

    `hints` are what others than the parser say of `text`; repairs are tried there first. With
    `only` it is enough that none of these lines is faulty any more.
    """
    faults = shop.syntax.faults(text, language)
    best: str | None = None
    for _ in range(_MOST_REPAIRS):
        found = await _mended(best or text, (hints, faults), language, shop)
        if found is None:
            break
        best, faults = found
        hints = ()
        if not faults or (only and not any(fault.span.start.line in only for fault in faults)):
            break
    return best


async def _mended(
    text: str, where: tuple[Sequence[Problem], Sequence[Problem]], language: str, shop: Workshop
) -> tuple[str, Sequence[Problem]] | None:
    """Return the first candidate without errors, else the one with the fewest, if that helps.

    `where` has hints and the parser's faults, in this order: a parser that reads on after an error
    often reports it many lines away, where a compiler names the very place.
    """
    best: tuple[str, Sequence[Problem]] | None = None
    _, faults = where
    for edits in chain.from_iterable(shop.repairs(text, places, language) for places in where):
        # Each parse takes a while in a large file, and the editor's other requests must not wait.
        await asyncio.sleep(0)
        mended = apply_edits(split_lines(text), edits)
        left = shop.syntax.faults(mended, language)
        if not left:
            return mended, left
        if len(left) < len(best[1] if best else faults):
            best = mended, left
    return best


def no_model(shop: Workshop, reason: str = "") -> Refusal:
    """Return the refusal of what needs a model while none is there."""
    name = shop.settings().agent.executor_model
    sentence = "No model is there" + (f", and {reason}." if reason else ".")
    return Refusal(sentence, f"Start Ollama, and get the model with: ollama pull {name}")
