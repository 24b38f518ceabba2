"""Which files change together, by the repository's own history."""

import asyncio
import logging
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from lsp_server.common.children import end_program, start_program
from lsp_server.config.environment import environment_variables

log = logging.getLogger(__name__)

_COMMITS = 1000
_MOST_FILES = 30
_SECONDS = 20.0
# Nothing that a repository's configuration names may run: no signature program, no monitor, no
# pager, no hook. Listing names needs no filter and no external diff.
_COMMAND = (
    "git",
    "-c",
    "log.showSignature=false",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "--no-pager",
    "log",
    f"--max-count={_COMMITS}",
    "--no-merges",
    "--no-show-signature",
    "--no-ext-diff",
    "--no-renames",
    "--name-only",
    "--relative",
    "--format=%x00",
    "-z",
)
# A partial clone fetches what it lacks, by the program that its configuration names. Older versions
# of Git know only the second way to forbid that.
_NOTHING_FETCHED = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
}


class History:
    """The last commits as sets of files, and for each file those that it is in.

    Commits of more than thirty files are left out: they say that everything moved.
    """

    def __init__(self, commits: Sequence[Sequence[str]] = ()) -> None:
        self._commits = [commit for commit in commits if 1 < len(commit) <= _MOST_FILES]
        self._in: dict[str, list[int]] = defaultdict(list)
        for number, commit in enumerate(self._commits):
            for path in commit:
                self._in[path].append(number)

    def companions(self, path: str) -> Mapping[str, float]:
        """Return the share of this file's commits in which each other file changed as well."""
        numbers = self._in.get(path, ())
        counts = Counter(other for number in numbers for other in self._commits[number])
        counts.pop(path, None)
        return {other: count / (len(numbers) + 1) for other, count in counts.items()}


async def read_commits(root: Path) -> list[list[str]]:
    """Return the files below `root` in each of the last commits; none without Git or in trouble."""
    with tempfile.TemporaryFile() as output:
        if not await _is_written(root, output):
            return []
        output.seek(0)
        return parse_log(output.read())


async def _is_written(root: Path, output: IO[bytes]) -> bool:
    """Write the history of `root` to `output`; return whether it is there."""
    try:
        process = await start_program(
            *_COMMAND,
            cwd=root,
            env={**environment_variables(), **_NOTHING_FETCHED},
            stdin=asyncio.subprocess.DEVNULL,
            # A pipe that nobody reads any more would keep a cancelled Git from being waited for.
            stdout=output,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        log.info("There is no Git to ask for the history: %s", error)
        return False
    try:
        await asyncio.wait_for(process.wait(), _SECONDS)
    except TimeoutError:
        log.info("The history was left out: Git took longer than %s s.", _SECONDS)
        return False
    finally:
        await end_program(process)
    return True


def parse_log(output: bytes) -> list[list[str]]:
    """Return the files of each commit in what `git log --name-only -z --format=%x00` wrote."""
    commits: list[list[str]] = []
    for part in output.decode("utf-8", "replace").split("\0"):
        name = part.strip("\n")
        if not name:
            commits.append([])
        elif commits:
            commits[-1].append(name)
    return [commit for commit in commits if commit]
