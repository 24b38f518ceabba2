"""One draft and what the checks say of it, as far as they have got."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lsp_server.checks.check import Speed
from lsp_server.checks.report import Report
from lsp_server.common.problems import Problem
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.fixing.judge import Judgement, Wanted, judge, wanted_of
from lsp_server.features.fixing.masking import without_hidden
from lsp_server.features.fixing.task import Task
from lsp_server.features.fixing.writing import Draft

Looks = Mapping[Speed, "asyncio.Task[Report]"]
# Tests are started only when nothing speaks against a text: they run the project's code.
_AT_ONCE = (Speed.QUICK, Speed.SLOW)


@dataclass(slots=True)
class Attempt:
    """A draft under its checks; without `looks` it could not be applied and is not judged.

    `looks` are the checks by their speed, which go on while the model writes the next draft.
    """

    draft: Draft
    looks: "dict[Speed, asyncio.Task[Report]]" = field(default_factory=dict)
    judgement: Judgement | None = None
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges attempts at one task by the checks of one bench; `before` are those of its text.

    `known` are the task's problems that the checks saw when its text was another.
    """

    task: Task
    bench: Bench
    before: Looks
    known: tuple[Problem, ...] = ()
    _started: "list[asyncio.Task[Report]]" = field(default_factory=list)

    @classmethod
    def of(cls, task: Task, bench: Bench, known: tuple[Problem, ...] = ()) -> "Judge":
        """Return a judge whose checks already look at the task's text as it is."""
        text = task.target.snapshot.text
        before = {speed: asyncio.create_task(bench.look(text, speed)) for speed in bench.speeds}
        return cls(task, bench, before, known)

    def begin(self, draft: Draft) -> Attempt:
        """Start the checks of a draft: the slow ones beside the quick ones."""
        attempt = Attempt(draft)
        for speed in self.bench.speeds:
            if speed in _AT_ONCE:
                self._start(attempt, speed)
        return attempt

    async def baseline(self) -> Report:
        """Return what all checks find in the task's text as it is."""
        found = Report()
        for speed in self.bench.speeds:
            found = found.joined(await asyncio.shield(self.before[speed]))
        return found

    async def first_word(self, attempt: Attempt) -> Judgement:
        """Judge by the quick checks, by the slow ones only if those agree, and by tests last.

        Where the quick ones do not agree, the slow ones go on.
        """
        return await self._judged(attempt, to_the_end=False)

    async def last_word(self, attempt: Attempt) -> Judgement:
        """Judge by all checks: what is offered must have been seen by each of them.

        Tests alone are left out where another check speaks against the text.
        """
        return await self._judged(attempt, to_the_end=True)

    async def late_word(self, attempt: Attempt) -> tuple[Problem, ...]:
        """Return what slow checks have found new since the first word; at once."""
        known = attempt.judgement
        done = [s for s in self.bench.speeds if s in attempt.looks and attempt.looks[s].done()]
        if known is None or not all(self.before[speed].done() for speed in done):
            return ()
        judgement = await self._judge(attempt, done)
        attempt.judgement = judgement
        return tuple(one for one in judgement.comparison.new if one not in known.comparison.new)

    async def _judged(self, attempt: Attempt, *, to_the_end: bool) -> Judgement:
        speeds = self.bench.speeds
        for number, speed in enumerate(speeds, 1):
            known = attempt.judgement
            if number > 1 and speed not in _AT_ONCE and known and not known.comparison.is_clean:
                return known
            self._start(attempt, speed)
            judgement = await self._judge(attempt, speeds[:number])
            attempt.judgement = judgement
            if not (judgement.is_good or to_the_end):
                return judgement
        if attempt.judgement is None:
            attempt.judgement = judge(Report(), Report(), wanted_of(self.task.problems, Report()))
        return attempt.judgement

    async def _judge(self, attempt: Attempt, speeds: Iterable[Speed]) -> Judgement:
        baseline, after = Report(), Report()
        lines = self.task.target.snapshot.lines
        for speed in speeds:
            # Shielded, as a cancelled round must not take the look before the change with it.
            baseline = baseline.joined(await asyncio.shield(self.before[speed]))
            after = after.joined(await asyncio.shield(attempt.looks[speed]))
            after = without_hidden(after, baseline, lines, attempt.draft.text)
        attempt.wanted = wanted_of(self.task.problems, baseline, self.known)
        return judge(baseline, after, attempt.wanted)

    def _start(self, attempt: Attempt, speed: Speed) -> None:
        if speed not in attempt.looks:
            look = self.bench.look(attempt.draft.text, speed)
            attempt.looks[speed] = asyncio.create_task(look)
            self._started.append(attempt.looks[speed])

    async def close(self) -> None:
        """End all looks and wait until they have ended: programs are killed, shadows gone."""
        ending = [*self.before.values(), *self._started]
        for task in ending:
            task.cancel()
        if ending:
            await asyncio.wait(ending)
