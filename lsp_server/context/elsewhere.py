"""Definitions that somebody else finds: the seam for the language servers that a client runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from lsp_server.common.blocks import Depth
from lsp_server.common.secrecy import is_secret
from lsp_server.common.snapshot import Place
from lsp_server.context.index.messages import Piece

log = logging.getLogger(__name__)

# Asked at a change of file only, and for suggestions behind the keys.
_MOST_SECONDS = 0.25
_MOST_PIECES = 12
_MOST_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class FoundElsewhere:
    """A definition: its file's path, its first and last line from zero, its name and its header."""

    path: str
    lines: tuple[int, int]
    name: str
    text: str


class DefinitionSource(Protocol):
    """Who knows what names at a place mean, by asking other language servers for instance."""

    async def definitions(self, place: Place) -> Sequence[FoundElsewhere]:
        """Return the definitions of what is named around `place`, the most telling first."""
        ...


Namer = Callable[[FoundElsewhere], Awaitable[str]]


async def as_found(found: FoundElsewhere) -> str:
    """Return the path as it was found: for those who have no index."""
    return found.path


async def told_by(source: DefinitionSource, place: Place, name_of: Namer = as_found) -> list[Piece]:
    """Return what `source` knows as pieces of a prompt; nothing if it is late or fails.

    `name_of` gives the name under which a definition's file is shown, empty for what the index
    knows itself. Secret files stay out, whoever found something in them.
    """
    try:
        found = await asyncio.wait_for(source.definitions(place), _MOST_SECONDS)
    except Exception as error:  # noqa: BLE001 - whatever ails another server, the prompt must come
        log.info("Nobody else told what names mean: %s", type(error).__name__)
        return []
    told = []
    for one in found[:_MOST_PIECES]:
        name = "" if is_secret(PurePosixPath(one.path).name) else await name_of(one)
        if name:
            told.append(_piece(name, one))
    return told


def _piece(path: str, one: FoundElsewhere) -> Piece:
    return Piece(
        path,
        one.text[:_MOST_CHARACTERS].rstrip("\n") + "\n",
        {one.name: Depth.SIGNATURE},
        one.lines,
        1.0,
        "named here, by the editor's own language server",
    )
