"""Text that a model says over and over."""

import re

from lsp_server.features.inline_completion.filters.closing import is_half

_DIGITS = re.compile(r"\d+")
_ENDLESS = re.compile(r"(.{3,40}?)\1{5,}|(.{10,80}?)\2{3,}", re.DOTALL)
_LINES = 3
"""Equal lines in a row from which on they are a loop; two may be meant."""

_COUNTING = 5
"""Lines in a row that differ in their numbers only, from which on they are a loop."""

_BLOCK_LINES = 8
_SHORT = 2
_WORDS = 4


def without_repetition(text: str) -> str:
    """Return `text` up to where it begins to repeat itself; one of the repeated pieces stays.

    A line that is said three times in a row, five that only count on, a group of lines said three
    times, or a short piece said over and over on one line. Lines of brackets and blank lines may
    repeat. Where one piece would leave half an expression, the whole line is left out.
    """
    lines = text.split("\n")
    # A group may end with a blank line, which the last one has not said yet.
    padded = [*lines, ""]
    for number in range(1, len(lines)):
        for size in range(1, min(_BLOCK_LINES, number) + 1):
            if _said_again(padded, number, size):
                return "\n".join(lines[:number])
        if _counts_on(lines[number - 1 : number - 1 + _COUNTING]):
            return "\n".join(lines[:number])
    endless = _ENDLESS.search(text)
    if endless is not None and any(sign.isalnum() for sign in endless.group()):
        piece = endless.group(1) or endless.group(2)
        kept = text[: endless.start() + len(piece)]
        return kept.rpartition("\n")[0] if is_half(kept) else kept
    return text


def _counts_on(lines: list[str]) -> bool:
    bare = {_DIGITS.sub("0", line.strip()) for line in lines}
    first = lines[0].strip()
    return len(lines) == _COUNTING and len(bare) == 1 and _letters(first) >= _WORDS


def _said_again(lines: list[str], at: int, size: int) -> bool:
    piece = [line.strip() for line in lines[at - size : at]]
    if sum(map(_letters, piece)) < (_WORDS if size == 1 else 12):
        return False
    copies = 1
    while [x.strip() for x in lines[at + (copies - 1) * size : at + copies * size]] == piece:
        copies += 1
    return copies >= (_LINES if size <= _SHORT else 2)


def _letters(line: str) -> int:
    return sum(sign.isalnum() for sign in line)


def is_looping(text: str) -> bool:
    """Whether a stream repeats itself, so that waiting for more is no use."""
    return len(without_repetition(text)) < len(text.rstrip())
