"""Answers that are known already: what was offered or said for a place typed on from."""

from collections import OrderedDict
from dataclasses import dataclass, replace

from lsp_server.common.snapshot import Place
from lsp_server.common.text import Position, Span
from lsp_server.features.inline_completion.removals import Changed
from lsp_server.features.inline_completion.typed import remaining, typed_since
from lsp_server.features.values import BUILT_IN, Suggestion

_PER_DOCUMENT = 24
_DOCUMENTS = 32


@dataclass(frozen=True, slots=True)
class Known:
    """A text for a place, as the engine said it, before anything was taken out."""

    place: Place
    text: str
    engine: str
    block: bool


@dataclass(frozen=True, slots=True)
class Left:
    """What of a known text is still to come at a later place."""

    text: str
    known: Known


class Memory:
    """Known texts by document, latest first; forgets the least recently used documents."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, list[Known]] = OrderedDict()
        self._shown: dict[str, tuple[Place, Suggestion]] = {}

    def keep(self, known: Known) -> None:
        """Remember a text.

        It goes behind what the built-in engine last offered where it says otherwise: what the
        user sees must not change under his fingers.
        """
        uri = known.place.snapshot.uri
        self._shown.pop(uri, None)
        kept = self._known.setdefault(uri, [])
        behind = bool(kept) and kept[0].engine == BUILT_IN and not _extends(known, kept[0])
        kept.insert(int(behind and known.engine != BUILT_IN), known)
        del kept[_PER_DOCUMENT:]
        self._known.move_to_end(uri)
        while len(self._known) > _DOCUMENTS:
            forgotten, _ = self._known.popitem(last=False)
            self._shown.pop(forgotten, None)

    def left_at(self, place: Place) -> Left | None:
        """Return the latest known text that typing agrees with, if more of it is to come."""
        for known in self._known.get(place.snapshot.uri, ()):
            typed = typed_since(known.place, place)
            rest = None if typed is None else remaining(typed, known.text)
            if rest is not None and rest.strip():
                return Left(rest, known)
        return None

    def show(self, place: Place, suggestion: Suggestion) -> None:
        """Remember what is shown at `place` now."""
        self._shown[place.snapshot.uri] = place, suggestion

    def still_shown(self, place: Place, changed: Changed | None) -> Suggestion | None:
        """Return what is left of the shown text where the user has just typed its beginning.

        `changed` is what the last key has done.

        None where he did anything else, or where something new is known: then `left_at` must say.
        The rest is not looked through again: it is what he sees.
        """
        at, suggestion = self._shown.get(place.snapshot.uri, (None, None))
        if at is None or suggestion is None:
            return None
        if changed is None or changed.before is not at.snapshot or changed.lines != 1:
            return None
        typed = _typed_on_line(at, place) if changed.line == place.position.line else ""
        if not typed or not suggestion.text.startswith(typed):
            return None
        rest = suggestion.text[len(typed) :]
        if not rest.strip() or rest[0] == "\n":
            return None
        columns = suggestion.span.end.column - suggestion.span.start.column
        end = Position(place.position.line, place.position.column + columns)
        return replace(suggestion, span=Span(place.position, end), text=rest)

    def forget(self, uri: str) -> None:
        """Drop what is known of a document that was closed."""
        self._known.pop(uri, None)
        self._shown.pop(uri, None)


def _typed_on_line(before: Place, now: Place) -> str:
    """Return what was typed between two places on the only line that has changed, or ''."""
    line, start, end = before.position.line, before.position.column, now.position.column
    was, is_now = before.snapshot.lines[line], now.snapshot.lines[line]
    kept = was[:start] == is_now[:start] and was[start:] == is_now[end:]
    return is_now[start:end] if kept and now.position.line == line else ""


def _extends(known: Known, shown: Known) -> bool:
    """Whether `known` says at the place of `shown` the same and perhaps more."""
    typed = typed_since(known.place, shown.place)
    rest = None if typed is None else remaining(typed, known.text)
    return rest is not None and rest.startswith(shown.text)
