"""How quick and slow checks and the rounds of the loop go together, with checks by script."""

import asyncio
from pathlib import Path

import pytest

from lsp_server.checks.check import Check, Speed
from lsp_server.checks.subject import Subject
from lsp_server.common.problems import Problem
from lsp_server.common.text import Position, Span
from lsp_server.edits.target import Target
from lsp_server.features.fixing.loop import solve
from lsp_server.features.fixing.task import Task
from lsp_server.features.values import EditOutcome, Verdict
from lsp_server.models.api import Request, Role
from tests.features.scripted_checks import (
    CODE,
    QUICK,
    Before,
    DeskOf,
    answer,
    bad,
    finder,
    instead,
)
from tests.features.workshop import Messages, result_of, workshop
from tests.models.scripted import ScriptedModel, prompt_text


def while_wrong(event: asyncio.Event) -> Before:
    """Let a check of a wrong text wait for `event`."""

    async def hold(subject: Subject) -> None:
        if "wrong" in subject.text:
            await event.wait()

    return hold


async def test_the_next_round_begins_while_slow_checks_still_run(desk_of: DeskOf) -> None:
    second_round = asyncio.Event()
    desk = desk_of(
        finder("quick", QUICK, Speed.QUICK),
        finder("slow", "never", Speed.SLOW, while_wrong(second_round)),
    )
    right = CODE.replace("bad one", "good").replace("bad two", "good")

    def answers(request: Request) -> str:
        if "What is wrong" in prompt_text(request):
            second_round.set()
            return answer(right)
        return answer(CODE.replace("bad one", "wrong"))

    outcome, model = await desk.solve(answers, bad(0, "one"), bad(3, "two"))
    assert result_of(outcome, desk.snapshot) == right
    assert len(model.requests) == 2


async def test_what_slow_checks_found_meanwhile_is_told_in_the_next_reflection(
    desk_of: DeskOf,
) -> None:
    slow_ended = asyncio.Event()

    async def tell(subject: Subject) -> None:
        if "wrong" in subject.text:
            slow_ended.set()

    desk = desk_of(
        finder("quick", QUICK, Speed.QUICK),
        finder("slow", "sluggish", Speed.SLOW, tell),
    )
    texts = ["wrong sluggish", "wrong again", "good"]
    outcome, model = await desk.solve(instead(*texts), bad(0, "one"))
    assert isinstance(outcome, EditOutcome)
    assert "found sluggish" not in prompt_text(model.requests[1])
    assert slow_ended.is_set()
    assert "found sluggish" in prompt_text(model.requests[2])


async def test_an_edit_is_proven_by_all_checks_or_not_offered_as_such(desk_of: DeskOf) -> None:
    """Half a fix satisfies no round, and yet its slow checks must be heard before it is offered."""
    desk = desk_of(
        finder("quick", r"bad \w+", Speed.QUICK),
        finder("slow", "sluggish", Speed.SLOW),
        finder("tests", "failing", Speed.TESTS),
    )
    half = [answer(CODE.replace("bad one", f"{word} {n}")) for n, word in enumerate(WORDS)]
    outcome, _ = await desk.solve(half, bad(0, "one"), bad(3, "two"))
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.PROVEN
    assert outcome.proof.checks == ("quick", "slow", "tests")
    assert "fine 2" in result_of(outcome, desk.snapshot)


WORDS = ("sluggish", "failing", "fine")


async def test_answers_are_called_worse_only_by_checks_that_saw_both(desk_of: DeskOf) -> None:
    desk = desk_of(
        finder("quick", QUICK, Speed.QUICK),
        finder("slow", "sluggish", Speed.SLOW, while_wrong(asyncio.Event())),
    )
    texts = ["wrong", "sluggish sluggish sluggish", "good"]
    outcome, model = await desk.solve(instead(*texts), bad(0, "one"))
    assert isinstance(outcome, EditOutcome)
    assert len(model.requests) == 3


async def test_tests_are_not_run_on_what_other_checks_refuse(desk_of: DeskOf) -> None:
    tested = list[str]()
    desk = desk_of(
        finder("quick", QUICK, Speed.QUICK),
        finder("tests", "failing", Speed.TESTS, lambda subject: tested.append(subject.text)),
    )
    texts = ["wrong", "good"]
    await desk.solve(instead(*texts), bad(0, "one"))
    assert [text.split("\n")[0] for text in tested] == ["bad one", "good"]


async def test_tests_are_not_run_on_a_rewrite_that_is_offered_in_spite_of_other_checks(
    desk_of: DeskOf,
) -> None:
    tested = list[str]()
    desk = desk_of(
        finder("quick", r"bad \w+", Speed.QUICK),
        finder("slow", "sluggish", Speed.SLOW),
        finder("tests", "failing", Speed.TESTS, lambda subject: tested.append(subject.text)),
    )
    outcome, _ = await desk.solve(instead("sluggish 1", "sluggish 2", "sluggish 3"))
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.UNPROVEN
    assert tested == [CODE]


async def test_the_fix_of_one_problem_leaves_the_others(desk_of: DeskOf) -> None:
    desk = desk_of(finder("quick", r"bad \w+", Speed.QUICK))
    both = answer("good\nfine\nfine\nbetter\n")
    outcome, _ = await desk.solve([both], bad(0, "one"), stays=True)
    assert result_of(outcome, desk.snapshot) == "good\nfine\nfine\nbad two\n"
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.sentence == "quick: 1 problem gone, 1 left, none new"


async def test_what_a_fix_had_to_repair_as_well_is_told(desk_of: DeskOf) -> None:
    desk = desk_of(
        # "good" needs "better" somewhere else, as a name needs its import.
        finder("quick", r"bad \w+", Speed.QUICK),
        needy("slow"),
    )
    both = answer("good\nfine\nfine\nbetter\n")
    outcome, _ = await desk.solve([both], bad(0, "one"), stays=True)
    assert result_of(outcome, desk.snapshot) == "good\nfine\nfine\nbetter\n"
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.sentence.endswith("; also repaired: line 4, found bad two (quick)")


async def test_complaints_that_follow_from_one_mistake_are_not_told_as_repairs(
    desk_of: DeskOf,
) -> None:
    desk = desk_of(startled("quick"))
    outcome, _ = await desk.solve(
        [answer(CODE.replace("bad one", "good"))], bad(0, "one"), stays=True
    )
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.sentence == "quick: 3 problems gone, none new"


async def test_a_fix_of_what_no_check_sees_is_left_whole(desk_of: DeskOf) -> None:
    desk = desk_of(finder("quick", "never", Speed.QUICK))
    both = "good one\nfine\nfine\nimport what one needs\n"
    outcome, _ = await desk.solve([answer(both)], bad(0, "one"), stays=True)
    assert isinstance(outcome, EditOutcome)
    assert result_of(outcome, desk.snapshot) == both


def startled(name: str) -> Check:
    """Return a check that complains of three lines while the first one is bad."""

    async def look(subject: Subject, _folder: Path) -> list[Problem]:
        if "bad one" not in subject.text:
            return []
        return [
            Problem(name, "rule", message, Span(Position(line, 0), Position(line, 3)))
            for line, message in enumerate(["found bad one", "cannot read this", "nor that"])
        ]

    return Check(name, look, Speed.QUICK)


def needy(name: str) -> Check:
    async def look(subject: Subject, _folder: Path) -> list[Problem]:
        lacks = "good" in subject.text and "better" not in subject.text
        return (
            [Problem(name, "rule", "needs better", Span(Position(0, 0), Position(0, 4)))]
            if lacks
            else []
        )

    return Check(name, look, Speed.SLOW)


async def test_cancel_ends_the_slow_checks_of_earlier_rounds(desk_of: DeskOf) -> None:
    never, writing = asyncio.Event(), asyncio.Event()
    desk = desk_of(
        finder("quick", QUICK, Speed.QUICK),
        finder("slow", "never", Speed.SLOW, while_wrong(never)),
    )
    gate = asyncio.Event()

    def answers(request: Request) -> str:
        if "What is wrong" in prompt_text(request):
            writing.set()
            gate.clear()
        return answer(CODE.replace("bad one", "wrong"))

    model = ScriptedModel(Role.EXECUTOR, answers, gate=gate)
    gate.set()
    task = Task("Fix", "fix it", Target.whole(desk.snapshot), (bad(0, "one"),))
    solving = asyncio.create_task(solve(task, model, workshop(desk.root), Messages()))
    await writing.wait()
    solving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await solving
    assert asyncio.all_tasks() == {asyncio.current_task()}
