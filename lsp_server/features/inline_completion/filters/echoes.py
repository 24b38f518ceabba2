"""Text that is there already: the line before the cursor, the lines above and below."""

from collections.abc import Sequence
from difflib import SequenceMatcher

_SIGNIFICANT = 4
_NEARLY = 0.9


def without_line_before(text: str, line_before: str) -> str:
    """Return `text` without the beginning of the line if the model said that once more."""
    said = line_before.strip()
    if len(said) < _SIGNIFICANT:
        return text
    bare = text.lstrip()
    return bare[len(said) :] if bare.startswith(said) and bare != said else text


def without_lines_below(text: str, line_before: str, below: Sequence[str]) -> str:
    """Return `text` up to where it goes over into the lines below the cursor.

    `below` are the lines after the cursor's. The first lines of it that say something are looked
    for as whole lines, letter for letter but for their indentation; a single bracket line does not
    count unless all that follows in `text` is below as well.
    """
    wanted = [line.strip() for line in below if line.strip()][:40]
    if not wanted:
        return text
    lines = text.split("\n")
    full = [(line_before + lines[0]).strip(), *(line.strip() for line in lines[1:])]
    for number, line in enumerate(full):
        rest = [part for part in full[number:] if part]
        if not rest or not line:
            continue
        if rest == wanted[: len(rest)] or _begins(rest, wanted):
            return "\n".join(lines[:number]).rstrip() if number else ""
    return text


def _begins(rest: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether `rest` starts with the lines below and goes on otherwise."""
    first = wanted[0]
    said = sum(sign.isalnum() for sign in first)
    if said < _SIGNIFICANT:
        return len(wanted) > 1 and list(rest[:2]) == list(wanted[:2])
    if rest[0] == first:
        return True
    # The end of a cut stream can stand for the line that it was about to repeat.
    return len(rest) == 1 and len(rest[0]) >= 2 * _SIGNIFICANT and _alike(rest[0], first)


def _alike(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > len(other) * (1 - _NEARLY):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _NEARLY


def repeats_above(text: str, line_before: str, above: Sequence[str]) -> bool:
    """Whether `text` only says the last lines above the cursor's again, word for word."""
    lines = text.strip("\n").split("\n")
    said = [(line_before + lines[0]).strip(), *(line.strip() for line in lines[1:])]
    said = [line for line in said if line]
    if sum(sign.isalnum() for line in said for sign in line) < 2 * _SIGNIFICANT:
        return False
    before = [line.strip() for line in above if line.strip()][-len(said) :]
    return bool(said) and said == before
