"""Whether what the user typed agrees with a text that was offered, and what is left of it."""

from dataclasses import dataclass

from lsp_server.common.snapshot import Place

_CLOSERS = ")]}>\"'`;"
_BLANKS = " \t"


@dataclass(frozen=True, slots=True)
class Typed:
    """What the user has typed on the cursor's line at the anchor and the lines since."""

    before: str
    now: str


def typed_since(anchor: Place, place: Place) -> Typed | None:
    """Return what was typed between `anchor` and `place`, or None where anything else changed.

    Typing may go back, to the start of the anchor's line. Closing signs that the editor added
    after the cursor, and those of a widened suggestion that it took away, are no change.
    """
    first, last = anchor.position.line, place.position.line
    lines, old = place.snapshot.lines, anchor.snapshot.lines
    if last < first or place.snapshot.uri != anchor.snapshot.uri:
        return None
    if not _after_agrees(anchor.line_after, place.line_after):
        return None
    if len(lines) - last != len(old) - first or lines[last + 1 :] != old[first + 1 :]:
        return None
    if lines[:first] != old[:first]:
        return None
    now = "".join([*lines[first:last], place.line_before]).replace("\r\n", "\n")
    return Typed(anchor.line_before, now)


def _after_agrees(old: str, new: str) -> bool:
    added = new.removesuffix(old) if new.endswith(old) else None
    taken = old.removesuffix(new) if old.endswith(new) else None
    return any(part is not None and not part.strip(_CLOSERS + _BLANKS) for part in (added, taken))


def remaining(typed: Typed, text: str) -> str | None:
    """Return what of `text`, offered at the anchor, is still to come, or None if typing disagrees.

    The user's indentation counts, not that of `text`: lines still to come follow it. The rest is
    empty when everything was typed.
    """
    goal = typed.before + text
    if goal.startswith(typed.now):
        return goal[len(typed.now) :]
    head, _, line = typed.now.rpartition("\n")
    if head and not line.strip():
        return _after_break(goal, head, line)
    return _reindented(goal, typed.now)


def _after_break(goal: str, head: str, indentation: str) -> str | None:
    """Return what follows a line break that the editor indented otherwise than `goal`."""
    if not goal.startswith(head):
        return None
    rest = goal[len(head) :].lstrip(_BLANKS)
    if not rest.startswith("\n"):
        return None
    rest = rest.lstrip("\n")
    theirs = rest[: len(rest) - len(rest.lstrip(_BLANKS))]
    return shifted(rest[len(theirs) :], theirs, indentation)


def _reindented(goal: str, now: str) -> str | None:
    theirs = goal[: len(goal) - len(goal.lstrip(_BLANKS))]
    mine = now[: len(now) - len(now.lstrip(_BLANKS))]
    bare, wanted = now[len(mine) :], goal[len(theirs) :]
    if mine == theirs or not wanted.startswith(bare):
        return None
    return shifted(wanted[len(bare) :], theirs, mine)


def shifted(text: str, old: str, new: str) -> str:
    """Return `text` with the lines after the first moved from indentation `old` to `new`."""
    first, *rest = text.split("\n")
    moved = [new + line[len(old) :] if line.startswith(old) and line else line for line in rest]
    return "\n".join([first, *moved])


def is_ahead(typed: Typed, text: str) -> bool:
    """Whether the user has typed all of `text` and more: a stream may still catch up."""
    return typed.now.startswith(typed.before + text)
