"""Make the indentation of a model's lines that of the document."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd


@dataclass(frozen=True, slots=True)
class Shift:
    """Blanks to take from the front of each line, then blanks to put there."""

    take: str = ""
    put: str = ""

    def fits(self, lines: Sequence[str]) -> bool:
        """Whether every line that is not blank begins with what is to be taken."""
        return all(line.startswith(self.take) for line in lines if line.strip())

    def apply(self, lines: Sequence[str]) -> list[str]:
        """Return `lines` shifted; blank lines stay as they are. The shift must fit."""
        return [self.put + line.removeprefix(self.take) if line.strip() else line for line in lines]


def indent_of(line: str) -> str:
    """Return the blanks that `line` begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def first_indent(lines: Sequence[str]) -> str:
    """Return the indentation of the first line that is not blank."""
    return next((indent_of(line) for line in lines if line.strip()), "")


def shift_between(given: Sequence[str], wanted: Sequence[str]) -> Shift | None:
    """Return the one shift that makes `given` read `wanted`, or None if there is none."""
    pairs = [(left.rstrip(), right.rstrip()) for left, right in zip(given, wanted, strict=True)]
    if not any(left for left, _ in pairs) or any(
        bool(left) != bool(right) for left, right in pairs
    ):
        return None
    shift = shift_of_indents(first_indent(given), first_indent(wanted))
    if not shift.fits(given):
        return None
    same = all(
        moved.rstrip() == right for moved, (_, right) in zip(shift.apply(given), pairs, strict=True)
    )
    return shift if same else None


def shift_of_indents(given: str, wanted: str) -> Shift:
    """Return the shift that makes the indentation `given` the indentation `wanted`."""
    if wanted.endswith(given):
        return Shift("", wanted.removesuffix(given))
    if given.endswith(wanted):
        return Shift(given.removesuffix(wanted), "")
    return Shift(given, wanted)


def in_tabs_like(document: Sequence[str], lines: Sequence[str]) -> list[str]:
    """Return `lines` indented by tabs where all of `document` is and they came with spaces.

    The step of the spaces is their greatest common divisor; lines that already have tabs, or a
    document that indents by spaces, change nothing.
    """
    ours = [indent for line in document if line.strip() and (indent := indent_of(line))]
    theirs = [indent for line in lines if line.strip() and (indent := indent_of(line))]
    if not ours or not theirs or not all(set(indent) == {"\t"} for indent in ours):
        return list(lines)
    if any("\t" in indent for indent in theirs):
        return list(lines)
    step = gcd(*map(len, theirs))
    return [_tabbed(line, step) for line in lines]


def _tabbed(line: str, step: int) -> str:
    width = len(indent_of(line))
    return "\t" * (width // step) + line[width:] if line.strip() else line
