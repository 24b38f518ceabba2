"""What a fix tells of itself while the model thinks and writes."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

import pytest

from lsp_server.checks.check import Speed
from lsp_server.features.fixing.loop import solve
from lsp_server.features.fixing.telling import Telling
from lsp_server.models.api import Event, Finish, Outcome, Request, Role, Text, Thinking
from tests.clock import ManualClock
from tests.features.scripted_checks import QUICK, DeskOf, bad, finder, instead
from tests.features.workshop import Messages
from tests.models.scripted import ScriptedModel
from tests.waiting import until


def told(*events: Event | float) -> list[str]:
    """What is told of `events`; a number moves the clock on by so many seconds."""
    clock, messages = ManualClock(), Messages()
    telling = Telling(messages, clock, "Round 1 of 3: ", "glm")
    for event in events:
        if isinstance(event, float):
            clock.time += event
        else:
            telling.take(event)
    return messages.said


def test_the_model_is_waited_for_until_it_says_something() -> None:
    assert told() == ["Round 1 of 3: waiting for glm"]


def test_thinking_is_told_once_and_writing_with_its_lines() -> None:
    pieces: list[Event | float] = [
        Thinking("let"),
        1.0,
        Thinking("me"),
        Text("a"),
        1.0,
        Text("\nb\nc"),
        1.0,
        Text("\n"),
    ]
    assert told(*pieces, Finish(Outcome.STOP)) == [
        "Round 1 of 3: waiting for glm",
        "Round 1 of 3: glm is thinking",
        "Round 1 of 3: glm is writing",
        "Round 1 of 3: glm is writing (2 lines)",
        "Round 1 of 3: glm is writing (3 lines)",
    ]


def test_one_line_is_no_plural() -> None:
    assert told(Text("a\n"), 1.0, Text("b"))[-1] == "Round 1 of 3: glm is writing (1 line)"


def test_no_more_than_four_reports_a_second_are_made() -> None:
    pieces: list[Event | float] = [Text("x")]
    for _ in range(1000):
        pieces += [0.01, Text("line\n")]
    said = told(*pieces)
    assert 38 <= len(said) <= 42
    assert said[-1].endswith(" lines)")


@pytest.mark.parametrize("thinks", [False, True])
async def test_the_second_round_tells_what_the_first_has_left(
    desk_of: DeskOf, *, thinks: bool
) -> None:
    desk = desk_of(finder("quick", QUICK, Speed.QUICK))
    wrong, right = instead("wrong", "good")
    thought: Sequence[Event] = [Thinking("hm")] if thinks else []
    events = [*thought, Text(right), Finish(Outcome.STOP)]
    await desk.solve([wrong, events], bad(0, "one"))
    said = desk.messages.said
    assert "Round 1 of 3: waiting for scripted" in said
    assert "Round 1 of 3: checking with quick" in said
    assert "Round 2 of 3: 1 problem left, waiting for scripted" in said
    assert "Round 2 of 3: 1 problem left, scripted is writing (5 lines)" in said
    assert ("Round 2 of 3: 1 problem left, scripted is thinking" in said) is thinks


async def test_of_an_answer_that_could_not_be_used_nothing_is_counted(desk_of: DeskOf) -> None:
    desk = desk_of(finder("quick", QUICK, Speed.QUICK))
    await desk.solve(["I do not know.", *instead("good")], bad(0, "one"))
    assert "Round 2 of 3: waiting for scripted" in desk.messages.said


@dataclass(kw_only=True)
class Endless(ScriptedModel):
    """A model that writes a line every twentieth of a second, for ever."""

    clock: ManualClock

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        try:
            while True:
                await asyncio.sleep(0)
                self.clock.time += 0.05
                yield Text("more\n")
        finally:
            self.cancelled += 1


async def test_cancel_in_the_middle_of_writing_ends_model_and_reports_at_once(
    desk_of: DeskOf,
) -> None:
    desk = desk_of(finder("quick", QUICK, Speed.QUICK))
    model = Endless(Role.EXECUTOR, [], clock=desk.clock)
    task = desk.task(bad(0, "one"))
    solving = asyncio.create_task(solve(task, model, desk.shop, desk.messages))
    await until(lambda: len(desk.messages.said) > 4)
    assert "scripted is writing (" in desk.messages.said[-1]
    told = len(desk.messages.said)
    solving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await solving
    assert model.cancelled == 1
    assert len(desk.messages.said) == told
    assert asyncio.all_tasks() == {asyncio.current_task()}
