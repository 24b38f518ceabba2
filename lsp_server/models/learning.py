"""What is learned of a model once and kept by its digest: its traits and its vocabulary.

The vocabulary is 10 to 20 MB of JSON. It is read in a process of its own, since decoding it would
hold the event loop for tenths of a second; what comes back is a tenth of the size.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Protocol

from lsp_server.common.children import start_module
from lsp_server.models.fim import FillTokens
from lsp_server.models.ollama.client import Ollama
from lsp_server.models.tokens.vocabulary import Vocabulary, pack, unpack, vocabulary_from
from lsp_server.models.traits import Thinks, Traits, traits_of

_log = logging.getLogger(__name__)
_FORMAT = 1
Learn = Callable[[str, str], Awaitable[bytes]]


class Keeps(Protocol):
    """Where what was learned is kept."""

    def get(self, key: str) -> bytes | None:
        """Return the value kept under `key`, or None."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Keep `value` under `key`."""
        ...


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of a model; `vocabulary` is None where tokens cannot be counted exactly."""

    traits: Traits
    vocabulary: Vocabulary | None


async def knowledge_of(
    digest: str, keeps: Keeps | None, learn: Callable[[], Awaitable[bytes]]
) -> Knowledge:
    """Return what is kept under `digest`, or learn it and keep it.

    Raises ModelError if the server cannot tell.
    """
    key = f"model {_FORMAT} {digest}"
    data = keeps.get(key) if keeps is not None else None
    if data is not None:
        try:
            return decode(data)
        except (ValueError, KeyError, TypeError) as error:
            _log.warning("What was kept of a model is damaged and learned again: %s", error)
    data = await learn()
    if keeps is not None:
        keeps.put(key, data)
    return decode(data)


async def learn_here(url: str, model: str) -> bytes:
    """Ask the server at `url` about `model` in this process; see `encode`."""
    server = Ollama(url)
    try:
        card = await server.show(model, verbose=True)
    finally:
        await server.close()
    return encode(Knowledge(traits_of(card), vocabulary_from(card.info)))


async def learn_apart(url: str, model: str) -> bytes:
    """Ask in a process of its own; if that fails, ask here."""
    child = await start_module(
        "lsp_server.models.learning",
        url,
        model,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        data, complaint = await child.communicate()
    except asyncio.CancelledError:
        child.kill()
        await child.wait()
        raise
    if child.returncode:
        _log.info("The helper that reads vocabularies failed: %s", complaint.decode()[-2000:])
        return await learn_here(url, model)
    return data


def encode(knowledge: Knowledge) -> bytes:
    """Return `knowledge` as bytes."""
    head = json.dumps(asdict(knowledge.traits)).encode()
    vocabulary = pack(knowledge.vocabulary) if knowledge.vocabulary is not None else b""
    return len(head).to_bytes(4, "big") + head + vocabulary


def decode(data: bytes) -> Knowledge:
    """Read what `encode` wrote; raises ValueError, KeyError or TypeError for anything else."""
    size = int.from_bytes(data[:4], "big")
    fields = json.loads(data[4 : 4 + size])
    fill = fields.pop("fill")
    if fill is not None:
        fill = FillTokens(**{**fill, "ends": tuple(fill["ends"])})
    thinks, control = Thinks(fields.pop("thinks")), tuple(fields.pop("control"))
    traits = Traits(**fields, fill=fill, thinks=thinks, control=control)
    rest = data[4 + size :]
    return Knowledge(traits, unpack(rest) if rest else None)


if __name__ == "__main__":
    sys.stdout.buffer.write(asyncio.run(learn_here(sys.argv[1], sys.argv[2])))
