"""Holes in real code: the rest of a line, what stands between brackets, a block, a body."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lsp_server.common.languages import language_of_path

_TOKEN = re.compile(r"\w+|[^\w\s]")
_SKIP = re.compile(r"\s*(#|//|/\*|\*|\"\"\"|'''|$)")
_OPENER = re.compile(r"[{:]\s*$")
_BODY = re.compile(r"^\s*(?:\w+\s+)*?(?:def|func|fn|function|async function)\b")
_INSIDE = re.compile(r"[(\[]([^()\[\]]{3,60})[)\]]")
_MOST_LINES, _MOST_LETTERS, _FEWEST_LETTERS = 15, 400, 3


class Kind(StrEnum):
    """What was taken out."""

    LINE = "rest of a line"
    INSIDE = "between brackets"
    BLOCK = "block"
    BODY = "function body"


@dataclass(frozen=True)
class Hole:
    """A file with a piece taken out: `above` and `below` stand around it, `truth` was there."""

    path: Path
    kind: Kind
    above: str
    truth: str
    below: str

    @property
    def line(self) -> int:
        return self.above.count("\n")

    @property
    def language(self) -> str:
        return language_of_path(self.path).name


def punch(path: Path, most: int, rng: random.Random) -> Iterator[Hole]:
    """Yield at most `most` holes of each kind in the file at `path`."""
    text = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
    lines = text.splitlines(keepends=True)
    for kind, find in ((Kind.LINE, _rests), (Kind.INSIDE, _insides)):
        found = [hole for number in range(len(lines)) for hole in find(lines, number, rng)]
        for number, start, end in rng.sample(found, min(most, len(found))):
            before = "".join(lines[:number]) + lines[number][:start]
            after = lines[number][end:] + "".join(lines[number + 1 :])
            yield Hole(path, kind, before, lines[number][start:end], after)
    blocks = [span for number in range(len(lines)) if (span := _block(lines, number))]
    for kind in (Kind.BLOCK, Kind.BODY):
        of_kind = [
            span for span in blocks if bool(_BODY.match(lines[span[0] - 1])) is (kind is Kind.BODY)
        ]
        for first, last in rng.sample(of_kind, min(most, len(of_kind))):
            yield _hole_of_block(path, kind, lines, first, last)


def _rests(lines: list[str], number: int, rng: random.Random) -> list[tuple[int, int, int]]:
    line = lines[number].rstrip()
    if _SKIP.match(line) or "'''" in line or '"""' in line:
        return []
    starts = [m.start() for m in _TOKEN.finditer(line)]
    starts = [start for start in starts if len(line) - start >= _FEWEST_LETTERS]
    return [(number, rng.choice(starts), len(line))] if starts else []


def _insides(lines: list[str], number: int, _rng: random.Random) -> list[tuple[int, int, int]]:
    if _SKIP.match(lines[number]):
        return []
    return [(number, m.start(1), m.end(1)) for m in _INSIDE.finditer(lines[number])]


def _block(lines: list[str], opener: int) -> tuple[int, int] | None:
    """Return the first line of the block that `opener` opens, and the line after its last."""
    if _SKIP.match(lines[opener]) or not _OPENER.search(lines[opener].rstrip()):
        return None
    depth, last = _depth(lines[opener]), opener
    for number in range(opener + 1, len(lines)):
        if lines[number].strip():
            if _depth(lines[number]) <= depth:
                break
            last = number
    block = "".join(lines[opener + 1 : last + 1])
    fits = block and last - opener <= _MOST_LINES and len(block) <= _MOST_LETTERS
    return (opener + 1, last + 1) if fits else None


def _hole_of_block(path: Path, kind: Kind, lines: list[str], first: int, last: int) -> Hole:
    block = "".join(lines[first:last])
    blanks = len(block) - len(block.lstrip())
    end = len(block.rstrip())
    above = "".join(lines[:first]) + block[:blanks]
    return Hole(path, kind, above, block[blanks:end], block[end:] + "".join(lines[last:]))


def _depth(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
