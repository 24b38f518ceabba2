"""What a prompt shows of the current file outside of its window."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lsp_server.common.blocks import Depth
from lsp_server.context.index.messages import Piece, Plan
from lsp_server.context.index.ranking.tables import IS_CALLABLE
from lsp_server.context.index.ranking.view import View
from lsp_server.context.index.reading.columns import KIND, LINE, PARENT, DefinitionColumns
from lsp_server.context.tokens import first_that_fit

_Lines = tuple[int, int]


def own_piece(view: View, plan: Plan, window: _Lines, room: float) -> Piece | None:
    """Return the current file outside of its window, all of it where that fits into `room` tokens.

    Else the headers of what stands there, and the lines next to the window as they are, as far as
    that leaves room for them. Names that are shown already are not among what it shows.
    """
    if room <= 0:
        return None
    known = frozenset(plan.shown.get(view.row.path, "").split("\n"))
    own = _OwnFile(view.row.definitions, view.text.split("\n"), window, known)
    part = own.whole()
    if _tokens_of(part.text) > room:
        part = own.outlined(room)
    if not part.text.strip():
        return None
    lines = (0, len(own.lines) - 1)
    return Piece(view.row.path, part.text, part.shown, lines, 1.0, "the rest of this file")


@dataclass(frozen=True, slots=True)
class _Part:
    """A text, and the depth at which it shows each name."""

    text: str
    shown: Mapping[str, Depth]


@dataclass(frozen=True, slots=True)
class _OwnFile:
    """The current file: its definitions, its lines, which of them are shown, and known names."""

    items: DefinitionColumns
    lines: Sequence[str]
    window: _Lines
    known: frozenset[str]

    def whole(self) -> _Part:
        """Return all lines outside of the window."""
        first, last = self.window
        names = self._names(self._outside(self.window))
        text = _joined(self.lines[:first], self.lines[last:])
        return _Part(text, dict.fromkeys(names, Depth.BODY))

    def outlined(self, room: float) -> _Part:
        """Return headers, and lines next to the window as far as the headers leave room."""
        headers = {
            index: self.items.header(index)
            for index in self._outside(self.window)
            if self.items.unique[index] not in self.known
        }
        left = room - sum(map(_line_tokens, headers.values()))
        if left < 0:
            kept = dict(
                zip(headers, first_that_fit(headers.values(), room, _line_tokens), strict=False)
            )
            text = "\n".join(kept.values()) + "\n"
            return _Part(text, dict.fromkeys(self._names(kept), Depth.SIGNATURE))
        near = self._widened(left)
        inside = self._names(headers.keys() - self._outside(near))
        far = {index: headers[index] for index in self._outside(near) if index in headers}
        return _Part(
            self._around(near, far),
            dict.fromkeys(self._names(far), Depth.SIGNATURE) | dict.fromkeys(inside, Depth.BODY),
        )

    def _around(self, near: _Lines, headers: Mapping[int, str]) -> str:
        """Return the lines between the window and `near`, between the headers of what is beyond."""
        starts = self.items.numbers[:, LINE]
        above = [header for index, header in headers.items() if starts[index] < near[0]]
        below = [header for index, header in headers.items() if starts[index] >= near[0]]
        return _joined(
            [*above, *self.lines[near[0] : self.window[0]]],
            [*self.lines[self.window[1] : near[1]], *below],
        )

    def _widened(self, room: float) -> _Lines:
        """Return the window with as many lines more on both sides as fit into `room` tokens."""
        first, last = self.window
        while True:
            above = first > 0 and _line_tokens(self.lines[first - 1]) <= room
            if above:
                first -= 1
                room -= _line_tokens(self.lines[first])
            below = last < len(self.lines) and _line_tokens(self.lines[last]) <= room
            if below:
                room -= _line_tokens(self.lines[last])
                last += 1
            if not above and not below:
                return first, last

    def _outside(self, window: _Lines) -> list[int]:
        """Return which definitions begin outside of the lines of a window, but for locals."""
        numbers = self.items.numbers
        lines, parents = numbers[:, LINE], numbers[:, PARENT]
        is_local = (parents >= 0) & IS_CALLABLE[numbers[parents, KIND]]
        is_inside = (window[0] <= lines) & (lines < window[1])
        found: list[int] = np.flatnonzero(~(is_inside | is_local)).tolist()
        return found

    def _names(self, indices: Iterable[int]) -> list[str]:
        names = (self.items.unique[index] for index in sorted(indices))
        return [name for name in names if name not in self.known]


def _joined(above: Sequence[str], below: Sequence[str]) -> str:
    return "\n".join([*above, *(["..."] if below else []), *below]).strip("\n") + "\n"


def _line_tokens(line: str) -> float:
    return _tokens_of(line) + 1


def _tokens_of(text: str) -> float:
    return len(text.encode()) / 4
