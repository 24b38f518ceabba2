"""A fix that arrives after the user has typed elsewhere is judged on what was typed."""

import asyncio
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from lsp_server.checks.check import Check, Speed
from lsp_server.checks.subject import Subject
from lsp_server.common.problems import Problem, Severity
from lsp_server.common.text import Position, Span
from lsp_server.features.values import EditOutcome, Refusal, Verdict
from lsp_server.models.api import Request
from tests.features.scripted_checks import CODE, QUICK, Desk, DeskOf, answer, bad, finder
from tests.features.workshop import result_of
from tests.waiting import until

GOOD = answer(CODE.replace("bad one", "good"))


def typing(desk: Desk, text: str, says: str = GOOD) -> Callable[[Request], str]:
    """Answer with `says` after the user has made the document read `text`."""

    def answers(_request: Request) -> str:
        desk.type(text)
        return says

    return answers


def here(line: int) -> Span:
    return Span(Position(line, 0), Position(line, 3))


def parser_and_linter() -> list[Check]:
    """A parser, and a linter that warns of nothing in what cannot be parsed."""

    async def lint(subject: Subject, _folder: Path) -> list[Problem]:
        if "broken" in subject.text:
            return []
        lines = subject.text.split("\n")
        return [
            Problem("lint", "rule", f"found {found[0]}", here(n), Severity.WARNING)
            for n, line in enumerate(lines)
            for found in re.finditer(r"bad \w+", line)
        ]

    return [finder("syntax", "broken", Speed.QUICK), Check("lint", lint, Speed.QUICK)]


async def test_what_broken_syntax_hid_is_not_held_against_a_fix_that_is_carried_over(
    desk_of: DeskOf,
) -> None:
    desk = desk_of(*parser_and_linter())
    desk.snapshot = desk.version(CODE.replace("bad one", "bad one broken"), 1)
    typed = desk.snapshot.text + "typed\n"
    problem = Problem("syntax", "rule", "found broken", here(0))
    outcome, _ = await desk.solve(typing(desk, typed, answer(CODE)), problem)
    assert result_of(outcome, desk.latest) == typed.replace(" broken", "")
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.PROVEN
    assert "; 2 others, which the broken syntax had hidden, are shown now" in outcome.label


def insisting() -> Check:
    """A check that finds the first line bad, or anything there where the text has `spoilt`."""

    async def look(subject: Subject, _folder: Path) -> list[Problem]:
        is_bad = "bad one" in subject.text or "spoilt" in subject.text
        return [bad(0, "one")] if is_bad else []

    return Check("quick", look, Speed.QUICK)


async def test_a_fix_that_does_not_mend_its_problem_any_more_is_refused(desk_of: DeskOf) -> None:
    desk = desk_of(insisting())
    outcome, _ = await desk.solve(typing(desk, CODE + "spoilt\n"), bad(0, "one"))
    assert isinstance(outcome, Refusal)
    assert "changed while the task ran" in outcome.sentence


async def test_the_title_counts_what_is_in_the_text_that_the_fix_is_for(desk_of: DeskOf) -> None:
    desk = desk_of(finder("quick", QUICK, Speed.QUICK))
    outcome, _ = await desk.solve(typing(desk, CODE + "bad three\nbad four\n"), bad(0, "one"))
    assert isinstance(outcome, EditOutcome)
    assert "1 problem gone, 3 left, none new" in outcome.label
    assert (outcome.proof.before, outcome.proof.after) == (4, 3)


async def test_a_problem_is_known_again_where_lines_were_typed_above_it(desk_of: DeskOf) -> None:
    desk = desk_of(finder("quick", QUICK, Speed.QUICK))
    fixed = answer(CODE.replace("bad two", "good"))
    typed = CODE.replace("bad one\n", "bad two\nmore\nbad one\n")
    outcome, _ = await desk.solve(typing(desk, typed, fixed), bad(3, "two"), stays=True)
    assert result_of(outcome, desk.latest) == "bad two\nmore\nbad one\nfine\nfine\ngood\n"
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.sentence == "quick: 1 problem gone, 2 left, none new"


async def test_slow_checks_and_tests_see_what_was_typed_too(desk_of: DeskOf) -> None:
    desk = desk_of(
        finder("quick", "never", Speed.QUICK),
        finder("slow", QUICK, Speed.SLOW),
        finder("tests", "failing", Speed.TESTS),
    )
    outcome, _ = await desk.solve(typing(desk, CODE + "bad three\n"), bad(0, "one"))
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.PROVEN
    assert outcome.proof.sentence == "quick, slow and tests: 1 problem gone, 2 left, none new"


async def test_a_problem_that_went_away_by_what_was_typed_needs_no_fix(desk_of: DeskOf) -> None:
    async def look(subject: Subject, _folder: Path) -> list[Problem]:
        is_bad = "bad one" in subject.text and "allowed" not in subject.text
        return [bad(0, "one")] if is_bad else []

    desk = desk_of(Check("quick", look, Speed.QUICK))
    outcome, _ = await desk.solve(typing(desk, CODE + "allowed\n"), bad(0, "one"))
    assert isinstance(outcome, Refusal)
    assert outcome.sentence == "The problem is gone already, by what you typed meanwhile."


async def solved(desk: Desk, typed: str, problem: Problem) -> EditOutcome | Refusal:
    outcome, _ = await desk.solve(typing(desk, typed), problem)
    return outcome


async def half_typed(desk: Desk) -> "asyncio.Task[EditOutcome | Refusal]":
    """Begin the fix of a lint problem, and return when it waits for what is being typed."""
    problem = Problem("lint", "rule", "found bad one", here(0))
    solving = asyncio.create_task(solved(desk, CODE + "broken\n", problem))
    await until(lambda: desk.clock.sleepers == 1)
    return solving


async def test_a_fix_waits_for_the_end_of_a_statement_that_is_being_typed(
    desk_of: DeskOf,
) -> None:
    desk = desk_of(*parser_and_linter())
    solving = await half_typed(desk)
    desk.type(CODE + "whole\n")
    await desk.clock.advance(2)
    outcome = await solving
    assert result_of(outcome, desk.latest) == desk.latest.text.replace("bad one", "good")
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.PROVEN
    assert outcome.label == "Fix (syntax and lint: 1 problem gone, 1 left, none new)"


async def test_a_fix_is_unproven_where_what_was_typed_stays_broken(desk_of: DeskOf) -> None:
    desk = desk_of(*parser_and_linter())
    solving = await half_typed(desk)
    await desk.clock.advance(2)
    outcome = await solving
    assert result_of(outcome, desk.latest) == desk.latest.text.replace("bad one", "good")
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.verdict is Verdict.UNPROVEN
    assert "unproven: what you typed meanwhile cannot be parsed yet" in outcome.label
    assert "before it, syntax and lint: 1 problem gone, 1 left, none new" in outcome.label


async def test_a_fix_that_waits_for_the_end_of_a_statement_can_be_cancelled(
    desk_of: DeskOf,
) -> None:
    desk = desk_of(*parser_and_linter())
    solving = await half_typed(desk)
    solving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await solving
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_what_is_typed_while_the_checks_look_again_is_looked_at_too(
    desk_of: DeskOf,
) -> None:
    typed = [CODE + "typed\n", CODE + "typed\nmore\n", CODE + "typed\nmore\nbad three\n"]

    def type_more(subject: Subject) -> None:
        for text, further in pairwise(typed):
            if subject.text == text.replace("bad one", "good"):
                desk.type(further)

    desk = desk_of(finder("quick", QUICK, Speed.QUICK, type_more))
    outcome, _ = await desk.solve(typing(desk, typed[0]), bad(0, "one"))
    assert result_of(outcome, desk.latest) == typed[-1].replace("bad one", "good")
    assert isinstance(outcome, EditOutcome)
    assert outcome.proof.sentence == "quick: 1 problem gone, 2 left, none new"


async def test_typing_without_a_pause_ends_the_task_after_a_minute(desk_of: DeskOf) -> None:
    def type_on(subject: Subject) -> None:
        if subject.text.startswith("good") and subject.text != CODE.replace("bad one", "good"):
            desk.type(desk.latest.text + "more\n")
            desk.clock.time += 7

    desk = desk_of(finder("quick", QUICK, Speed.QUICK, type_on))
    outcome, _ = await desk.solve(typing(desk, CODE + "typed\n"), bad(0, "one"))
    assert isinstance(outcome, Refusal)
    assert "went on changing" in outcome.sentence
    assert 60 <= desk.clock.now() < 80


@pytest.mark.parametrize("typed", ["bad ones\nfine\nfine\nbad two\n", "fine\nbad two\n"])
async def test_what_was_typed_in_the_same_lines_is_left_alone(desk_of: DeskOf, typed: str) -> None:
    desk = desk_of(finder("quick", QUICK, Speed.QUICK))
    outcome, _ = await desk.solve(typing(desk, typed), bad(0, "one"))
    assert isinstance(outcome, Refusal)
    assert "changed while the task ran" in outcome.sentence
