"""Newline-delimited JSON from a byte stream."""

import json
from collections.abc import AsyncGenerator, AsyncIterable
from typing import Any


class NotJson(ValueError):
    """A line is not a JSON object, or the stream ended in the middle of one."""


async def json_objects(chunks: AsyncIterable[bytes]) -> AsyncGenerator[dict[str, Any], None]:
    r"""Yield the object of each line.

    Lines end at the byte `\n` alone: a generated text may hold U+0085, U+2028 and other signs at
    which text tools break lines, and a chunk may end inside a character. Raises NotJson.
    """
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        *lines, rest = held.split(b"\n")
        held = rest
        for line in lines:
            if line.strip():
                yield _object(bytes(line))
    if held.strip():
        yield _object(bytes(held))


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise NotJson(f"{len(line)} bytes that are no JSON") from error
    if not isinstance(value, dict):
        raise NotJson("a line that is no object")
    return value
