"""Lines that end with an open bracket: what is shown so that nothing stays open.

A line like `call(` or `if ready {` breaks the file when it is accepted and nothing below closes it.
The lines that close it are shown with it where the model has said them; else it ends before the
bracket.
"""

import re

from lsp_server.features.inline_completion.filters.overlap import (
    Surrounding,
    fitted,
    open_brackets,
    unopened,
)

_HALF = re.compile(r"(?:[-=+*/%&|<>^,.:!?~]|\b(?:return|await|yield|in|of|not|and|or|new))$")
"""What ends half an expression."""


def closed_lines(text: str, around: Surrounding) -> str:
    """Return the first line of `text`, or its first lines up to where all brackets are closed.

    Where they never are, and what stands below the cursor does not close them either, the line
    ends before the first of them; nothing is left of it where that were half an expression.
    """
    first, *rest = text.split("\n")
    if leaves_closed(first, around):
        return first
    for number in range(len(rest)):
        lines = "\n".join([first, *rest[: number + 1]])
        if leaves_closed(lines, around):
            return lines
    return _cut_back(first, around)


def leaves_closed(text: str, around: Surrounding) -> bool:
    """Whether no bracket that `text` opens stays open in the document."""
    if not _opened(text, around):
        return True
    return _below_closes(text, around)


def _opened(text: str, around: Surrounding) -> list[int]:
    """Return where in the line with `text` in it the brackets stand that `text` leaves open."""
    fit = fitted(text, around)
    now = open_brackets(around.before + fit.text + around.after[fit.replaced :])
    before = len(around.before)
    return [at for at in now if before <= at < before + len(fit.text)]


def _below_closes(text: str, around: Surrounding) -> bool:
    """Whether the lines below close what `text` opens: they go deeper, or are its closers.

    A closer belongs to the line that is indented as its own.
    """
    own = _depth(around.before + text.split("\n", 1)[0])
    deeper: list[str] = []
    for line in filter(str.strip, around.below):
        depth = _depth(line)
        if depth > own:
            deeper.append(line)
            continue
        if depth == own and line.strip()[0] in ")]}":
            return bool(deeper) or not _waits_above(own, around)
        break
    return bool(unopened("".join(deeper), ""))


def _waits_above(depth: int, around: Surrounding) -> bool:
    """Whether a line above, as deep as the cursor's, has opened what a closer below it ends."""
    for line in reversed(around.above):
        if line.strip() and _depth(line) <= depth:
            return _depth(line) == depth and bool(open_brackets(line))
    return False


def _cut_back(line: str, around: Surrounding) -> str:
    at = _opened(line, around)[0] - len(around.before)
    left = line[:at].rstrip()
    return "" if is_half(left) else left


def is_half(text: str) -> bool:
    """Whether `text` ends in the middle of an expression."""
    return _HALF.search(text.rstrip()) is not None


def _depth(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
