"""Work that goes on after its request was answered, with its line of progress."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from lsp_server.common.progress import Progress
from lsp_server.protocol.editor.profile import ClientProfile
from lsp_server.protocol.editor.progress import ProgressLine, Token
from lsp_server.protocol.wire.base import TandemServer

_log = logging.getLogger(__name__)
Work = Callable[[Progress], Awaitable[None]]


class Tasks:
    """All running work of one session; each token of progress belongs to one task."""

    def __init__(self, server: TandemServer, profile: ClientProfile) -> None:
        self._server = server
        self._can_make_tokens = profile.work_done_progress
        self._running: set[asyncio.Task[Any]] = set()
        self._by_token: dict[Token, asyncio.Task[Any]] = {}

    def start(self, title: str, work: Work) -> asyncio.Task[None]:
        """Run `work` in the background; the user sees `title` and can cancel it."""
        line = ProgressLine(self._server, title, can_make_token=self._can_make_tokens)
        task = self.spawn(self._run(line, work))
        self._by_token[line.token] = task
        task.add_done_callback(lambda _task: self._by_token.pop(line.token, None))
        return task

    async def watch(self, title: str, token: Token | None, work: Work) -> None:
        """Run `work` within a request whose client gave `token` for its progress."""
        line = ProgressLine(self._server, title, token=token, can_make_token=self._can_make_tokens)
        task = asyncio.current_task()
        if task is not None:
            self._by_token[line.token] = task
        try:
            await self._run(line, work)
        finally:
            self._by_token.pop(line.token, None)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` in the background without progress; its failure is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    def cancel(self, token: Token) -> None:
        """End the task of a token; an unknown token is one whose task has just ended."""
        if (task := self._by_token.get(token)) is not None:
            task.cancel()

    def cancel_all(self) -> None:
        """End all tasks."""
        for task in tuple(self._running):
            task.cancel()

    async def _run(self, line: ProgressLine, work: Work) -> None:
        line.begin()
        try:
            await work(line)
        finally:
            line.end()

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("A task failed.", exc_info=error)
