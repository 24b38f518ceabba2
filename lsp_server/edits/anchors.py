"""Find the lines of a document that a model wants to replace: once, or not at all.

Three rules, each tried only if the one before finds nothing: the lines as they are; without
blanks at their ends; with one indentation added to, or taken from, all of them. Nothing looser: an
edit in the wrong place is worse than none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from lsp_server.edits.errors import AnchorAmbiguous, AnchorMissing
from lsp_server.edits.indentation import Shift, shift_between


@dataclass(frozen=True, slots=True)
class Anchor:
    """Lines `first` to `last` (excluded); `shift` makes the model's indentation the document's."""

    first: int
    last: int
    shift: Shift


_Fits = Callable[[Sequence[str], Sequence[str]], Shift | None]


def find_anchor(document: Sequence[str], wanted: Sequence[str]) -> Anchor:
    """Return where `wanted` stands in `document`; both are lines without breaks.

    Raises `AnchorMissing` or `AnchorAmbiguous`.
    """
    for fits in (_exactly, _without_trailing_blanks, shift_between):
        found = list(_matches(document, wanted, fits))
        if len(found) > 1:
            raise _ambiguous(found)
        if found:
            return found[0]
    raise _missing(document, wanted)


def _matches(document: Sequence[str], wanted: Sequence[str], fits: _Fits) -> Iterable[Anchor]:
    for first in range(len(document) - len(wanted) + 1):
        last = first + len(wanted)
        shift = fits(wanted, document[first:last])
        if shift is not None:
            yield Anchor(first, last, shift)


def _exactly(wanted: Sequence[str], lines: Sequence[str]) -> Shift | None:
    return Shift() if list(wanted) == list(lines) else None


def _without_trailing_blanks(wanted: Sequence[str], lines: Sequence[str]) -> Shift | None:
    same = all(left.rstrip() == right.rstrip() for left, right in zip(wanted, lines, strict=True))
    return Shift() if same else None


def _ambiguous(found: Sequence[Anchor]) -> AnchorAmbiguous:
    numbers = ", ".join(str(anchor.first + 1) for anchor in found[:5])
    return AnchorAmbiguous(
        f"What the model wanted to replace stands in the file {len(found)} times.",
        f"The lines to replace stand in the file {len(found)} times (at lines {numbers}). "
        "Repeat the block with enough of the lines around it that it fits once.",
    )


def _missing(document: Sequence[str], wanted: Sequence[str]) -> AnchorMissing:
    first = next((line for line in wanted if line.strip()), "")
    near = get_close_matches(first, [line for line in document if line.strip()], n=2, cutoff=0.6)
    hint = "".join(f"\n    {line}" for line in near)
    return AnchorMissing(
        "What the model wanted to replace does not stand in the file.",
        "The lines to replace do not stand in the file. Copy them letter by letter from the file; "
        f"nothing may be left out. The first of them was:\n    {first}"
        + (f"\nThe file has:{hint}" if hint else ""),
    )
