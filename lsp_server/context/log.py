"""The context log: blocks in arrival order that only grow at the end, or are cut there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lsp_server.common.blocks import Block, Depth


@dataclass(frozen=True, slots=True)
class Entry:
    """One block with the qualified names that it shows and the file for which it was fetched."""

    block: Block
    shown: Mapping[str, Depth]
    owner: str


class ContextLog:
    """Entries with a running total of their tokens; nothing but the end ever changes.

    No definition is in it twice: `append` leaves out an entry all of whose names are shown.
    """

    def __init__(self, map_shown: Mapping[str, frozenset[str]] | None = None) -> None:
        self._entries: list[Entry] = []
        self._offsets: list[int] = [0]
        self._map_shown = dict(map_shown or {})

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries in arrival order."""
        return tuple(self._entries)

    @property
    def tokens(self) -> int:
        """The tokens of all blocks."""
        return self._offsets[-1]

    @property
    def offsets(self) -> tuple[int, ...]:
        """At which token each entry begins; the last number is where the log ends."""
        return tuple(self._offsets)

    def shown(self) -> dict[str, frozenset[str]]:
        """Return the qualified names that are shown, by path, the map's included."""
        found = dict(self._map_shown)
        for entry in self._entries:
            path = entry.block.path
            found[path] = found.get(path, frozenset()) | frozenset(entry.shown)
        return found

    def append(self, entry: Entry) -> bool:
        """Add an entry at the end; return False for one that shows nothing new."""
        known = self.shown().get(entry.block.path, frozenset())
        if known.intersection(entry.shown):
            return False
        self._entries.append(entry)
        self._offsets.append(self.tokens + entry.block.tokens)
        return True

    def extend(self, entries: Iterable[Entry]) -> None:
        """Add entries one by one; see `append`."""
        for entry in entries:
            self.append(entry)

    def cut(self, tokens: int) -> int:
        """Drop entries from the end until at most `tokens` are left; return how many went."""
        dropped = 0
        while self._entries and self.tokens > tokens:
            self._entries.pop()
            self._offsets.pop()
            dropped += 1
        return dropped

    def cut_before_owners(self, dead: frozenset[str]) -> int:
        """Drop everything from the first entry on that was fetched for a file in `dead`."""
        for number, entry in enumerate(self._entries):
            if entry.owner in dead:
                return self.cut(self._offsets[number])
        return 0
