"""Indentation follows the buffer: its unit, its tabs or blanks, the cursor's column."""

import re
from collections.abc import Sequence
from functools import lru_cache

from lsp_server.common.text import body

_BLANKS = " \t"
_OPENERS = re.compile(r"(?:[{(\[:]|=>|->)\s*$")
_DEFAULT = "    "
_NARROW = 2
_PLACES_KEPT = 8


def unit_of(lines: Sequence[str]) -> str:
    """Return what one level of indentation is in `lines`: a tab, or the usual step in blanks."""
    steps: dict[int, int] = {}
    previous = 0
    for line in lines[:2000]:
        if line.startswith("\t"):
            return "\t"
        if not line.strip():
            continue
        width = len(line) - len(line.lstrip(" "))
        if width > previous:
            steps[width - previous] = steps.get(width - previous, 0) + 1
        previous = width
    steps.pop(1, None)
    if not steps:
        return _DEFAULT
    return " " * max(steps, key=lambda step: (steps[step], -step))


@lru_cache(_PLACES_KEPT)
def _kept_unit(lines: tuple[str, ...]) -> str:
    # A stream asks for the same lines with each of its pieces and at each key.
    return unit_of(lines)


def in_buffers_way(text: str, line_before: str, above: Sequence[str], below: Sequence[str]) -> str:
    """Return `text` indented with the buffer's tabs or blanks, from the cursor's column on.

    On a line that holds only its indentation the model may say that once more; what goes beyond
    the depth that the line above asks for is taken off, and what the editor has not yet indented
    is left.
    """
    unit = _kept_unit((line_before + "x", *above, *below))
    first, *rest = text.split("\n")
    rest = [_converted(line, unit) for line in rest]
    if line_before.strip() or not first.strip():
        return "\n".join([first, *rest])
    own = first[: len(first) - len(first.lstrip(_BLANKS))]
    own = _converted(own + "x", unit)[:-1] if own else ""
    expected = _expected(above, unit)
    missing = expected[len(line_before) :] if expected.startswith(line_before) else ""
    kept = missing if own and len(own) >= len(missing) else own if len(own) < len(missing) else ""
    return "\n".join([kept + first.lstrip(_BLANKS), *rest])


def _converted(line: str, unit: str) -> str:
    bare = line.lstrip(_BLANKS)
    blanks = line[: len(line) - len(bare)]
    if not bare or not blanks:
        return bare if not bare else line
    if unit == "\t" and "\t" not in blanks and len(blanks) % 4 == 0:
        return "\t" * (len(blanks) // 4) + bare
    if unit == "\t" and "\t" not in blanks and len(blanks) == _NARROW:
        return "\t" + bare
    if unit != "\t" and "\t" in blanks:
        return blanks.replace("\t", unit) + bare
    return line


def _expected(above: Sequence[str], unit: str) -> str:
    for line in reversed(above):
        if line.strip():
            text = body(line)
            indentation = text[: len(text) - len(text.lstrip(_BLANKS))]
            return indentation + unit if _OPENERS.search(text) else indentation
    return ""
