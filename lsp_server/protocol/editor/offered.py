"""The suggestions that the editor may still show, by the names under which it got them."""

from dataclasses import dataclass
from itertools import count

from lsp_server.features.values import Suggestion

_MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class OfferedText:
    """A suggestion and the document that it was made for."""

    uri: str
    suggestion: Suggestion


class Offered:
    """The newest two hundred suggestions."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._kept: dict[str, OfferedText] = {}
        self._begun: set[str] = set()

    def add(self, uri: str, suggestion: Suggestion) -> str:
        """Keep a suggestion and return its name."""
        name = str(next(self._numbers))
        self._kept[name] = OfferedText(uri, suggestion)
        while len(self._kept) > _MOST_KEPT:
            self.take(next(iter(self._kept)))
        return name

    def get(self, name: str) -> OfferedText | None:
        """Return the suggestion, or None if it is not kept any more."""
        return self._kept.get(name)

    def begin(self, name: str) -> OfferedText | None:
        """Return the suggestion the first time that a part of it is taken, then None."""
        if name in self._begun or name not in self._kept:
            return None
        self._begun.add(name)
        return self._kept[name]

    def take(self, name: str) -> OfferedText | None:
        """Return the suggestion and forget it: it can be accepted once."""
        self._begun.discard(name)
        return self._kept.pop(name, None)
