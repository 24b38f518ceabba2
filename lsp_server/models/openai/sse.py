"""Server-sent events, as far as streams of completions use them."""

import json
from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from typing import Any

from lsp_server.models.ollama.lines import NotJson

_DATA, _DONE, _ERROR = b"data", b"[DONE]", b"error"


async def event_objects(chunks: AsyncIterable[bytes]) -> AsyncGenerator[dict[str, Any], None]:
    r"""Yield the object of each `data:` line until `[DONE]` or the end.

    Lines end at `\n` or `\r\n` alone, since generated text may hold other signs at which text
    tools break lines. Comments and other fields are passed over. What llama-server says mid-stream
    under `error:` comes as {"error": ...}. Raises NotJson.
    """
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        *lines, rest = held.split(b"\n")
        held = bytearray(rest)
        for line in lines:
            field, told = _told(line)
            if told == _DONE:
                return
            if told:
                yield _object(field, told)
    field, told = _told(held)
    if told and told != _DONE:
        yield _object(field, told)


def choices_of(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the choices of a chunk, as far as they are objects."""
    choices = record.get("choices")
    return [one for one in choices if isinstance(one, dict)] if isinstance(choices, list) else []


def _told(line: bytearray) -> tuple[bytes, bytes]:
    field, _, told = bytes(line).partition(b":")
    return field, told.strip() if field in {_DATA, _ERROR} else b""


def _object(field: bytes, told: bytes) -> dict[str, Any]:
    try:
        value = json.loads(told)
    except ValueError as error:
        raise NotJson(f"{len(told)} bytes that are no JSON") from error
    if not isinstance(value, dict):
        raise NotJson("an event that is no object")
    return {"error": value} if field == _ERROR and "error" not in value else value
