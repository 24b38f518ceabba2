"""Text that is there already: the line before the cursor, the lines above and below."""

from collections.abc import Sequence
from itertools import islice

_SIGNIFICANT = 4
_QUOTES = str.maketrans("'`", '""')
_MOST_BELOW = 40
_TELLING = 16
"""Letters and digits from which on a line is not said twice by chance."""


def without_line_before(text: str, line_before: str) -> str:
    """Return `text` without the beginning of the line if the model said that once more."""
    said = line_before.strip()
    if len(said) < _SIGNIFICANT:
        return text
    bare = text.lstrip()
    return bare[len(said) :] if bare.startswith(said) else text


def without_lines_below(text: str, line_before: str, below: Sequence[str]) -> str:
    """Return `text` up to where it goes over into the lines below the cursor.

    `below` are the lines after the cursor's. They are looked for as whole lines, letter for letter
    but for blanks, the kind of quotes and a sign at the end; a line of brackets counts only where
    it is indented as below, and if all that follows in `text` is below as well. A long line counts
    even where the model left out the brackets before it.
    """
    following = list(islice((line.rstrip() for line in below if line.strip()), _MOST_BELOW))
    if not following:
        return text
    wanted = [bare(line) for line in following]
    telling = next((line for line in wanted if _letters(line) >= _SIGNIFICANT), "")
    lines = text.split("\n")
    whole = [line_before + lines[0], *lines[1:]]
    for number, line in enumerate(whole):
        rest = [bare(part) for part in whole[number:] if part.strip()]
        if not line.strip():
            continue
        long = rest[0] == telling and _letters(telling) >= _TELLING
        same = rest == wanted[: len(rest)] or _begins(rest, wanted)
        if long or (same and (_letters(rest[0]) or _depth(line) == _depth(following[0]))):
            return "\n".join(lines[:number]).rstrip()
    return text


def bare(line: str) -> str:
    """Return `line` such that two which say the same are equal: without blanks, in one quote."""
    said = "".join(line.split()).translate(_QUOTES)
    return said.rstrip(",;") or said


def _depth(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


def _begins(rest: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether `rest` starts with the lines below and goes on otherwise."""
    first = wanted[0]
    if _letters(first) < _SIGNIFICANT:
        return len(wanted) > 1 and list(rest[:2]) == list(wanted[:2])
    return rest[0] == first


def repeats_above(text: str, line_before: str, above: Sequence[str]) -> bool:
    """Whether `text` only says the last lines above the cursor's again, word for word."""
    lines = text.strip("\n").split("\n")
    said = [(line_before + lines[0]).strip(), *(line.strip() for line in lines[1:])]
    said = [line for line in said if line]
    last = next((line.strip() for line in reversed(above) if line.strip()), "")
    if not said or said[-1] != last or sum(map(_letters, said)) <= _SIGNIFICANT:
        return False
    before = islice((line.strip() for line in reversed(above) if line.strip()), len(said))
    return said[::-1] == list(before)


def _letters(line: str) -> int:
    return sum(sign.isalnum() for sign in line)
