"""The index process, spoken to over its pipes.

tree-sitter holds the interpreter's lock while it parses, so the index lives in a process of its
own. It answers requests between two files while the index grows. It ends when its input ends.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lsp_server.context.index import messages as m
from lsp_server.context.index.frames import read_frame, write_frame
from lsp_server.context.index.question import evidence
from lsp_server.context.index.seek import repository_map, seek
from lsp_server.context.index.survey import survey
from lsp_server.context.index.visible import visible_names
from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.workspace import Workspace
from lsp_server.storage.cache import open_cache

log = logging.getLogger(__name__)

_REPORT_EVERY = 50


class IndexProcess:
    """One workspace, its indexing task, and the answers to requests."""

    def __init__(self, send: Callable[[int, object], None]) -> None:
        self._send = send
        self._workspace = Workspace((), WalkLimits(), None)
        self._task: asyncio.Task[None] | None = None
        self._complete = asyncio.Event()
        self._total: int | None = None

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
            case m.StatusWanted(when_complete=True):
                await self._complete.wait()
                return self.status()
            case m.StatusWanted():
                return self.status()
            case m.FilesChanged():
                for path in request.paths:
                    self._workspace.refresh(path)
                return self.status()
            case _:
                return answer(self._workspace, request)

    async def _start(self, request: m.Start) -> m.Status:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        limits = WalkLimits(request.index.max_file_kb * 1024, request.index.max_files)
        cache = open_cache(request.cache) if request.cache is not None else None
        buffers = self._workspace.buffers
        self._workspace = Workspace(request.roots, limits, cache)
        self._workspace.buffers = buffers
        self._complete.clear()
        self._task = asyncio.create_task(self._index())
        return self.status()

    async def _index(self) -> None:
        try:
            found = []
            for item in self._workspace.found():
                found.append(item)
                if len(found) % _REPORT_EVERY == 0:
                    await asyncio.sleep(0)
            self._total = len(found)
            for done, (key, path, finding) in enumerate(found):
                if key not in self._workspace.buffers:
                    with suppress(OSError):
                        self._workspace.add(key, finding.language, path.read_bytes())
                if done % _REPORT_EVERY == 0:
                    self._send(0, m.Status(done, self._total))
                await asyncio.sleep(0)
        finally:
            self._complete.set()
            self._send(0, self.status())

    def status(self) -> m.Status:
        """Return how far the index is."""
        rows = self._workspace.rows
        return m.Status(
            done=len(rows),
            total=self._total,
            definitions=sum(len(row.definitions) for row in rows.values()),
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


_ANSWERS: dict[type, Callable[[Workspace, Any], object]] = {
    m.Seek: seek,
    m.MapWanted: repository_map,
    m.NameWanted: _located,
    m.VisibleWanted: visible_names,
    m.EvidenceWanted: evidence,
    m.ModulesWanted: lambda workspace, _: survey(workspace),
    m.BufferChanged: lambda workspace, one: workspace.set_buffer(one.path, one.language, one.text),
    m.BufferClosed: lambda workspace, one: workspace.close_buffer(one.path),
}


async def main() -> None:
    """Serve requests from standard input until it ends."""
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
            return
        number, request = frame
        task = asyncio.create_task(process.handle(number, request))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
