"""From a model's text to what is shown: filters in their order."""

import re
from collections.abc import Sequence

from lsp_server.common.snapshot import Place
from lsp_server.common.text import Position, Span
from lsp_server.features.inline_completion.filters.chatter import (
    is_prose,
    unquoted,
    without_chatter,
)
from lsp_server.features.inline_completion.filters.closing import closed_lines, leaves_closed
from lsp_server.features.inline_completion.filters.echoes import (
    bare,
    repeats_above,
    without_line_before,
    without_lines_below,
)
from lsp_server.features.inline_completion.filters.indentation import in_buffers_way
from lsp_server.features.inline_completion.filters.overlap import Surrounding, fitted
from lsp_server.features.inline_completion.filters.repetition import without_repetition
from lsp_server.features.inline_completion.gates import in_prose
from lsp_server.features.inline_completion.seams import Syntax
from lsp_server.features.values import Suggestion

_BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")
_BLANKS = (" ", "\t")
MOST_LINES = 40
_NEAR = 400


def cleaned(place: Place, text: str) -> str:
    """Return `text` as code that goes on at `place`: no chatter, in the buffer's indentation."""
    text = without_chatter(text.replace("\r\n", "\n"))
    text = without_line_before(text, place.line_before)
    if place.line_before[-1:] in _BLANKS and place.line_before.strip():
        text = text.lstrip(" \t")
    if not place.line_before.strip():
        text = unquoted(_BLANK_LINES.sub("", text))
    if is_prose(text) and not in_prose(place):
        return ""
    return in_buffers_way(text, place.line_before, *around(place))


def completed(place: Place, text: str, syntax: Syntax) -> str:
    """Return cleaned `text` up to the end of the block or statement that it began."""
    length = syntax.complete_length(place.above, text, place.below, place.snapshot.language)
    return "\n".join(text[:length].split("\n")[:MOST_LINES])


def shown(place: Place, text: str, *, block: bool) -> tuple[str, int] | None:
    """Return what to show at `place` of what is left of a cleaned text, or None for nothing.

    The number is that of the characters after the cursor whose place the text takes. `block`
    allows more than the cursor's line.
    """
    above, below = around(place)
    after = bare(place.line_after)
    if any(map(str.isalnum, after)) and bare(text.split("\n", 1)[0]) == after:
        return None
    if repeats_above(text, place.line_before, above):
        return None
    over_lines = block and "\n" in text.rstrip()
    text = without_repetition(text if over_lines else one_line(place, text))
    text = without_lines_below(text, place.line_before, below)
    fit = fitted(text.rstrip(), Surrounding(place.line_before, place.line_after, above, below))
    taken = place.line_after[: fit.replaced]
    if not fit.text.strip() or fit.text == taken or fit.text.strip() == place.line_after.strip():
        return None
    return fit.text, fit.replaced


def one_line(place: Place, text: str) -> str:
    """Return the first line of `text`, with what closes its brackets, or without them."""
    first = text.split("\n", 1)[0]
    surrounding = Surrounding(place.line_before, place.line_after, *around(place))
    if leaves_closed(first, surrounding) or in_prose(place):
        return first
    return closed_lines(text, surrounding)


def around(place: Place) -> tuple[Sequence[str], Sequence[str]]:
    """Return the lines near the cursor's: those above it and those below."""
    lines, line = place.snapshot.lines, place.position.line
    return lines[max(line - _NEAR, 0) : line], lines[line + 1 : line + 1 + _NEAR]


def suggestion(place: Place, text: str, replaced: int, engine: str) -> Suggestion:
    """Return the suggestion of `text` at the cursor that replaces as many characters after it."""
    start = place.position
    end = Position(start.line, start.column + replaced)
    return Suggestion(Span(start, end), text, engine)
