"""Server-sent events, as far as streams of completions use them."""

import json
from collections.abc import AsyncGenerator, AsyncIterable
from typing import Any

from lsp_server.models.ollama.lines import NotJson

_DATA, _DONE, _ERROR = b"data:", b"[DONE]", b"error:"


async def event_objects(chunks: AsyncIterable[bytes]) -> AsyncGenerator[dict[str, Any], None]:
    r"""Yield the object of each `data:` line until `[DONE]` or the end.

    Lines end at `\n` or `\r\n` alone, since generated text may hold other signs at which text
    tools break lines. Comments and other fields are passed over. llama-server says mid-stream
    errors under `error:`. Raises NotJson.
    """
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        *lines, rest = held.split(b"\n")
        held = bytearray(rest)
        for line in lines:
            told = _told(bytes(line).rstrip(b"\r"))
            if told == _DONE:
                return
            if told:
                yield _object(told)
    if (last := _told(bytes(held).rstrip(b"\r"))) and last != _DONE:
        yield _object(last)


def _told(line: bytes) -> bytes:
    for field in (_DATA, _ERROR):
        if line.startswith(field):
            return line[len(field) :].strip()
    return b""


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise NotJson(f"{len(line)} bytes that are no JSON") from error
    if not isinstance(value, dict):
        raise NotJson("an event that is no object")
    return value
