"""One prompt's context over time: the map, the log and the window, kept so that prefixes survive.

While the cursor stays in the window nothing but the window's text changes. A jump in the file
moves the window. A change of file appends what the new file needs, and cuts the log's end only
where that pays or where the entries were fetched for files that are closed.
"""

from asyncio import gather
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from lsp_server.common.blocks import Block, Depth, Packed
from lsp_server.common.snapshot import Place
from lsp_server.common.text import Position, Span
from lsp_server.context.cost import (
    ReadCost,
    SteadyReading,
    closed_tokens,
    free_tokens,
    tokens_per_need,
)
from lsp_server.context.index.messages import Found, MapText, MapWanted, Piece, Plan, Seek
from lsp_server.context.log import ContextLog, Entry
from lsp_server.context.tokens import Counter, bytes_over_four
from lsp_server.context.window import (
    Window,
    cut_to,
    reserve_tokens,
    window_around,
    window_tokens,
)

Seeker = Callable[[Seek], Awaitable[Found]]
Mapper = Callable[[MapWanted], Awaitable[MapText]]
Elsewhere = Callable[[Place], Awaitable[Sequence[Piece]]]


async def nowhere(_: Place) -> Sequence[Piece]:
    """Return nothing: nobody else is asked."""
    return ()


# What the prompt's own headings take, beside those of the blocks and the names of files in them,
# and what the map's heading adds.
_HEADINGS = 22
_MAP_HEADING = 6
_MAP_SHARE = 0.12
_MAP_FROM = 4000
_OWN_SHARE = 0.22
_MOST_OWN = 500
_LEAST_ENTRY = 16
# How much of what a change of file may read again the ways to go on would read.
_PLAN_SHARES = (0.25, 0.5, 1.0)


def map_tokens(budget: int) -> int:
    """Return how many tokens of `budget` the repository map takes; small prompts have none."""
    return int(max(0, budget - _MAP_FROM) * _MAP_SHARE)


def own_tokens(budget: int, free: int) -> int:
    """Return how many of `free` tokens may show the current file outside of its window."""
    share = _OWN_SHARE * max(0, budget - 2000) / budget
    return int(min(max(free, 0) * share, max(_MOST_OWN, budget // 20)))


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom a session asks, and how it counts and weighs tokens."""

    seek: Seeker
    map: Mapper
    elsewhere: Elsewhere = nowhere
    count: Counter = bytes_over_four
    cost: ReadCost = field(default_factory=SteadyReading)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else is known of a moment: the key of the document, and the keys of open ones.

    `patience` is how many seconds the index may wait for what it has not read yet.
    """

    key: str
    opened: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    patience: float = 0.0


class Session:
    """The context of one budget. `pack` may be called for any place at any time."""

    def __init__(self, sources: Sources, budget: int) -> None:
        self._sources = sources
        self._budget = budget
        self._map: MapText | None = None
        self._map_tokens = 0
        self._log = ContextLog()
        self._key = ""
        self._filled = ""
        self._window: Window | None = None
        self._stale: frozenset[str] = frozenset()

    @property
    def log(self) -> ContextLog:
        """The log as it stands."""
        return self._log

    def _room(self, key: str) -> int:
        return self._budget - self._headings(key)

    def _headings(self, key: str) -> int:
        # The file is named above both parts of the window.
        with_map = _MAP_HEADING if map_tokens(self._budget) else 0
        return _HEADINGS + with_map + 2 * self._sources.count(key)

    def forget(self, keys: Sequence[str]) -> None:
        """Note that files changed: what the log shows of them goes at the next change of file."""
        self._stale |= frozenset(keys)

    def restart(self) -> None:
        """Forget everything: for idle moments, when reading anew costs nobody a wait."""
        self._map, self._map_tokens = None, 0
        self._log, self._window = ContextLog(), None
        self._key = self._filled = ""
        self._stale = frozenset()

    async def pack(self, place: Place, around: Surroundings) -> Packed:
        """Return what a model is shown at `place`; never more tokens than the budget."""
        kept = self._in_window(place, around.key)
        if kept is not None and self._filled == around.key:
            return kept
        capacity = self._capacity(place)
        window = self._fresh_window(place, capacity)
        if around.key != self._filled:
            # Whole lines leave some of the window's room, which the log can use.
            count = self._sources.count
            shown = sum(map(count, window.texts(place)))
            capacity = min(capacity, shown + reserve_tokens(self._budget))
            await self._fill(place, around, window, capacity)
            self._filled = around.key
        return self._moved(place, around.key, window, capacity)

    def pack_now(self, place: Place, key: str) -> Packed:
        """Return the same without waiting: the log stands as it is, for whatever file."""
        kept = self._in_window(place, key)
        if kept is not None:
            return kept
        capacity = self._capacity(place)
        return self._moved(place, key, self._fresh_window(place, capacity), capacity)

    def lacks(self, key: str) -> bool:
        """Whether the log was not yet filled for the file `key`."""
        return self._filled != key

    def _in_window(self, place: Place, key: str) -> Packed | None:
        """Return the pack of a window that need not move, or None."""
        if key != self._key or self._window is None or not self._window.holds(place):
            return None
        above, below = self._window.texts(place)
        count = self._sources.count
        room = self._tail_room(self._capacity(place), key)
        return self._packed(above, below, key) if count(above) + count(below) <= room else None

    def _moved(self, place: Place, key: str, window: Window, capacity: int) -> Packed:
        self._window, self._key = window, key
        room = self._tail_room(capacity, key)
        above, below = cut_to(*window.texts(place), room, self._sources.count)
        return self._packed(above, below, key)

    def _capacity(self, place: Place) -> int:
        most = window_tokens(self._budget)
        lines = place.snapshot.lines
        if len(lines) > most:
            return most
        whole = self._sources.count(place.snapshot.text)
        return min(most, whole + reserve_tokens(self._budget))

    def _fresh_window(self, place: Place, capacity: int) -> Window:
        room = max(capacity - reserve_tokens(self._budget), 1)
        return window_around(place, room, self._sources.count)

    def _tail_room(self, capacity: int, key: str) -> int:
        left = self._room(key) - self._map_tokens - self._log.tokens
        return max(min(capacity, left), 0)

    def _packed(self, above: str, below: str, key: str) -> Packed:
        count = self._sources.count
        tokens = self._map_tokens + self._log.tokens + count(above) + count(below)
        tokens += self._headings(key)
        text = self._map.text if self._map is not None else ""
        blocks = tuple(entry.block for entry in self._log.entries)
        return Packed(map=text, log=blocks, below=below, above=above, tokens=tokens)

    async def _fill(
        self, place: Place, around: Surroundings, window: Window, capacity: int
    ) -> None:
        await self._draw_map()
        self._cut_stale()
        room = self._room(around.key) - self._map_tokens - capacity
        self._log.cut(room)
        plans, kept = self._plans(around, room)
        last = window.last(len(place.snapshot.lines))
        wanted = Seek(
            path=around.key,
            language=place.snapshot.language,
            text=place.snapshot.text,
            cursor=place.offset,
            window=(window.first, last),
            plans=plans,
            tokens_per_need=tokens_per_need(self._sources.cost),
            opened=around.opened,
            recent={key: 0.8**number for number, key in enumerate(around.recent)},
            patience=around.patience,
        )
        # Others are asked while the index seeks, so that they seldom cost any time.
        found, told = await gather(self._sources.seek(wanted), self._sources.elsewhere(place))
        self._log.cut(kept[found.plan])
        self._append((*told, *found.pieces), around.key, room)

    async def overview(self) -> Packed:
        """Return the map alone, as every prompt of this budget begins."""
        await self._draw_map()
        text = self._map.text if self._map is not None else ""
        return Packed(map=text, log=(), below="", above="", tokens=self._map_tokens)

    async def _draw_map(self) -> None:
        if self._map is None:
            self._map = await self._sources.map(MapWanted(map_tokens(self._budget)))
            self._map_tokens = self._sources.count(self._map.text)
            self._log = ContextLog(self._map.shown)

    def _cut_stale(self) -> None:
        for number, entry in enumerate(self._log.entries):
            if entry.block.path in self._stale:
                self._log.cut(self._log.offsets[number])
                break
        self._stale = frozenset()

    def _plans(self, around: Surroundings, room: int) -> tuple[tuple[Plan, ...], list[int]]:
        """Return the ways to go on, and the tokens of the log that each keeps."""
        whole = self._log.tokens
        if self._filled in around.opened or not whole:
            free = free_tokens(self._budget)
            ends = {self._log.entry_end(room - int(free * share)) for share in _PLAN_SHARES}
            kept = sorted({whole, *ends}, reverse=True)
        else:
            closed = self._log.first_owned_by_others(frozenset({*around.opened, around.key}))
            kept = [self._log.entry_end(max(closed, room - closed_tokens(self._budget)))]
        plans = []
        for tokens in kept:
            free = room - tokens
            shown = self._log.shown_within(tokens)
            own = (
                0 if around.key in shown and tokens == whole else int(min(free, 4000) * _OWN_SHARE)
            )
            plans.append(Plan(free, own, whole - tokens, shown))
        return tuple(plans), kept

    def _append(self, pieces: Sequence[Piece], owner: str, room: int) -> None:
        own = pieces[-1] if pieces and pieces[-1].path == owner else None
        reserved = self._entry(own, own.text, owner).block.tokens if own is not None else 0
        for piece in pieces:
            left = room - self._log.tokens - (0 if piece is own else reserved)
            if left < _LEAST_ENTRY:
                continue
            entry = self._fitting(piece, owner, left)
            if entry is not None:
                self._log.append(entry)

    def _fitting(self, piece: Piece, owner: str, room: int) -> Entry | None:
        """Return the piece as an entry, cut after the last line that fits; None if none does."""
        entry = self._entry(piece, piece.text, owner)
        if entry.block.tokens <= room:
            return entry
        room -= self._entry(piece, "", owner).block.tokens
        kept: list[str] = []
        for line in piece.text.splitlines(keepends=True):
            room -= self._sources.count(line)
            if room < 0:
                break
            kept.append(line)
        entry = self._entry(piece, "".join(kept), owner)
        return entry if entry.shown else None

    def _entry(self, piece: Piece, text: str, owner: str) -> Entry:
        shown = piece.shown
        if len(text) < len(piece.text):
            shown = {name: depth for name, depth in shown.items() if _last(name) in text}
        first, last = piece.lines
        span = Span(Position(first, 0), Position(last, 0))
        depth = max(shown.values(), default=Depth.SIGNATURE)
        tokens = self._sources.count(f"\n## {piece.path}:{first + 1}-{last + 1}\n{text}")
        return Entry(Block(piece.path, span, text, tokens, depth, piece.why), shown, owner)


def _last(qualified: str) -> str:
    return qualified.rsplit(".", 1)[-1].split("#", 1)[0]
