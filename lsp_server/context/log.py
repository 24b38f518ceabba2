"""The context log: blocks in arrival order that only grow at the end, or are cut there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lsp_server.common.blocks import Block, Depth


@dataclass(frozen=True, slots=True)
class Entry:
    """One block with the qualified names that it shows and the file for which it was fetched."""

    block: Block
    shown: Mapping[str, Depth]
    owner: str


class ContextLog:
    """Entries with a running total of their tokens; nothing but the end ever changes.

    No definition is in it twice: `append` leaves out an entry one of whose names is shown.
    """

    def __init__(self, map_shown: Mapping[str, frozenset[str]] | None = None) -> None:
        self._entries: list[Entry] = []
        self._offsets: list[int] = [0]
        # Names in the order in which they came: the same names then make the same text.
        self._shown: dict[str, dict[str, None]] = {}
        self._texts: dict[str, str] = {}
        for path, names in (map_shown or {}).items():
            self._shown[path] = dict.fromkeys(sorted(names))

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

    def shown(self) -> dict[str, str]:
        """Return the qualified names that are shown, one a line, by path, the map's included."""
        for path in self._shown.keys() - self._texts.keys():
            self._texts[path] = "\n".join(self._shown[path])
        return {path: names for path, names in self._texts.items() if names}

    def shown_within(self, tokens: int) -> dict[str, str]:
        """Return what would still be shown if the log were cut to `tokens`."""
        left = self.shown()
        gone: dict[str, set[str]] = {}
        for number in range(len(self._entries) - 1, -1, -1):
            if self._offsets[number + 1] <= tokens:
                break
            entry = self._entries[number]
            gone.setdefault(entry.block.path, set()).update(entry.shown)
        for path, names in gone.items():
            left[path] = "\n".join(name for name in self._shown[path] if name not in names)
            if not left[path]:
                del left[path]
        return left

    def append(self, entry: Entry) -> bool:
        """Add an entry at the end; return False for one that shows nothing new."""
        known = self._shown.setdefault(entry.block.path, {})
        if not known.keys().isdisjoint(entry.shown):
            return False
        known.update(dict.fromkeys(entry.shown))
        self._texts.pop(entry.block.path, None)
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
            entry = self._entries.pop()
            self._offsets.pop()
            known = self._shown[entry.block.path]
            for name in entry.shown:
                del known[name]
            self._texts.pop(entry.block.path, None)
            dropped += 1
        return dropped

    def disown(self, numbers: Iterable[int]) -> None:
        """Count what some entries show as not shown, and leave their texts where they stand."""
        for number in numbers:
            entry = self._entries[number]
            known = self._shown[entry.block.path]
            for name in entry.shown:
                del known[name]
            self._texts.pop(entry.block.path, None)
            self._entries[number] = replace(entry, shown={})

    def has_own(self, path: str, tokens: int) -> bool:
        """Whether the first `tokens` show something of a file that was fetched for itself."""
        return any(
            entry.block.path == path == entry.owner and end <= tokens
            for entry, end in zip(self._entries, self._offsets[1:], strict=True)
        )

    def first_owned_by_others(self, owners: frozenset[str]) -> int:
        """Return at which token the first entry begins that was fetched for none of `owners`."""
        for number, entry in enumerate(self._entries):
            if entry.owner not in owners:
                return self._offsets[number]
        return self.tokens

    def owned_by_others(self, owner: str) -> int:
        """Return how many tokens were fetched for other files than `owner`."""
        return sum(entry.block.tokens for entry in self._entries if entry.owner != owner)

    def entry_end(self, tokens: int) -> int:
        """Return the last end of an entry that is not beyond `tokens`; 0 if there is none."""
        return next((offset for offset in reversed(self._offsets) if offset <= tokens), 0)
