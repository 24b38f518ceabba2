"""One prompt's context over time: the map, the log and the window, kept so that prefixes survive.

While the cursor stays in the window nothing but the window's text changes. A jump in the file
moves the window. A change of file appends what the new file needs, and cuts the log's end only
where that pays or where the entries were fetched for files that are closed.
"""

from asyncio import gather
from collections.abc import Awaitable, Callable, Mapping, Sequence
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
from lsp_server.context.tokens import Counter, bytes_over_four, first_that_fit
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
Texts = Callable[[Sequence[str]], Awaitable[Mapping[str, str]]]


async def nowhere(_: Place) -> Sequence[Piece]:
    """Return nothing: nobody else is asked."""
    return ()


async def unknown(_: Sequence[str]) -> Mapping[str, str]:
    """Return the text of no file."""
    return {}


# What the prompt's own headings take, beside those of the blocks and the names of files in them,
# and what the map's heading adds.
_HEADINGS = 22
_MAP_HEADING = 6
_MAP_SHARE = 0.12
_MAP_FROM = 4000
# Of so many tokens the rest of the current file gets the larger share, and of what is beyond the
# smaller one; besides it gets whatever others leave.
_OWN_FROM = 4000
_OWN_SHARE = 0.22
_OWN_SHARE_BEYOND = 0.04
_LEAST_ENTRY = 16
# How much of what a change of file may read again the ways to go on would read.
_PLAN_SHARES = (0.25, 0.5, 1.0)


def map_tokens(budget: int) -> int:
    """Return how many tokens of `budget` the repository map takes; small prompts have none."""
    return int(max(0, budget - _MAP_FROM) * _MAP_SHARE)


def own_tokens(free: int) -> int:
    """Return how many of `free` tokens are kept for the current file outside of its window."""
    most = min(free, _OWN_FROM)
    return int(most * _OWN_SHARE + (free - most) * _OWN_SHARE_BEYOND)


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom a session asks, and how it counts and weighs tokens."""

    seek: Seeker
    map: Mapper
    elsewhere: Elsewhere = nowhere
    texts: Texts = unknown
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
        """Note that files changed: the next change of file looks at what the log shows of them."""
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
        if around.key == self._filled:
            return self._moved(place, around.key)
        capacity = self._capacity(place)
        window = self._fresh_window(place, capacity)
        # Whole lines leave some of the window's room, which the log can use.
        shown = sum(map(self._sources.count, window.texts(place)))
        capacity = min(capacity, shown + reserve_tokens(self._budget))
        await self._fill(place, around, window, capacity)
        self._filled = around.key
        return self._shown(place, around.key, window, capacity)

    def pack_now(self, place: Place, key: str) -> Packed:
        """Return the same without waiting: the log stands as it is, for whatever file."""
        kept = self._in_window(place, key)
        return kept if kept is not None else self._moved(place, key)

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

    def _moved(self, place: Place, key: str) -> Packed:
        capacity = self._capacity(place)
        self._make_room(capacity, key)
        capacity = self._tail_room(capacity, key)
        return self._shown(place, key, self._fresh_window(place, capacity), capacity)

    def _shown(self, place: Place, key: str, window: Window, capacity: int) -> Packed:
        self._window, self._key = window, key
        room = self._tail_room(capacity, key)
        above, below = cut_to(*window.texts(place), room, self._sources.count)
        return self._packed(above, below, key)

    def _make_room(self, capacity: int, key: str) -> None:
        """Cut the log's end where a file has outgrown what the log left to its window.

        Twice the room that it needs now: a file that is being written grows on, and would cut the
        log and move the window at every key.
        """
        left = self._room(key) - self._map_tokens
        if left - self._log.tokens < capacity - reserve_tokens(self._budget):
            self._log.cut(max(left - min(window_tokens(self._budget), 2 * capacity), 0))

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
        await self._meet_changes()
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
        log = self._log
        # Others are asked while the index seeks, so that they seldom cost any time.
        found, told = await gather(self._sources.seek(wanted), self._sources.elsewhere(place))
        if self._log is not log:
            # The index was completed meanwhile, and what it said before is of a part of the files.
            await self._fill(place, around, window, capacity)
            return
        self._log.cut(kept[found.plan])
        self._append((*told, *found.pieces), around.key, room)

    async def overview(self) -> Packed:
        """Return the map alone, as every prompt of this budget begins."""
        await self._draw_map()
        text = self._map.text if self._map is not None else ""
        return Packed(map=text, log=(), below="", above="", tokens=self._map_tokens)

    async def _draw_map(self) -> None:
        while self._map is None:
            log = self._log
            drawn = await self._sources.map(MapWanted(map_tokens(self._budget)))
            if self._log is log:
                self._map, self._map_tokens = drawn, self._sources.count(drawn.text)
                self._log = ContextLog(drawn.shown)

    async def _meet_changes(self) -> None:
        """Cut the log where it shows what is no longer so, if reading on from there anew pays.

        Where it does not, what it shows there counts as unknown and may be shown again as it is
        now, behind.
        """
        stale, self._stale = self._stale, frozenset()
        shown = sorted({entry.block.path for entry in self._log.entries} & stale)
        if not shown:
            return
        texts = await self._sources.texts(shown)
        changed = [
            number
            for number, entry in enumerate(self._log.entries)
            if entry.block.path in shown
            and not still_stands(entry.block.text, texts.get(entry.block.path, ""))
        ]
        if not changed:
            return
        begin = self._log.offsets[changed[0]]
        if self._log.tokens - begin <= tokens_per_need(self._sources.cost):
            self._log.cut(begin)
        else:
            self._log.disown(changed)

    def _plans(self, around: Surroundings, room: int) -> tuple[tuple[Plan, ...], list[int]]:
        """Return the ways to go on, and the tokens of the log that each keeps."""
        whole = self._log.tokens
        if self._filled in around.opened or not whole:
            free = free_tokens(self._budget)
            ends = {self._log.entry_end(room - int(free * share)) for share in _PLAN_SHARES}
            kept = sorted({whole, *ends}, reverse=True)
        else:
            closed = self._log.first_owned_by_others(frozenset({*around.opened, around.key}))
            most = closed_tokens(self._budget, self._sources.cost)
            kept = [self._log.entry_end(max(closed, room - most))]
        plans = []
        for tokens in kept:
            free = room - tokens
            own = 0 if self._log.has_own(around.key, tokens) else own_tokens(free)
            plans.append(Plan(free, own, whole - tokens, self._log.shown_within(tokens)))
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
        kept = first_that_fit(piece.text.splitlines(keepends=True), room, self._sources.count)
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


def still_stands(shown: str, text: str) -> bool:
    """Whether all lines of a block still stand in the text of their file, wherever.

    Docs are shown as comments, whatever they were.
    """
    known = {line.strip() for line in text.splitlines()}
    lines = (line.strip() for line in shown.splitlines())
    return all(
        line in known or line.removeprefix("#").strip() in known for line in lines if line != "..."
    )


def _last(qualified: str) -> str:
    return qualified.rsplit(".", 1)[-1].split("#", 1)[0]
