import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

import pytest

from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position
from lsp_server.features.acceptance import SURVIVAL_SECONDS, Acceptance, survives
from lsp_server.features.values import Suggestion
from tests.clock import ManualClock

SNAPSHOT = Snapshot.of_text("x\n", language="python")
PLACE = Place(SNAPSHOT, Position(0, 0))
SUGGESTION = Suggestion(PLACE.span, "one = 1\ntwo = 2\n", "glm")


class Desk:
    """An acceptance counter whose document and clock the test moves."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.text: str | None = SUGGESTION.text
        self.written: list[Mapping[str, str | int]] = []
        self.tasks: list[asyncio.Task[Any]] = []
        self.counter = Acceptance(self.latest, self.written.append, self.start, self.clock)

    def latest(self, _uri: str) -> Snapshot | None:
        return None if self.text is None else Snapshot.of_text(self.text, language="python")

    def start(self, work: Coroutine[Any, Any, Any], _name: str) -> None:
        self.tasks.append(asyncio.create_task(work))

    def counts(self) -> dict[str, int]:
        self.counter.flush()
        return {
            name: number
            for record in self.written
            for name, number in record.items()
            if isinstance(number, int)
        }


async def test_what_is_kept_is_seen_at_each_moment() -> None:
    desk = Desk()
    desk.counter.offered(SUGGESTION)
    desk.counter.accepted(SNAPSHOT.uri, SUGGESTION, len(SUGGESTION.text))
    await desk.clock.advance(30)
    desk.text = "something else"
    await desk.clock.advance(600)
    await asyncio.gather(*desk.tasks)
    expected = {"offered": 1, "accepted": 1, "kept_30": 1}
    assert desk.counts() == {**expected, **{f"watched_{s}": 1 for s in SURVIVAL_SECONDS}}


async def test_a_closed_document_tells_nothing_more() -> None:
    desk = Desk()
    desk.counter.accepted(SNAPSHOT.uri, SUGGESTION, len(SUGGESTION.text))
    desk.text = None
    await desk.clock.advance(600)
    await asyncio.gather(*desk.tasks)
    assert desk.counts() == {"accepted": 1}


async def test_a_part_is_no_acceptance_and_is_not_watched() -> None:
    desk = Desk()
    desk.counter.shown(SUGGESTION)
    desk.counter.accepted(SNAPSHOT.uri, SUGGESTION, 3)
    assert desk.tasks == []
    assert desk.counts() == {"shown": 1, "partly": 1}


async def test_counts_are_written_once_with_day_and_engine() -> None:
    desk = Desk()
    desk.counter.offered(SUGGESTION)
    desk.counter.flush()
    desk.counter.flush()
    [record] = desk.written
    assert record["engine"] == "glm"
    assert len(str(record["day"])) == len("2026-01-01")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  one = 1\n\n  two = 2\n", True),
        ("one = 1\n", False),
        ("", False),
    ],
)
def test_two_thirds_of_the_lines_are_enough(text: str, kept: bool) -> None:  # noqa: FBT001
    assert survives(SUGGESTION.text, text) is kept
