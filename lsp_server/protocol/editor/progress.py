"""One line of work-done progress in the editor (LSP 3.18, Work Done Progress)."""

import asyncio
import logging
import uuid
from typing import Any

from lsprotocol import types

from lsp_server.protocol.wire.base import TandemServer

Token = int | str
# Editors show the last message only; more than ten a second are noise.
_SECONDS_BETWEEN = 0.1
_log = logging.getLogger(__name__)


class ProgressLine:
    """Progress of one task, under the client's token or one of our own.

    Reports that come faster than ten a second are joined; the newest is shown. Nothing is sent
    before the client has accepted our token, and nothing after `end`.
    """

    def __init__(
        self,
        server: TandemServer,
        title: str,
        *,
        token: Token | None = None,
        can_make_token: bool = False,
    ) -> None:
        self.token: Token = token if token is not None else f"tandem-{uuid.uuid4()}"
        self._server = server
        self._title = title
        self._given = token is not None
        self._can_make_token = can_make_token
        self._is_open = False
        self._ended = False
        self._latest: dict[str, Any] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Show the title; returns before the client has answered."""
        if self._given:
            self._open()
        elif self._can_make_token:
            params = types.WorkDoneProgressCreateParams(token=self.token)
            created = self._server.window_work_done_progress_create(params)
            loop = asyncio.get_running_loop()
            created.add_done_callback(lambda _done: loop.call_soon(self._accepted, created))

    def report(self, message: str, percent: int | None = None) -> None:
        """Show `message`; `percent` runs from 0 to 100 where the end is known."""
        self._latest = {"message": message}
        if percent is not None:
            self._latest["percentage"] = max(0, min(100, percent))
        if self._is_open and self._timer is None:
            self._flush()

    def end(self) -> None:
        """Take the line away."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_open:
            self._is_open = False
            self._send({"kind": "end"})
        self._ended = True

    def _accepted(self, created: Any) -> None:
        if created.cancelled():
            return
        if created.exception() is not None:
            _log.info("The editor refused a progress token.")
            return
        self._open()
        if self._ended:
            self.end()

    def _open(self) -> None:
        begin = {"kind": "begin", "title": self._title, "cancellable": True}
        if self._latest is not None and "percentage" in self._latest:
            begin["percentage"] = 0
        self._send(begin)
        self._is_open = True
        if self._latest is not None:
            self._flush()

    def _flush(self) -> None:
        self._timer = None
        latest, self._latest = self._latest, None
        if latest is None or not self._is_open:
            return
        self._send({"kind": "report", "cancellable": True, **latest})
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_SECONDS_BETWEEN, self._flush)

    def _send(self, value: dict[str, Any]) -> None:
        self._server.progress(types.ProgressParams(token=self.token, value=value))
