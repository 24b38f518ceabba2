"""What the user has just taken out, so that it is not offered again."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import common_end, common_start

_SECONDS = 30.0
_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Removal:
    """A piece of text taken out of a document at a line, at a time.

    `whole`: it went at one stroke, as when something accepted is undone; else letter by letter.
    """

    uri: str
    line: int
    text: str
    time: float
    whole: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """Two snapshots of a document, one after the other, that differ from `line` on in `lines`."""

    before: Snapshot
    after: Snapshot
    line: int
    lines: int


class Removals:
    """Removals of the last half minute, found by comparing one snapshot with the next."""

    def __init__(self) -> None:
        self._recent: deque[Removal] = deque(maxlen=32)
        self._last: dict[str, Snapshot] = {}

    def see(self, snapshot: Snapshot, now: float) -> Changed | None:
        """Compare `snapshot` with the last one of its document; return what has changed.

        None where nothing is known of the document or it has not changed.
        """
        last = self._last.get(snapshot.uri)
        self._last[snapshot.uri] = snapshot
        if last is None or last.lines is snapshot.lines:
            return None
        old, new = last.lines, snapshot.lines
        head = common_start(old, new)
        tail = common_end(old, new, min(len(old), len(new)) - head)
        self._note_gone(snapshot.uri, (old, new), (head, tail), now)
        return Changed(last, snapshot, head, max(len(old), len(new)) - tail - head)

    def _note_gone(
        self,
        uri: str,
        lines: tuple[Sequence[str], Sequence[str]],
        same: tuple[int, int],
        now: float,
    ) -> None:
        (old, new), (head, tail) = lines, same
        gone, come = "".join(old[head : len(old) - tail]), "".join(new[head : len(new) - tail])
        start = next((n for n, (a, b) in enumerate(zip(gone, come, strict=False)) if a != b), None)
        start = min(len(gone), len(come)) if start is None else start
        end = 0
        while end < min(len(gone), len(come)) - start and gone[-1 - end] == come[-1 - end]:
            end += 1
        removed = gone[start : len(gone) - end]
        line = head + gone[:start].count("\n")
        self._note(Removal(uri, line, removed, now, whole=len(removed) > 1))

    def _note(self, removal: Removal) -> None:
        if not removal.text:
            return
        last = self._recent[0] if self._recent else None
        one_by_one = len(removal.text) == 1 and last is not None and last.line == removal.line
        if one_by_one and last is not None and removal.time - last.time < _SECONDS:
            self._recent[0] = replace(removal, text=removal.text + last.text)
        else:
            self._recent.appendleft(removal)

    def brings_back(self, uri: str, line: int, text: str, now: float, *, new: bool) -> bool:
        """Whether `text` at `line` begins with what was taken out there, or the other way round.

        A text that is not `new` was there to be typed, and who goes back a few letters may type it
        again: of such only what went at one stroke is not brought back.
        """
        said = text.strip()
        for removal in self._recent:
            gone = removal.text.strip()
            near = removal.uri == uri and abs(removal.line - line) <= 1
            near = near and (new or removal.whole)
            recent = now - removal.time <= _SECONDS and len(gone) >= _LETTERS
            if near and recent and _same_beginning(said, gone):
                return True
        return False

    def forget(self, uri: str) -> None:
        """Drop what is known of a document that was closed."""
        self._last.pop(uri, None)


def _same_beginning(said: str, gone: str) -> bool:
    return bool(said) and (
        said.startswith(gone) or (len(said) >= _LETTERS and gone.startswith(said))
    )
