"""A program of the language as a check: found, run on the shadow, its output read."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from lsp_server.checks.check import Check, Needs, Speed
from lsp_server.checks.environment import (
    Surroundings,
    beside_us,
    folder_with,
    locate,
    python_of,
    state_of,
    tool_environment,
)
from lsp_server.checks.processes import Command, Ran, run
from lsp_server.checks.subject import Subject
from lsp_server.common.problems import Problem


class Home(StrEnum):
    """Where a project keeps a program of its own."""

    PYTHON = "python"
    NODE = "node"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Output:
    """What a tool said, and about what.

    `folder` stands for the subject's root, `home` is the folder that the tool ran in.
    """

    ran: Ran
    subject: Subject
    folder: Path
    home: Path


Read = Callable[[Output], list[Problem]]
More = Callable[[Subject, Path], Sequence[str] | None]
Ways = Callable[[str], Sequence[str]]


def no_more(_subject: Subject, _folder: Path) -> Sequence[str]:
    """Return no further arguments."""
    return ()


def one_way(_program: str) -> Sequence[str]:
    """Return no arguments of a program's own."""
    return ()


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that finds problems.

    In `arguments`, {file} is the file's path from the working folder, {path} its absolute path,
    {folder} the path of its folder from the working folder, {root} the root, {state} a folder of
    ours for what the tool keeps, and {python} the project's interpreter. What `more` returns for
    the subject and the folder that stands for its root comes after them, and what `ways` returns
    for the program that was found before them. The working folder is
    the nearest one above the file that holds one of `markers`; without such a folder, or where
    `more` returns None, the tool does not serve. Without markers it is the root.

    `untrusted` are the arguments in a workspace that the user does not trust, where neither the
    project's programs nor its configuration may act; None means that the tool does not run there.
    A tool does not run where one of those in `unless` does: they would say the same. One that may
    lie `beside_us`, in our own environment, is one that does not look at the project's.
    """

    name: str
    languages: tuple[str, ...]
    programs: tuple[str, ...]
    arguments: tuple[str, ...]
    read: Read
    home: Home = Home.NONE
    speed: Speed = Speed.SLOW
    needs: Needs = Needs.SHADOW
    markers: tuple[str, ...] = ()
    untrusted: tuple[str, ...] | None = None
    more: More = no_more
    ways: Ways = one_way
    unless: tuple[str, ...] = ()
    beside_us: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: bool = False


def check_of(tool: Tool, subject: Subject, around: Surroundings) -> Check | None:
    """Return `tool` as a check of `subject`, or None where it does not serve or is not found."""
    if subject.language not in tool.languages or not (around.trusted or tool.untrusted is not None):
        return None
    home = folder_with(subject, tool.markers)
    program = program_of(tool, subject, around)
    if home is None or program is None or tool.more(subject, subject.root) is None:
        return None

    async def look(subject: Subject, folder: Path) -> list[Problem]:
        command = _command(tool, program, subject, (folder, home), around)
        ran = await run(command, around.limits)
        return tool.read(Output(ran, subject, folder, folder / home))

    return Check(tool.name, look, tool.speed, tool.needs)


def program_of(tool: Tool, subject: Subject, around: Surroundings) -> str | None:
    """Return the program that the tool would run for `subject`, None where it is not found."""
    found = locate(tool.programs, tool.home.value, subject, around)
    return beside_us(tool.programs) if found is None and tool.beside_us else found


def _command(
    tool: Tool, program: str, subject: Subject, where: tuple[Path, Path], around: Surroundings
) -> Command:
    folder, home = where
    path = folder / subject.relative
    file = subject.relative.relative_to(home)
    words = {
        "file": str(file),
        "path": str(path),
        "folder": f"./{file.parent.as_posix()}",
        "root": str(folder),
        "state": str(state_of(subject, around)),
        "python": python_of(subject, around),
    }
    given = tool.arguments if around.trusted else tool.untrusted or ()
    # Not str.format: a path may hold braces, and an argument may be a piece of JSON.
    filled = [_filled(argument, words) for argument in given]
    argv = (program, *tool.ways(program), *filled, *(tool.more(subject, folder) or ()))
    extra = {name: _filled(value, words) for name, value in tool.environment.items()}
    environment = {**tool_environment(around, subject), **extra}
    stdin = subject.text if tool.stdin else ""
    return Command(argv, folder / home, environment, stdin, offline=True)


def _filled(text: str, words: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: words.get(match[1], match[0]), text)
