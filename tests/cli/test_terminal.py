"""What is printed, in a pipe and on a terminal."""

from collections.abc import AsyncIterator

import pytest
from rich.console import Console
from rich.status import Status

from lsp_server.cli.ask import _stream
from lsp_server.cli.showing.screen import Screen
from lsp_server.cli.terminal import StatusProgress, write
from lsp_server.features.values import AnswerPart, PartKind

Capture = pytest.CaptureFixture[str]


def test_a_pipe_gets_results_to_the_letter(capsys: Capture) -> None:
    write("+\treturn a\tb\n", "green")
    assert capsys.readouterr().out == "+\treturn a\tb\n"


def test_the_demonstration_shows_lines_with_tabs_whole(capsys: Capture) -> None:
    Screen().diff("\t\treturn f(one, two\n", "\t\treturn f(one, two)\n")
    assert "    +        return f(one, two)\n" in capsys.readouterr().out


class Line(StatusProgress):
    """A progress line that notes on standard output when it ends."""

    def __init__(self) -> None:
        super().__init__(Status("", console=Console(quiet=True)))

    def end(self) -> None:
        write("|")


async def test_the_progress_line_ends_before_the_answer_begins(capsys: Capture) -> None:
    async def parts() -> AsyncIterator[AnswerPart]:
        yield AnswerPart(PartKind.THINKING, "hm")
        yield AnswerPart(PartKind.TEXT, "Yes.")

    assert await _stream(parts(), Line(), thinking=False)
    assert capsys.readouterr().out == "|Yes.\n"
