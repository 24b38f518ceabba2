"""How long work tells what it is doing."""

from typing import Protocol


class Progress(Protocol):
    """One task's line of progress: a state, never the answer itself."""

    def report(self, message: str, percent: int | None = None) -> None:
        """Show `message`; `percent` runs from 0 to 100 where the end is known."""
        ...


class SilentProgress:
    """Progress that nobody watches."""

    def report(self, message: str, percent: int | None = None) -> None:
        """Drop the message."""
