"""What the user is told while the model writes, which can take half a minute."""

from lsp_server.common.clock import Clock
from lsp_server.common.progress import Progress
from lsp_server.models.api import Event, Text, Thinking

# A count that runs faster than this cannot be read.
_SECONDS_BETWEEN = 0.25


class Telling:
    """Tells how far an answer has come: `head`, and then "glm is writing (12 lines)".

    That the model begins to think or to write is told at once, and what grows four times a second
    at most.
    """

    def __init__(self, progress: Progress, clock: Clock, head: str, model: str) -> None:
        self._progress = progress
        self._clock = clock
        self._head = head
        self._model = model
        self._lines = 0
        self._doing, self._said, self._said_at = "", "", clock.now()
        progress.report(f"{head}waiting for {model}")

    def take(self, event: Event) -> None:
        """Take the next event of the answer."""
        if isinstance(event, Thinking):
            self._tell("thinking", "thinking")
        elif isinstance(event, Text) and event.text:
            self._lines += event.text.count("\n")
            self._tell("writing", f"writing{_counted(self._lines)}")

    def _tell(self, doing: str, how_far: str) -> None:
        now = self._clock.now()
        is_soon = doing == self._doing and now - self._said_at < _SECONDS_BETWEEN
        if is_soon or how_far == self._said:
            return
        self._doing, self._said, self._said_at = doing, how_far, now
        self._progress.report(f"{self._head}{self._model} is {how_far}")


def _counted(lines: int) -> str:
    if not lines:
        return ""
    return " (1 line)" if lines == 1 else f" ({lines} lines)"
