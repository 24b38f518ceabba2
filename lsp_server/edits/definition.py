"""The lines of a file that a single definition, given without the rest of the file, stands for."""

from collections.abc import Sequence

_CLOSERS = (")", "]", "}")


def place_of(bodies: Sequence[str], lines: Sequence[str]) -> tuple[int, int] | None:
    """Return the first line and the end (excluded) of what `bodies` is a new version of.

    That is one definition, by its indentation, whose first line stands in `lines` just once.
    None where `bodies` is more than one definition, or where it is not certain which is meant.
    """
    if len(bodies) == 1 or _end_of(bodies, 0) != len(bodies):
        return None
    found = [n for n, line in enumerate(lines) if line.rstrip() == bodies[0].rstrip()]
    if len(found) != 1:
        return None
    end = _end_of(lines, found[0])
    # A lone line is a statement or a declaration; what follows it may belong to it or not.
    return (found[0], end) if end - found[0] > 1 else None


def _end_of(lines: Sequence[str], first: int) -> int:
    """Return where the lines end that are indented below `first`, and what closes them."""
    outer, end = _indent(lines[first]), first + 1
    for number in range(first + 1, len(lines)):
        line = lines[number]
        closes = _indent(line) == outer and line.strip().startswith(_CLOSERS)
        if line.strip() and not closes and _indent(line) <= outer:
            break
        end = number + 1 if line.strip() else end
        if closes and line.strip().rstrip(";,") == "}":
            break
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
