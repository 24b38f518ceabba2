"""Answers that are known already: what was offered or said for a place typed on from."""

from collections import OrderedDict
from dataclasses import dataclass

from lsp_server.common.snapshot import Place
from lsp_server.features.inline_completion.typed import remaining, typed_since
from lsp_server.features.values import BUILT_IN

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

    def keep(self, known: Known) -> None:
        """Remember a text.

        It goes behind what the built-in engine last offered where it says otherwise: what the
        user sees must not change under his fingers.
        """
        uri = known.place.snapshot.uri
        kept = self._known.setdefault(uri, [])
        behind = bool(kept) and kept[0].engine == BUILT_IN and not _extends(known, kept[0])
        kept.insert(int(behind and known.engine != BUILT_IN), known)
        del kept[_PER_DOCUMENT:]
        self._known.move_to_end(uri)
        while len(self._known) > _DOCUMENTS:
            self._known.popitem(last=False)

    def left_at(self, place: Place) -> Left | None:
        """Return the latest known text that typing agrees with, if more of it is to come."""
        for known in self._known.get(place.snapshot.uri, ()):
            typed = typed_since(known.place, place)
            rest = None if typed is None else remaining(typed, known.text)
            if rest is not None and rest.strip():
                return Left(rest, known)
        return None

    def forget(self, uri: str) -> None:
        """Drop what is known of a document that was closed."""
        self._known.pop(uri, None)


def _extends(known: Known, shown: Known) -> bool:
    """Whether `known` says at the place of `shown` the same and perhaps more."""
    typed = typed_since(known.place, shown.place)
    rest = None if typed is None else remaining(typed, known.text)
    return rest is not None and rest.startswith(shown.text)
