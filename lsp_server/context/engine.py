"""The context engine as features see it: what a place needs, what a question touches."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp_server.common.blocks import Packed
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.config.settings import CacheSettings, IndexSettings
from lsp_server.context.cost import ReadCost, SteadyReading, pays_when_idle
from lsp_server.context.documents import OpenDocuments
from lsp_server.context.elsewhere import DefinitionSource, FoundElsewhere, told_by
from lsp_server.context.evidence import Evidence, gather
from lsp_server.context.index import messages as m
from lsp_server.context.index.contents import read_own
from lsp_server.context.index.process import IndexClient, IndexGone
from lsp_server.context.index.roots import Roots
from lsp_server.context.log import Entry
from lsp_server.context.session import Session, Sources, Surroundings
from lsp_server.context.tokens import Counter, bytes_over_four

log = logging.getLogger(__name__)

# How much of a path that leads out of the workspace is shown.
_OUTER_PARTS = 3
PATIENCE_SECONDS = 0.5
"""How long a task waits for installed packages to be read; typing waits for nothing."""
_MOST_REVIVALS = 5

# The budget, and the document where its text is for itself alone.
_SessionKey = tuple[int, str]


@dataclass(frozen=True, slots=True)
class FoundDefinition:
    """Where a name is defined: the file, and the definition in it."""

    path: Path
    located: m.Located


class ContextEngine:
    """One per server. Everything works while the index grows, with what there is by then."""

    def __init__(
        self,
        index: IndexSettings,
        cache: CacheSettings | None = None,
        *,
        count: Counter = bytes_over_four,
        cost: ReadCost | None = None,
    ) -> None:
        self._index = index
        self._cache = cache
        self._count = count
        self._cost = cost or SteadyReading()
        self._client = IndexClient(self._heard, self._ended, self._seen)
        self._status = m.Status(0, None)
        self._watchers: list[Callable[[m.Status], None]] = []
        self._on_files: Callable[[Sequence[Path]], None] | None = None
        self._roots = Roots()
        self._outer_keys: dict[Path, str] = {}
        self._sessions: dict[_SessionKey, Session] = {}
        self._documents = OpenDocuments(self._client, self.key_of)
        self._locks: dict[_SessionKey, asyncio.Lock] = {}
        self._fetching: dict[_SessionKey, asyncio.Task[None]] = {}
        self._begun = asyncio.Event()
        self._revivals = 0
        self._reviving: asyncio.Task[None] | None = None
        self._source: DefinitionSource | None = None
        self._revision = 0

    @property
    def revision(self) -> int:
        """A number that grows whenever what `pack_now` shows at a place may have changed."""
        return self._revision

    @property
    def is_running(self) -> bool:
        """Whether the index process is there; one that ended by itself may come back."""
        return self._client.is_running

    @property
    def status(self) -> m.Status:
        """How far the index is."""
        return self._status

    @property
    def roots(self) -> Sequence[Path]:
        """The workspace roots."""
        return self._roots.folders

    def subscribe(self, callback: Callable[[m.Status], None]) -> None:
        """Call `callback` each time the index has grown."""
        self._watchers.append(callback)

    def watch_disk(self, on_files: Callable[[Sequence[Path]], None]) -> None:
        """Watch the workspace's files from now on and tell what changes, as some clients do not."""
        self._on_files = on_files
        if self._client.is_running:
            self._client.tell(m.Watch())

    def _seen(self, seen: m.FilesSeen) -> None:
        if self._on_files is not None:
            self._on_files(seen.paths)

    def use_counter(self, count: Counter, cost: ReadCost | None = None) -> None:
        """Count tokens with `count` from now on: a model's vocabulary has become known."""
        self._count = count
        self._cost = cost or self._cost
        self.begin_anew()

    async def start(self, roots: Sequence[Path]) -> None:
        """Begin to index `roots`; returns when the index process runs, not when it is done."""
        self._roots = Roots([root.resolve() for root in roots])
        self._outer_keys.clear()
        self._documents.name_anew(self.roots)
        self.begin_anew()
        try:
            if not self._client.is_running:
                await self._client.start()
                if self._on_files is not None:
                    self._client.tell(m.Watch())
        finally:
            self._begun.set()
        self._status = await self._client.ask(m.Start(tuple(self.roots), self._index, self._cache))
        self._documents.send()

    async def complete(self) -> m.Status:
        """Wait until all files are indexed and ranked, with all changes that it was told of.

        May be called before the first `start`.
        """
        await self._begun.wait()
        status: m.Status = await self._client.ask(m.StatusWanted(when_complete=True))
        self._heard(status)
        return status

    def _ended(self) -> None:
        self._status = m.Status(0, None)
        # A file that kills the parser would kill every next process as well.
        if self._revivals == _MOST_REVIVALS:
            log.error("The index process ended too often; it is not started again.")
            return
        self._revivals += 1
        self._reviving = asyncio.create_task(self._revive())

    async def _revive(self) -> None:
        log.warning("The index process ended by itself and is started again.")
        try:
            await self.start(self.roots)
        except (IndexGone, OSError) as error:
            log.warning("The index process did not come back: %s", error)

    async def stop(self) -> None:
        """End the index process and what still waits for it."""
        if self._reviving is not None:
            self._reviving.cancel()
            # A process that it has just started is ended before the event loop is.
            await asyncio.wait([self._reviving])
        self._documents.stop()
        for task in list(self._fetching.values()):
            task.cancel()
        await self._client.stop()

    def _heard(self, status: m.Status) -> None:
        grown = status.complete and not self._status.complete
        self._status = status
        if grown:
            for session in self._sessions.values():
                session.restart()
        for callback in self._watchers:
            callback(status)

    def key_of(self, path: Path | None) -> str:
        """Return the name by which the index knows `path`."""
        if path is None:
            return "untitled"
        return self._roots.key_of(path) or self._outer_key(path)

    def _outer_key(self, path: Path) -> str:
        """Return the key of a path that lies below no root as it is spelt."""
        if path not in self._outer_keys:
            # A root that was opened by a link is known by its real place.
            real = _real_place(path)
            self._outer_keys[path] = self._roots.key_of(real) or path.as_posix()
        return self._outer_keys[path]

    def path_of(self, key: str) -> Path | None:
        """Return the file that the index knows as `key`."""
        path = Path(key)
        return path if path.is_absolute() else self._roots.path_of(key)

    def buffer_changed(self, snapshot: Snapshot) -> None:
        """Take note of an open document as it stands now; cheap enough for every key."""
        self._documents.changed(snapshot)

    def focused(self, snapshot: Snapshot) -> None:
        """Take note that the user has turned to a document: it is the one he last looked at."""
        self._documents.focused(snapshot)

    def buffer_closed(self, uri: str) -> None:
        """Take note that a document was closed; the file on disk holds again."""
        for one in [one for one in self._sessions if one[1] == uri]:
            del self._sessions[one]
        gone = self._documents.closed(uri)
        for session in self._sessions.values():
            session.forget(gone)

    async def files_changed(self, paths: Sequence[Path]) -> list[Path]:
        """Read files again that were saved, made, renamed or deleted.

        Returns those that are in the index now: neither gone, nor ignored, nor secret.
        """
        places = tuple(map(_real_place, paths))
        keys = [self.key_of(path) for path in places]
        if any(path.name == ".gitignore" for path in paths):
            self._documents.forget_rules()
        for session in self._sessions.values():
            session.forget(keys)
        found = map(self.path_of, await self._client.ask(m.FilesChanged(places)))
        return [path for path in found if path is not None]

    async def pack(
        self,
        place: Place,
        budget_tokens: int,
        *,
        opened: Sequence[Path] | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> Packed:
        """Return what a model is shown at `place`, in an order whose prefix survives.

        Never more than `budget_tokens`. `opened` overrides the documents that are known to be open.
        `patience` is how long it may take to read installed packages that nobody asked for before.
        """
        around = self._around(self.key_of(place.snapshot.path), opened, patience)
        number = self._session_key(place, budget_tokens)
        session = self._session(number)
        async with self._locks.setdefault(number, asyncio.Lock()):
            try:
                return await session.pack(place, around)
            finally:
                self._revision += 1

    def _around(
        self,
        key: str,
        opened: Sequence[Path] | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> Surroundings:
        keys = (
            [self.key_of(path) for path in opened]
            if opened is not None
            else list(self._documents.opened)
        )
        recent = tuple(one for one in self._documents.recent if one != key)
        return Surroundings(key, tuple(keys), recent, patience)

    def pack_now(self, place: Place, budget_tokens: int) -> Packed:
        """Return the same without waiting, from what the log holds now.

        After a change of file the log still shows what the file before needed; what this one needs
        is fetched behind the call and is there a moment later.
        """
        key = self.key_of(place.snapshot.path)
        number = self._session_key(place, budget_tokens)
        session = self._session(number)
        if session.lacks(key) and self._client.is_running and number not in self._fetching:
            task = asyncio.create_task(self._fetch(place, number))
            self._fetching[number] = task
        return session.pack_now(place, key)

    async def _fetch(self, place: Place, number: _SessionKey) -> None:
        try:
            await self.pack(place, number[0])
        except IndexGone as error:
            log.warning("No context was fetched: %s", error)
        finally:
            self._fetching.pop(number, None)

    def _session_key(self, place: Place, budget: int) -> _SessionKey:
        """Return which session serves `place`.

        A log shows pieces of the files that it was used in, so a private document has its own.
        """
        return (budget, place.snapshot.uri if self._documents.is_private(place.snapshot) else "")

    def _session(self, number: _SessionKey) -> Session:
        if number not in self._sessions:
            self._sessions[number] = self._new_session(number[0])
        return self._sessions[number]

    def _new_session(self, budget: int) -> Session:
        ask = self._client.ask

        async def texts(keys: Sequence[str]) -> Mapping[str, str]:
            found: Mapping[str, str] = await ask(m.TextsWanted(tuple(keys)))
            return found

        return Session(Sources(ask, ask, self._told, texts, self._count, self._cost), budget)

    def begin_anew(self) -> None:
        """Share nothing between the prompts from now on and those before."""
        self._sessions.clear()
        self._revision += 1

    def ask_also(self, source: DefinitionSource | None) -> None:
        """Let `source` name definitions that the index cannot find, or None to ask nobody."""
        self._source = source

    async def _told(self, place: Place) -> Sequence[m.Piece]:
        if self._source is None:
            return ()
        return await told_by(self._source, place, self._name_of)

    async def _name_of(self, found: FoundElsewhere) -> str:
        """Return how a prompt names the file of `found`; empty for what the index ranks itself."""
        path = Path(found.path)
        for known in await self.definitions(found.name):
            span = known.located.definition.span
            if known.path == path and span.start.line <= found.lines[0] <= span.end.line:
                return ""
        if self._roots.holding(path) is not None:
            return self.key_of(path)
        return "/".join(path.parts[-_OUTER_PARTS:])

    def shown(self, place: Place, budget_tokens: int) -> Sequence[Entry]:
        """Return the log that `pack` showed at `place`, with what it holds of which definition."""
        return self._session(self._session_key(place, budget_tokens)).log.entries

    async def repack(self, place: Place, budget_tokens: int) -> bool:
        """Fill the log of `budget_tokens` anew for `place`, if that pays; return whether it was.

        For moments in which nobody waits. It pays where a good part of the log was fetched for
        other files and a model reads a whole prompt in a few seconds: the user may come back
        before it has. Until the new log is there, the old one serves.
        """
        key, number = self.key_of(place.snapshot.path), self._session_key(place, budget_tokens)
        session = self._sessions.get(number)
        if session is None or session.lacks(key):
            return False
        if not pays_when_idle(self._cost, budget_tokens, session.log.owned_by_others(key)):
            return False
        fresh = self._new_session(budget_tokens)
        async with self._locks.setdefault(number, asyncio.Lock()):
            await fresh.pack(place, self._around(key))
            if self._sessions.get(number) is session:
                self._sessions[number] = fresh
                self._revision += 1
        return True

    async def overview(self, budget_tokens: int) -> Packed:
        """Return the map that all prompts of `budget_tokens` begin with, whatever they ask.

        Before all files are read there is none.
        """
        if not self._status.complete:
            return Packed("", (), "", "", 0)
        number = (budget_tokens, "")
        async with self._locks.setdefault(number, asyncio.Lock()):
            return await self._session(number).overview()

    async def evidence(self, question: str, place: Place | None, budget_tokens: int) -> Evidence:
        """Return what a question touches, with paths and lines, within `budget_tokens`."""
        shown = (
            place if place is not None and not self._documents.is_private(place.snapshot) else None
        )
        wanted = m.EvidenceWanted(
            question,
            budget_tokens,
            self.key_of(place.snapshot.path) if place is not None else "",
            shown.snapshot.text if shown is not None else "",
            shown.offset if shown is not None else 0,
        )
        return gather(await self._client.ask(wanted), self._count, budget_tokens, self.path_of)

    async def definitions(self, name: str) -> list[FoundDefinition]:
        """Return who defines `name`; `Class.method` narrows it down."""
        located = await self._client.ask(m.NameWanted(name))
        found = ((self.path_of(item.path), item) for item in located)
        return [FoundDefinition(path, item) for path, item in found if path is not None]

    async def visible_names(self, snapshot: Snapshot) -> frozenset[str]:
        """Return the names that code in `snapshot` can mean, without keywords and builtins."""
        key = self.key_of(snapshot.path)
        wanted = m.VisibleWanted(key, snapshot.language, snapshot.text)
        names: frozenset[str] = await self._client.ask(wanted)
        return names

    async def survey(self) -> m.Survey:
        """Return the map of modules."""
        result: m.Survey = await self._client.ask(m.ModulesWanted())
        return result

    async def keys(self) -> tuple[str, ...]:
        """Return the keys of all indexed files, in path order."""
        result: tuple[str, ...] = await self._client.ask(m.KeysWanted())
        return result

    async def texts(self) -> AsyncGenerator[tuple[Path, str], None]:
        """Yield every indexed file with its text, open documents as they stand in the editor."""
        for key in await self.keys():
            path = self.path_of(key)
            if key in self._documents.opened:
                yield path or Path(key), self._documents.opened[key].text
            elif path is not None:
                content = read_own(self._roots, path)
                if content is None:
                    log.info("An indexed file is gone: %s", key)
                    continue
                yield path, content.decode("utf-8")
            await asyncio.sleep(0)


def _real_place(path: Path) -> Path:
    """Return `path` with the links on the way to it followed, but not the one that it may be.

    A file that became a link has left the index; where it leads says nothing of its place there.
    """
    return path.parent.resolve() / path.name
