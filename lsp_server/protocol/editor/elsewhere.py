"""What the names at a place mean by the editor's own language servers, where clients tell it."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lsprotocol import types

from lsp_server.common.snapshot import Place
from lsp_server.common.text import Position
from lsp_server.context.elsewhere import FoundElsewhere
from lsp_server.protocol import messages
from lsp_server.protocol.convert import to_position
from lsp_server.protocol.documents import path_of

if TYPE_CHECKING:
    from lsp_server.protocol.session import Session

_NAME = re.compile(r"[^\W\d]\w{2,}")
_LINES_ABOVE = 12
_LINES_BELOW = 4
# A client asks its servers once for each of them.
_MOST_NAMES = 12


class ClientDefinitions:
    """Asks a client that announced `experimental.tandem.definitions` by `tandem/definitions`."""

    def __init__(self, session: "Session") -> None:
        self._session = session

    async def definitions(self, place: Place) -> Sequence[FoundElsewhere]:
        """Return what the client's other servers say that the names around `place` mean.

        Nothing for a document that has changed meanwhile or was closed. How long this may take is
        for the caller to say.
        """
        session, snapshot = self._session, place.snapshot
        positions = [
            to_position(position, snapshot.lines, session.profile.encoding)
            for position in names_near(snapshot.lines, place.position)
        ]
        if not positions or not session.is_current(snapshot):
            return ()
        identifier = types.TextDocumentIdentifier(snapshot.uri)
        params = messages.DefinitionsParams(identifier, positions)
        asking = session.server.protocol.send_request_async(messages.DEFINITIONS, params)
        told: messages.DefinitionsResult | None = await asking
        if told is None:
            return ()
        return [_found(one) for one in told.definitions if one.uri != snapshot.uri]


def names_near(lines: Sequence[str], position: Position) -> list[Position]:
    """Return where the names around `position` stand, each once, the nearest lines first."""
    nearest: dict[str, Position] = {}
    for number in _outwards(position.line, len(lines)):
        for match in reversed(list(_NAME.finditer(lines[number]))):
            nearest.setdefault(match.group(), Position(number, match.start()))
    return list(nearest.values())[:_MOST_NAMES]


def _outwards(line: int, count: int) -> Iterator[int]:
    for distance in range(_LINES_ABOVE + 1):
        if 0 <= line - distance < count:
            yield line - distance
        if 0 < distance <= _LINES_BELOW and line + distance < count:
            yield line + distance


def _found(one: messages.NamedDefinition) -> FoundElsewhere:
    path = path_of(one.uri)
    # Other documents than files, such as classes in an archive, are known by their address.
    key = path.as_posix() if path is not None else unquote(urlsplit(one.uri).path).lstrip("/")
    lines = (one.range.start.line, max(one.range.start.line, one.range.end.line))
    return FoundElsewhere(PurePosixPath(key).as_posix(), lines, one.name, one.text)
