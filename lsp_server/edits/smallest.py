"""The smallest edits that turn lines of a document into given lines."""

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from lsp_server.common.edits import TextEdit
from lsp_server.common.text import Position, Span, body, line_ending, split_lines, text_in


def smallest_edits(
    lines: Sequence[str], first: int, last: int, bodies: Sequence[str]
) -> tuple[TextEdit, ...]:
    """Return edits that make lines `first` to `last` (excluded) of a document read `bodies`.

    `bodies` are lines without their breaks. Lines that stay keep their own breaks; new ones get
    the break that most lines of the document have; the end of the document stays with or without
    a break as it is. The edits are sorted and lie apart. A document that ends some lines with a
    lone carriage return and some with a lone feed can see two of them join.
    """
    old = [body(line) for line in lines[first:last]]
    # Without autojunk: a line that occurs often, such as a lone brace, must still be matched.
    matcher = SequenceMatcher(None, old, bodies, autojunk=False)
    ending = dominant_ending(lines)
    edits = [
        _trimmed(lines, _region(lines, (first + i1, first + i2), bodies[j1:j2], ending))
        for kind, i1, i2, j1, j2 in _opcodes(matcher)
        if kind != "equal"
    ]
    return _joined(edit for edit in edits if edit.new_text or not edit.span.is_empty)


def edits_between(lines: Sequence[str], text: str) -> tuple[TextEdit, ...]:
    """Return the smallest edits that make a document read `text`, breaks of lines aside."""
    return smallest_edits(lines, 0, len(lines), [body(line) for line in split_lines(text)])


def dominant_ending(lines: Sequence[str]) -> str:
    r"""Return the break that most of `lines` have, or "\n" for a document of one line."""
    endings = Counter(filter(None, map(line_ending, lines)))
    return endings.most_common(1)[0][0] if endings else "\n"


def _opcodes(matcher: "SequenceMatcher[str]") -> list[tuple[str, int, int, int, int]]:
    return list(matcher.get_opcodes())


def _region(
    lines: Sequence[str], where: tuple[int, int], bodies: Sequence[str], ending: str
) -> TextEdit:
    """Replace whole lines; a document's last line has no break to take with it."""
    first, last = where
    if bodies and first < last:
        end = Position(last - 1, len(body(lines[last - 1])))
        return TextEdit(Span(Position(first, 0), end), ending.join(bodies))
    added = "".join(line + ending for line in bodies)
    if last < len(lines):
        return TextEdit(Span(Position(first, 0), Position(last, 0)), added)
    start = Position(first - 1, len(body(lines[first - 1]))) if first else Position(0, 0)
    text = "".join(ending + line for line in bodies)
    return TextEdit(Span(start, Position(len(lines) - 1, len(lines[-1]))), text)


def _joined(edits: Iterable[TextEdit]) -> tuple[TextEdit, ...]:
    """Join edits that touch: two that begin at one place would have no order."""
    done = list[TextEdit]()
    for edit in edits:
        if done and done[-1].span.end == edit.span.start:
            before = done.pop()
            span = Span(before.span.start, edit.span.end)
            done.append(TextEdit(span, before.new_text + edit.new_text))
        else:
            done.append(edit)
    return tuple(done)


def _trimmed(lines: Sequence[str], edit: TextEdit) -> TextEdit:
    """Take equal text off both ends of `edit`, never parting a carriage return from its feed."""
    old = text_in(lines, edit.span)
    new = edit.new_text
    head = _common(old, new)
    while head and "\r" in (old[head - 1], new[head - 1]):
        head -= 1
    tail = _common(old[head:][::-1], new[head:][::-1])
    while tail and "\n" in (old[-tail], new[-tail]):
        tail -= 1
    start = _forward(edit.span.start, old[:head])
    end = _forward(edit.span.start, old[: len(old) - tail])
    return TextEdit(Span(start, end), new[head : len(new) - tail])


def _common(left: str, right: str) -> int:
    """Return how many characters `left` and `right` begin with in common."""
    length = min(len(left), len(right))
    return next((i for i in range(length) if left[i] != right[i]), length)


def _forward(start: Position, text: str) -> Position:
    """Return where `text`, put at `start`, ends."""
    lines = split_lines(text)
    column = len(lines[-1]) + (start.column if len(lines) == 1 else 0)
    return Position(start.line + len(lines) - 1, column)
