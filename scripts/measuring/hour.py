"""An hour of editing on real source, the same each time: what is typed, where, what is asked."""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_BODY = re.compile(r"^ *def \w+\(.*\n(?:.*\n)*?(?= *(?:def|class|@)|\Z)", re.MULTILINE)
_SHORTEST, _LONGEST = 6, 24
_LETTERS = 3
_LARGE_FILES, _CHOSEN = 24, 5


class Kind(StrEnum):
    """What the user did. The first three are typing; a save sends no prompt."""

    KEY = "key"
    ENTER = "enter"
    ACCEPTED = "accepted"
    JUMP = "jump"
    SWITCH = "switch"
    SAVE = "save"
    FIX = "fix"
    QUESTION = "question"


TYPING = (Kind.KEY, Kind.ENTER, Kind.ACCEPTED)


@dataclass(frozen=True)
class Step:
    """One act and the file after it: its path and the text above and below the cursor."""

    kind: Kind
    path: str
    above: str
    below: str


def hour(files: Mapping[str, str], visits: int, rng: random.Random) -> Iterator[Step]:
    """Yield the steps: in each visit of a file the body of one function is typed anew.

    Every fourth line is an accepted suggestion; an Enter brings the next line's indentation with
    it. Each visit ends with a save; in between there are jumps within the file, fixes and
    questions. What was typed stays in the files.
    """
    texts = dict(files)
    names = sorted(texts, key=lambda name: -len(texts[name]))[:_LARGE_FILES]
    chosen = rng.sample(names, _CHOSEN)
    for visit in range(visits):
        path = chosen[visit % 3] if visit % 4 else rng.choice(chosen)
        above, below, body = _hole(texts[path], rng)
        yield Step(Kind.SWITCH, path, above, below)
        for step in _typed(path, above, below, body):
            above = step.above
            yield step
        texts[path] = above + below
        yield Step(Kind.SAVE, path, above, below)
        yield from _asides(visit, path, (above, below), rng)


def _asides(visit: int, path: str, at: tuple[str, str], rng: random.Random) -> Iterator[Step]:
    if visit % 3 == 1:
        text = "".join(at)
        jump = text.find("\n\n", rng.randrange(len(text) // 2)) + 2
        yield Step(Kind.JUMP, path, text[:jump], text[jump:])
    if visit % 5 == 4:  # noqa: PLR2004
        yield Step(Kind.FIX, path, *at)
    if visit % 6 == 3:  # noqa: PLR2004
        yield Step(Kind.QUESTION, path, *at)


def _hole(text: str, rng: random.Random) -> tuple[str, str, list[str]]:
    """Take one function's body out; return what is above, what is below, and its lines."""
    found = [one for one in _BODY.finditer(text) if _SHORTEST <= one[0].count("\n") <= _LONGEST]
    chosen = rng.choice(found)
    head, _, body = chosen[0].partition("\n")
    above = f"{text[: chosen.start()]}{head}\n"
    return above, text[chosen.end() :], body.splitlines(keepends=True)


def _typed(path: str, above: str, below: str, body: list[str]) -> Iterator[Step]:
    for number, line in enumerate(body):
        if number % 4 == 3:  # noqa: PLR2004
            above += line
            yield Step(Kind.ACCEPTED, path, above, below)
            continue
        rest = line.rstrip("\n")
        code = rest.lstrip()
        if code:
            above += rest[: len(rest) - len(code)]
        for at in range(0, len(code), _LETTERS):
            above += code[at : at + _LETTERS]
            yield Step(Kind.KEY, path, above, below)
        above += "\n"
        yield Step(Kind.ENTER, path, above, below)
