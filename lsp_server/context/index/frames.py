"""Frames between the server and its index process: eight bytes of length, then a pickle.

Both ends are this program; nothing that comes from a repository or a network is unpickled.
"""

import asyncio
import pickle
from typing import BinaryIO

_LENGTH_BYTES = 8


def encode_frame(value: tuple[int, object]) -> bytes:
    """Return the bytes of one frame."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(_LENGTH_BYTES, "big") + data


def write_frame(output: BinaryIO, value: tuple[int, object]) -> None:
    """Write one frame and flush it."""
    output.write(encode_frame(value))
    output.flush()


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, object] | None:
    """Return the next frame, or None at the end of the stream, even inside a frame."""
    try:
        length = int.from_bytes(await reader.readexactly(_LENGTH_BYTES), "big")
        data = await reader.readexactly(length)
    except asyncio.IncompleteReadError:
        return None
    number, value = pickle.loads(data)  # noqa: S301 - written by our own process
    return int(number), value
