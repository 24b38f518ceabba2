"""Answers as documents that the server itself serves (LSP 3.18, workspace/textDocumentContent)."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from lsp_server.protocol.wire.base import TandemServer

if TYPE_CHECKING:
    from concurrent.futures import Future

_SECONDS_BETWEEN = 0.15
_log = logging.getLogger(__name__)


class ServedAnswer:
    """One read-only document that the editor fetches anew whenever we ask it to."""

    def __init__(self, server: TandemServer, uri: str) -> None:
        self.uri = uri
        self.text = ""
        self._server = server
        self._timer: asyncio.TimerHandle | None = None
        self._refreshing: Future[Any] | None = None

    async def open(self, text: str) -> None:
        """Show the document."""
        self.text = text
        self._server.window_show_document(
            types.ShowDocumentParams(
                uri=self.uri, take_focus=True, selection=beginning_of_document()
            )
        )

    def update(self, text: str) -> None:
        """Show the text, soon."""
        self.text = text
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_SECONDS_BETWEEN, self._refresh)

    async def finish(self, text: str) -> None:
        """Show the last text."""
        self.text = text
        if self._timer is not None:
            self._timer.cancel()
        self._send_refresh()

    def _refresh(self) -> None:
        self._timer = None
        if self._refreshing is not None and not self._refreshing.done():
            # The editor is still fetching; a second request would only queue behind it.
            self.update(self.text)
            return
        self._send_refresh()

    def _send_refresh(self) -> None:
        params = types.TextDocumentContentRefreshParams(uri=self.uri)
        self._refreshing = self._server.workspace_text_document_content_refresh(params)


def beginning_of_document() -> types.Range:
    """Return the selection to show a document with; one editor hangs without any."""
    return types.Range(types.Position(0, 0), types.Position(0, 0))
