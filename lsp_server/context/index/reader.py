"""A second process that reads batches while the index process reads others.

Started by the index process with the cache's folder and size; ends when its input ends.
"""

import asyncio
import signal
import sys
from typing import Any

from lsp_server.common.children import end_program, start_module
from lsp_server.config.settings import CacheSettings
from lsp_server.context.index.contents import read_utf8
from lsp_server.context.index.dependencies.public import public_part
from lsp_server.context.index.frames import encode_frame, read_frame, write_frame
from lsp_server.context.index.reading.batches import Source, read_batch
from lsp_server.context.index.reading.rows import dump_rows, read_row
from lsp_server.storage.cache import open_cache

_MODULE = "lsp_server.context.index.reader"
_BATCH, _PUBLIC = 1, 2


class SecondReader:
    """The second process as the index process sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, cache: CacheSettings | None) -> "SecondReader":
        """Start the process."""
        pipe = asyncio.subprocess.PIPE
        process = await start_module(_MODULE, stdin=pipe, stdout=pipe, limit=1 << 30)
        reader = cls(process)
        reader._send((0, cache))
        return reader

    def _send(self, frame: tuple[int, object]) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(encode_frame(frame))

    async def read(self, batch: list[Source]) -> bytes | None:
        """Return what `read_batch` returns; None if the process is gone."""
        return await self._asked((_BATCH, batch))

    async def read_public(self, source: Source) -> bytes | None:
        """Return the public part of a package's file as `dump_rows` writes it; None as above."""
        return await self._asked((_PUBLIC, source))

    async def _asked(self, request: tuple[int, object]) -> bytes | None:
        if self._process.stdout is None:
            return None
        self._send(request)
        frame = await read_frame(self._process.stdout)
        return frame[1] if frame is not None and isinstance(frame[1], bytes) else None

    async def stop(self) -> None:
        """End the process and wait for it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        await end_program(self._process)


async def main() -> None:
    """Read the batches that come on standard input."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 30)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    first = await read_frame(reader)
    settings: Any = first[1] if first is not None else None
    cache = open_cache(settings) if isinstance(settings, CacheSettings) else None
    while (frame := await read_frame(reader)) is not None:
        kind: int = frame[0]
        wanted: Any = frame[1]
        written = read_batch(wanted, cache) if kind == _BATCH else _public_rows(wanted)
        write_frame(sys.stdout.buffer, (kind, written))


def _public_rows(source: Source) -> bytes:
    try:
        content = read_utf8(source.path)
    except OSError:
        return dump_rows(())
    return dump_rows([public_part(read_row(source.key, source.language, content))])


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(main())
