"""Lines of standard input and standard output, whatever these are, in a running event loop.

Both are read and written as bytes: the encoding of the terminal has no say.
"""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from functools import partial
from typing import Any, TextIO

from lsp_server.common.errors import TandemError

MOST_BYTES = 256 * 1024 * 1024
"""The longest line; nobody sends more, but a device without line ends would."""
_PIECE = 256 * 1024


async def read_lines() -> AsyncGenerator[bytes, None]:
    """Yield the lines of standard input without their ends; of one beyond MOST_BYTES the start.

    Raises TandemError where it cannot be read.
    """
    source = _descriptor(sys.stdin, "Standard input")
    held, size = list[bytes](), 0
    async for piece in _pieces(source):
        *ended, rest = piece.split(b"\n")
        for end in ended:
            yield b"".join([*held, end])
            held, size = [], 0
        size += len(rest)
        if rest and size <= MOST_BYTES + _PIECE:
            held.append(rest)
    if held:
        yield b"".join(held)


async def write_line(line: bytes) -> None:
    """Write one line. Raises BrokenPipeError if nobody reads, TandemError if it has no room."""
    sink = _descriptor(sys.stdout, "Standard output")
    left = memoryview(line + b"\n")
    try:
        while left:
            left = left[await _written(sink, left) :]
    except BrokenPipeError:
        raise
    except OSError as error:
        raise TandemError(f"Standard output cannot be written: {error.strerror}.") from error


async def _pieces(source: int) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    while True:
        await _until_ready(partial(loop.add_reader, source), partial(loop.remove_reader, source))
        try:
            piece = os.read(source, _PIECE)
        except BlockingIOError:
            continue
        except OSError as error:
            raise TandemError(f"Standard input cannot be read: {error.strerror}.") from error
        if not piece:
            return
        yield piece


async def _written(sink: int, line: memoryview) -> int:
    try:
        return os.write(sink, line)
    except BlockingIOError:
        # It belongs to somebody who does not wait, such as a parent that shares its pipe.
        loop = asyncio.get_running_loop()
        await _until_ready(partial(loop.add_writer, sink), partial(loop.remove_writer, sink))
        return 0


async def _until_ready(watch: Callable[[Callable[[], Any]], Any], end: Callable[[], Any]) -> None:
    """Wait until a descriptor can be used, as far as the loop can tell."""
    ready = asyncio.get_running_loop().create_future()
    try:
        watch(partial(_settle, ready))
    except (NotImplementedError, OSError):
        # Plain files, the null device and the pipes of Windows: the reading waits by itself.
        return
    try:
        await ready
    finally:
        end()


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _descriptor(stream: TextIO | None, name: str) -> int:
    if stream is None:
        raise TandemError(f"{name} is closed.", "Give it a pipe or a file.")
    return stream.fileno()
