"""A fenced block that is the new text of the lines that were asked for."""

import re
from collections.abc import Sequence

from lsp_server.common.edits import TextEdit
from lsp_server.common.text import body, split_lines
from lsp_server.edits.definition import place_of
from lsp_server.edits.errors import Elided, ManyBlocks, NoCode, NotTheTarget
from lsp_server.edits.fences import Fence, fences_of
from lsp_server.edits.indentation import first_indent, in_tabs_like, shift_of_indents
from lsp_server.edits.smallest import edits_between, smallest_edits
from lsp_server.edits.target import Target

_FEW_LINES = 3
_ELISION = re.compile(
    r"\s*(?:#|//|/\*|--|<!--)?\s*(?:\.\.\.|…)\s*"
    r"(?:\(?(?:the )?(?:rest|existing|remaining|same|other|unchanged|previous|keep)\b.*"
    r"|.*\b(?:unchanged|as before|existing code|remains? the same)\b.*)",
    re.IGNORECASE,
)


def whole_edits(text: str, target: Target) -> tuple[TextEdit, ...]:
    """Return the edits that make the target read what `text` has in its fence.

    Raises `NoCode`, `ManyBlocks`, `Elided`, `NotTheTarget` or `WrongFile`.
    """
    fence = _chosen(_code_fences(text, target), target)
    if fence.path:
        target.check_path(fence.path)
    given = [body(line) for line in split_lines(fence.text)]
    bodies = _without_blank_edges(given)
    _refuse_elisions(bodies, target)
    if target.is_whole or _is_whole_file(bodies, target):
        if _is_a_part(bodies, target):
            return _part_edits(bodies, target)
        return edits_between(target.snapshot.lines, _as_file(given, target))
    _refuse_another_piece(bodies, target)
    lines = target.snapshot.lines
    return smallest_edits(lines, target.first, target.last, _indented(bodies, target))


def _code_fences(text: str, target: Target) -> list[Fence]:
    fences = [fence for fence in fences_of(text) if fence.text.strip()]
    ours = [fence for fence in fences if fence.language and target.speaks(fence.language)]
    unnamed = [fence for fence in fences if not fence.language]
    if found := ours or unnamed or fences:
        return found
    # A model told to answer with code alone sometimes leaves the fence out, too.
    start = next((line for line in target.bodies if line.strip()), None)
    first = next((line for line in split_lines(text) if line.strip()), "")
    if start is not None and first.strip() == start.strip():
        return [Fence("", text)]
    raise NoCode(
        "The model's answer holds no code.",
        "The answer holds no code block. Answer with one fenced code block.",
    )


def _chosen(fences: Sequence[Fence], target: Target) -> Fence:
    """Return the one fence that is meant; the old text, quoted first, is not."""
    old = [line.strip() for line in target.bodies if line.strip()]
    changed = [fence for fence in fences if _stripped(fence.text) != old]
    chosen = changed or list(fences[:1])
    if len(chosen) > 1:
        raise ManyBlocks(
            f"The model's answer holds {len(chosen)} pieces of code.",
            "The answer holds several code blocks. Answer with exactly one, the whole piece.",
        )
    return chosen[0]


def _stripped(text: str) -> list[str]:
    return [line.strip() for line in split_lines(text) if line.strip()]


def _without_blank_edges(bodies: list[str]) -> list[str]:
    full = [number for number, line in enumerate(bodies) if line.strip()]
    return bodies[full[0] : full[-1] + 1]


def _refuse_elisions(bodies: Sequence[str], target: Target) -> None:
    kept = set(target.snapshot.text.split("\n"))
    left_out = next((line for line in bodies if _ELISION.fullmatch(line) and line not in kept), "")
    if left_out:
        raise Elided(
            "The model left code out of its answer.",
            f"This line stands for code that was left out:\n    {left_out.strip()}\n"
            "Write the whole piece, every line of it.",
        )


def _refuse_another_piece(bodies: Sequence[str], target: Target) -> None:
    if target.name and not any(
        re.search(rf"\b{re.escape(target.name)}\b", line) for line in bodies
    ):
        raise NotTheTarget(
            f"The model's answer is not {target.name}.",
            f"The code block must hold the whole of {target.name}, and nothing else.",
        )


def _is_a_part(bodies: Sequence[str], target: Target) -> bool:
    """Whether the block would drop most of the file."""
    ours = [line.strip() for line in target.snapshot.lines if line.strip()]
    theirs = {line.strip() for line in bodies}
    kept = sum(line in theirs for line in ours)
    return len(ours) >= _FEW_LINES and kept * 2 < len(ours)


def _part_edits(bodies: Sequence[str], target: Target) -> tuple[TextEdit, ...]:
    """Return the edits that put a single definition where it certainly belongs."""
    lines = target.snapshot.lines
    place = place_of(bodies, [body(line) for line in lines])
    if place is None:
        raise NotTheTarget(
            "The model's answer is only a part of the file.",
            "The code block must hold the whole file. To change a part of it, answer with "
            "search/replace blocks.",
        )
    return smallest_edits(lines, *place, in_tabs_like(lines, bodies))


def _is_whole_file(bodies: Sequence[str], target: Target) -> bool:
    """Whether the block begins and ends as the document does, and the target does not."""
    ours = [line.strip() for line in target.snapshot.lines if line.strip()]
    piece = [line.strip() for line in target.bodies if line.strip()]
    theirs = (bodies[0].strip(), bodies[-1].strip())
    return bool(ours) and theirs == (ours[0], ours[-1]) != tuple(piece[:1] + piece[-1:])


def _as_file(given: list[str], target: Target) -> str:
    """Return the file's new text, with no more blank lines around it than it had."""
    ours = [body(line) for line in target.snapshot.lines]
    above = min(_blanks(given), _blanks(ours)) if any(map(str.strip, ours)) else 0
    below = min(_blanks(given[::-1]), _blanks(ours[::-1]))
    return "\n".join([*ours[:above], *_without_blank_edges(given), *ours[len(ours) - below :]])


def _blanks(bodies: Sequence[str]) -> int:
    """Return with how many blank lines `bodies` begins."""
    return next((number for number, line in enumerate(bodies) if line.strip()), len(bodies))


def _indented(bodies: Sequence[str], target: Target) -> list[str]:
    lines = in_tabs_like(target.snapshot.lines, bodies)
    shift = shift_of_indents(first_indent(lines), first_indent(target.bodies))
    return shift.apply(lines) if shift.fits(lines) else lines
