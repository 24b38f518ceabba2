"""What a command shows: results on standard output, progress on a terminal's standard error."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status


class StatusProgress:
    """Progress as one line that changes, where there is a terminal; silence elsewhere."""

    def __init__(self, status: "Status") -> None:
        self._status = status

    def report(self, message: str, percent: int | None = None) -> None:
        """Show `message` in place of what was shown before."""
        from rich.markup import escape

        end = f" {percent} %" if percent is not None else ""
        self._status.update(escape(message) + end)

    def end(self) -> None:
        """Take the line away: what comes now is the result."""
        self._status.stop()


@contextmanager
def progress_line(first: str) -> Iterator[StatusProgress]:
    """Show work in progress on standard error until the block ends."""
    from rich.console import Console

    with Console(stderr=True).status(first) as status:
        yield StatusProgress(status)


def output() -> "Console":
    """Return the console for results: colours on a terminal, plain text in a pipe."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def write(text: str, style: str | None = None) -> None:
    """Write a piece of a result: coloured on a terminal, elsewhere to the letter.

    A console writes blanks for tabs, and code or a patch would no longer be what it is.
    """
    if sys.stdout.isatty():
        output().out(text, style=style, end="")
    else:
        sys.stdout.write(text)
        sys.stdout.flush()


def print_json(value: Mapping[str, Any]) -> None:
    """Print one object, for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def remark(text: str) -> None:
    """Tell a person something that is not the result."""
    sys.stderr.write(f"tandem-ls: {text}\n")
