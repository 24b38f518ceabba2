"""What becomes of suggestions, counted on this machine only.

Counted are suggestions sent, shown, accepted whole and accepted in part, and whether the accepted
text is still there after 30 seconds, 2 minutes and 10 minutes: a suggestion that is deleted soon
after was no help.
"""

from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from datetime import date
from typing import Any

from lsp_server.common.clock import Clock
from lsp_server.common.snapshot import Snapshot
from lsp_server.features.values import Suggestion

SURVIVAL_SECONDS = (30, 120, 600)
_LEAST_KEPT = 2 / 3
_FLUSH_AFTER = 50

Write = Callable[[Mapping[str, str | int]], None]
Start = Callable[[Coroutine[Any, Any, Any], str], object]


class Acceptance:
    """Counts by day and engine. `write` takes what is new since the last time, once in a while."""

    def __init__(
        self,
        latest: Callable[[str], Snapshot | None],
        write: Write,
        start: Start,
        clock: Clock,
    ) -> None:
        self._latest = latest
        self._write = write
        self._start = start
        self._clock = clock
        self._counts: dict[tuple[date, str], Counter[str]] = {}
        self._unwritten = 0

    def offered(self, suggestion: Suggestion) -> None:
        """Count a suggestion that was sent to the editor."""
        self._count(suggestion.engine, "offered")

    def shown(self, suggestion: Suggestion) -> None:
        """Count a suggestion that the editor says it has shown."""
        self._count(suggestion.engine, "shown")

    def accepted(self, uri: str, suggestion: Suggestion, characters: int) -> None:
        """Count what the user took; of a suggestion taken piece by piece tell the first only."""
        if characters < len(suggestion.text):
            self._count(suggestion.engine, "partly")
            return
        self._count(suggestion.engine, "accepted")
        self._start(self._watch(uri, suggestion), "Watching an accepted suggestion")

    def flush(self) -> None:
        """Write what is new."""
        counts, self._counts, self._unwritten = self._counts, {}, 0
        for (day, engine), counted in counts.items():
            self._write({"day": day.isoformat(), "engine": engine, **counted})

    async def _watch(self, uri: str, suggestion: Suggestion) -> None:
        waited = 0
        for seconds in SURVIVAL_SECONDS:
            await self._clock.sleep(seconds - waited)
            waited = seconds
            snapshot = self._latest(uri)
            if snapshot is None:
                return  # It was closed: nobody knows what becomes of the text.
            self._count(suggestion.engine, f"watched_{seconds}")
            if survives(suggestion.text, snapshot.text):
                self._count(suggestion.engine, f"kept_{seconds}")

    def _count(self, engine: str, what: str) -> None:
        counts = self._counts.setdefault((date.today(), engine), Counter())  # noqa: DTZ011 - his day
        counts[what] += 1
        self._unwritten += 1
        if self._unwritten >= _FLUSH_AFTER:
            self.flush()


def survives(accepted: str, text: str) -> bool:
    """Whether two thirds of the accepted lines still stand somewhere in `text`."""
    lines = [line.strip() for line in accepted.splitlines() if line.strip()]
    kept = sum(line in text for line in lines)
    return kept >= _LEAST_KEPT * len(lines)
