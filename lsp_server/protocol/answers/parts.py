"""Answers to clients of our own: the parts as partial results of the request."""

import asyncio

from lsprotocol import types

from lsp_server.features.values import AnswerPart, PartKind
from lsp_server.protocol.editor.progress import Token
from lsp_server.protocol.wire.base import TandemServer

# Twenty messages a second look like a stream and cost an editor nothing.
_SECONDS_BETWEEN = 0.05


class PartStream:
    """Sends parts under the client's token; parts of one kind that come close are joined."""

    def __init__(self, server: TandemServer, token: Token | None) -> None:
        self._server = server
        self._token = token
        self._waiting: list[AnswerPart] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, part: AnswerPart) -> None:
        """Send a part, soon."""
        if self._token is None:
            return
        self._waiting.append(part)
        if self._timer is None:
            self._flush()

    def finish(self) -> None:
        """Send what waits."""
        if self._timer is not None:
            self._timer.cancel()
        self._send_waiting()

    def _flush(self) -> None:
        self._timer = None
        if self._waiting:
            self._send_waiting()
            self._timer = asyncio.get_running_loop().call_later(_SECONDS_BETWEEN, self._flush)

    def _send_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for kind, text in _joined(waiting):
            value = {"kind": kind.value, "text": text}
            self._server.progress(types.ProgressParams(token=self._token or "", value=value))


def _joined(parts: list[AnswerPart]) -> list[tuple[PartKind, str]]:
    """Join neighbours of one kind; each note stays a part of its own."""
    joined: list[tuple[PartKind, str]] = []
    for part in parts:
        if joined and joined[-1][0] is part.kind is not PartKind.NOTE:
            joined[-1] = (part.kind, joined[-1][1] + part.text)
        else:
            joined.append((part.kind, part.text))
    return joined
