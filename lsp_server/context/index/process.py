"""The index process as the server sees it: started, asked, watched and ended."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

from lsp_server.common.children import start_module
from lsp_server.common.errors import TandemError
from lsp_server.common.log import log_arguments
from lsp_server.context.index.frames import encode_frame, read_frame
from lsp_server.context.index.messages import Failure, FilesSeen, Status

log = logging.getLogger(__name__)

_MODULE = "lsp_server.context.index"
_END_SECONDS = 2.0


class IndexGone(TandemError):
    """The index process is not there to answer."""


class IndexClient:
    """One index process.

    `on_status` hears how the index grows, `on_end` that it died by itself, `on_files` what changed
    on disk where the index was asked to watch it.
    """

    def __init__(
        self,
        on_status: Callable[[Status], None],
        on_end: Callable[[], None],
        on_files: Callable[[FilesSeen], None],
    ) -> None:
        self._on_status = on_status
        self._on_files = on_files
        self._on_end = on_end
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._last = 0
        self._reader: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process; it logs where this one does."""
        self._process = await start_module(
            _MODULE,
            *log_arguments(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 30,
        )
        self._reader = asyncio.create_task(self._read())

    async def ask(self, request: object) -> Any:
        """Return the answer. Raises IndexGone if the process ended or could not answer."""
        number = self.tell(request)
        future = self._waiting.setdefault(number, asyncio.get_running_loop().create_future())
        try:
            answer = await future
        finally:
            self._waiting.pop(number, None)
        if isinstance(answer, Failure):
            raise IndexGone(answer.sentence, "Save the file or restart the server to index again.")
        return answer

    def tell(self, request: object) -> int:
        """Send a request whose answer nobody waits for; return its number."""
        if self._process is None or self._process.stdin is None or not self.is_running:
            raise IndexGone("The index process is not running.", "Restart the language server.")
        self._last += 1
        self._process.stdin.write(encode_frame((self._last, request)))
        return self._last

    async def _read(self) -> None:
        process = self._process
        if process is None or process.stdout is None:
            return
        while (frame := await read_frame(process.stdout)) is not None:
            number, value = frame
            if number == 0 and isinstance(value, Status):
                self._on_status(value)
            elif number == 0 and isinstance(value, FilesSeen):
                self._on_files(value)
            elif number in self._waiting and not self._waiting[number].done():
                self._waiting[number].set_result(value)
        self._give_up()
        await process.wait()
        if self._process is process:
            # Somebody may have asked after its output had ended, before it was known to be gone.
            self._give_up()
            self._on_end()

    def _give_up(self) -> None:
        """Tell all who wait that nothing will come."""
        gone = IndexGone("The index process ended.", "Ask again in a moment; it is started anew.")
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(gone)

    async def stop(self) -> None:
        """End the process: politely by closing its input, then for certain."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
