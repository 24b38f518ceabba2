"""The index process, spoken to over its pipes.

tree-sitter holds the interpreter's lock while it parses, so the index lives in a process of its
own. It answers requests between two files while the index grows. It ends when its input ends.
"""

import asyncio
import gc
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import aclosing
from pathlib import Path
from typing import Any

from lsp_server.common.garbage import tidy_up
from lsp_server.config.settings import CacheSettings
from lsp_server.context.index import messages as m
from lsp_server.context.index.answering.question import evidence
from lsp_server.context.index.answering.seek import repository_map, seek
from lsp_server.context.index.answering.survey import survey
from lsp_server.context.index.answering.visible import visible_names
from lsp_server.context.index.answering.warming import warm_up
from lsp_server.context.index.dependencies.places import Homes
from lsp_server.context.index.dependencies.store import Dependencies
from lsp_server.context.index.frames import read_frame, write_frame
from lsp_server.context.index.history import read_commits
from lsp_server.context.index.reader import SecondReader
from lsp_server.context.index.reading.batches import (
    Batch,
    Source,
    cached,
    in_batches,
    opened,
    parsed,
    rows_in,
    stored,
)
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.watching import changes
from lsp_server.context.index.workspace import Workspace, in_steps
from lsp_server.storage.cache import Cache, open_cache
from lsp_server.storage.paths import cargo_homes, go_module_caches, python_environments

log = logging.getLogger(__name__)

_PAUSE_EVERY = 50
# Hardly anything here is garbage in circles. By Python's own numbers all of it would be gone
# through within requests, for fifteen to thirty milliseconds each time: only what is new is, and
# the rest when no request has come for a while.
_COLLECT_AFTER = (10_000, 1000, 1000)
_QUIET_SECONDS = 2.0
# Below that the second process would be ready when all is done.
_SECOND_READER_FROM = 300


class IndexProcess:
    """One workspace, its indexing task, and the answers to requests."""

    def __init__(self, send: Callable[[int, object], None]) -> None:
        self._send = send
        self._workspace = Workspace((), WalkLimits())
        self._task: asyncio.Task[None] | None = None
        self._began = time.time()
        self._listed = asyncio.Event()
        self._complete = asyncio.Event()
        self._total: int | None = None
        self._watched = False
        self._watching: asyncio.Task[None] | None = None
        self._settling: asyncio.TimerHandle | None = None
        self._settled: asyncio.Task[None] | None = None
        self._resting: asyncio.TimerHandle | None = None

    async def handle(self, number: int, request: object) -> None:
        """Answer one request; a failure is an answer too."""
        try:
            self._send(number, await self._answer(request))
        except Exception:
            # Whatever one request trips over, the others and the index must live on.
            log.exception("the index could not answer %s", type(request).__name__)
            self._send(number, m.Failure("The index could not answer; its log says why."))

    async def _answer(self, request: object) -> object:
        match request:
            case m.Start():
                return await self._start(request)
            case m.StatusWanted():
                if request.when_complete:
                    await self._complete.wait()
                    await self._workspace.settle()
                return self.status()
            case m.Watch():
                self._watched = True
                self._watch()
                return None
            case m.FilesChanged():
                await self._refresh(request.paths)
                return self._workspace.indexed(request.paths)
            case m.Seek():
                self._tidy_up_later()
                await self._read_installed(request)
            case m.EvidenceWanted() | m.ModulesWanted():
                return await in_steps(_LONG_ANSWERS[type(request)](self._workspace, request))
            case m.BufferChanged() | m.BufferClosed():
                self._settle_later()
        return answer(self._workspace, request)

    async def _read_installed(self, request: m.Seek) -> None:
        workspace = self._workspace
        row = workspace.rows.get(request.path)
        if row is None:
            row = workspace.row_for(request.path, request.language, request.text)
        await workspace.dependencies.load_for(row, request.patience)

    async def _refresh(self, paths: Iterable[Path]) -> None:
        # A switch of branch changes thousands of files: others are answered in between.
        for path in paths:
            for file in self._workspace.below(path):
                self._workspace.refresh(file)
                await asyncio.sleep(0)
        self._settle_later()

    def _watch(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
        self._watching = asyncio.create_task(self._tell_changes(self._workspace))

    async def _tell_changes(self, workspace: Workspace) -> None:
        await self._listed.wait()
        try:
            async with aclosing(changes(workspace.folders, self._began)) as found:
                async for paths in found:
                    wanted = [path for path in paths if workspace.may_hold(path)]
                    if wanted:
                        await self._refresh(wanted)
                        self._send(0, m.FilesSeen(tuple(wanted)))
        except OSError as error:
            log.warning(
                "Changes outside of the editor are not noticed any more: %s. "
                "On Linux raise fs.inotify.max_user_watches, then restart the server.",
                error,
            )

    def _tidy_up_later(self) -> None:
        """Collect garbage when no request has come for a while."""
        if self._resting is not None:
            self._resting.cancel()
        self._resting = asyncio.get_running_loop().call_later(_QUIET_SECONDS, tidy_up)

    def _settle_later(self) -> None:
        """Lay out the tables anew when no change has come for a while."""
        if self._settling is not None:
            self._settling.cancel()
        loop = asyncio.get_running_loop()
        self._settling = loop.call_later(_QUIET_SECONDS, self._settle)

    def _settle(self) -> None:
        self._settled = asyncio.create_task(self._settle_and_tidy())

    async def _settle_and_tidy(self) -> None:
        await self._workspace.settle()
        tidy_up()

    async def _start(self, request: m.Start) -> m.Status:
        limits = WalkLimits(request.index.max_file_kb * 1024, request.index.max_files)
        buffers = self._workspace.buffers
        # Before the first await: what documents hold by then is told to the new workspace.
        self._workspace = Workspace(request.roots, limits)
        self._workspace.buffers = buffers
        await self._stop_indexing()
        homes = Homes(python_environments(), go_module_caches(), cargo_homes())
        kept = open_cache(request.cache) if request.cache is not None else None
        self._workspace.dependencies = Dependencies(request.roots, homes, kept)
        self._began = time.time()
        self._listed.clear()
        self._complete.clear()
        self._task = asyncio.create_task(self._index_all(request.cache))
        if self._watched:
            self._watch()
        return self.status()

    async def _stop_indexing(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def stop(self) -> None:
        """End the processes that help; what was asked is not answered any more."""
        await self._stop_indexing()

    async def _index_all(self, cache: CacheSettings | None) -> None:
        try:
            await self._index(cache)
        except Exception:
            # Nobody awaits this task. What was read by then serves, and a later start begins anew.
            log.exception("The index could not be completed.")

    async def _index(self, cache: CacheSettings | None) -> None:
        try:
            sources = []
            for source in self._workspace.sources():
                sources.append(source)
                if len(sources) % _PAUSE_EVERY == 0:
                    await asyncio.sleep(0)
            self._total = len(sources)
            self._listed.set()
            await self._read(deque(in_batches(sources)), cache)
            await self._workspace.settle()
        finally:
            self._listed.set()
            self._complete.set()
            self._send(0, self.status())
            tidy_up()
        await in_steps(warm_up(self._workspace))
        tidy_up()
        commits = {root: await read_commits(root) for root in self._workspace.roots}
        self._workspace.learn_history(commits)

    async def _read(self, waiting: deque[list[Source]], cache: CacheSettings | None) -> None:
        """Read all batches; a second process helps from the first one that must be parsed."""
        store = open_cache(cache) if cache is not None else None
        helper: asyncio.Task[None] | None = None
        try:
            while waiting or helper is not None:
                if not waiting and helper is not None:
                    # If the second process dies, its batch comes back and is read here.
                    await helper
                    helper = None
                    continue
                sources = waiting.popleft()
                batch = opened(sources)
                written = cached(batch, store)
                if written is not None:
                    await self._take(rows_in(written, sources))
                    continue
                if helper is None and sum(map(len, waiting)) >= _SECOND_READER_FROM:
                    helper = asyncio.create_task(self._read_there(waiting, cache))
                await self._take(await self._parsed(batch, store))
        finally:
            if helper is not None:
                helper.cancel()
            if store is not None:
                store.close()

    async def _parsed(self, batch: Batch, store: Cache | None) -> list[FileRow]:
        """Parse a batch; between two files others are answered, and the second process served."""
        rows = []
        for row in parsed(batch):
            rows.append(row)
            await asyncio.sleep(0)
        stored(batch, rows, store)
        return rows

    async def _read_there(self, waiting: deque[list[Source]], cache: CacheSettings | None) -> None:
        reader = await SecondReader.start(cache)
        try:
            while waiting:
                batch = waiting.pop()
                written = await reader.read(batch)
                if written is None:
                    waiting.append(batch)
                    return
                await self._take(rows_in(written, batch))
        finally:
            await reader.stop()

    async def _take(self, rows: list[FileRow]) -> None:
        self._workspace.take(rows)
        self._send(0, self.status())
        await asyncio.sleep(0)

    def status(self) -> m.Status:
        """Return how far the index is."""
        return m.Status(
            done=len(self._workspace.rows),
            total=self._total,
            definitions=self._workspace.definition_count,
            complete=self._complete.is_set(),
        )


def answer(workspace: Workspace, request: object) -> object:
    """Answer a request that needs nothing but the workspace. Raises KeyError for any other."""
    return _ANSWERS[type(request)](workspace, request)


def _located(workspace: Workspace, request: m.NameWanted) -> tuple[m.Located, ...]:
    name = request.name
    *_, last = name.split(".")
    return tuple(
        m.Located(row.path, item)
        for row in workspace.rows.values()
        for item in row.definitions
        if item.name == last and item.qualified.endswith(name)
    )


def _texts(workspace: Workspace, request: m.TextsWanted) -> dict[str, str]:
    rows = (workspace.rows[path] for path in request.paths if path in workspace.rows)
    return {row.path: workspace.content(row).decode("utf-8", "replace") for row in rows}


# Others are answered at the pauses of these.
_LONG_ANSWERS: dict[type, Callable[[Workspace, Any], Generator[None, None, object]]] = {
    m.EvidenceWanted: evidence,
    m.ModulesWanted: lambda workspace, _: survey(workspace),
}
_ANSWERS: dict[type, Callable[[Workspace, Any], object]] = {
    m.Seek: seek,
    m.MapWanted: repository_map,
    m.NameWanted: _located,
    m.TextsWanted: _texts,
    m.VisibleWanted: visible_names,
    m.KeysWanted: lambda workspace, _: tuple(sorted(workspace.rows)),
    m.BufferChanged: lambda workspace, one: workspace.set_buffer(one.path, one.language, one.text),
    m.BufferClosed: lambda workspace, one: workspace.close_buffer(one.path),
}


async def main() -> None:
    """Serve requests from standard input until it ends."""
    gc.set_threshold(*_COLLECT_AFTER)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 30)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    output: Any = sys.stdout.buffer

    def send(number: int, value: object) -> None:
        try:
            write_frame(output, (number, value))
        except BrokenPipeError:
            # The server has gone. Nothing here needs putting in order, and a traceback in the
            # editor's log would only worry its reader.
            os._exit(0)

    process = IndexProcess(send)
    waiting: set[asyncio.Task[None]] = set()
    while True:
        frame = await read_frame(reader)
        if frame is None:
            await process.stop()
            return
        number, request = frame
        task = asyncio.create_task(process.handle(number, request))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
