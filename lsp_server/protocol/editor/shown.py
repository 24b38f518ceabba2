"""What the editor shows as wrong in a document, asked of clients that tell it."""

import asyncio
import logging

from lsprotocol import types

from lsp_server.common.problems import Problem
from lsp_server.protocol import messages
from lsp_server.protocol.convert import problem_of
from lsp_server.protocol.documents import Document
from lsp_server.protocol.session import Session

_SECONDS = 1.0
_log = logging.getLogger(__name__)


async def shown_problems(session: Session, document: Document) -> tuple[Problem, ...]:
    """Return what the editor shows in `document`; nothing where it does not tell in time.

    Diagnostics of another version than the document's are left out: their lines are not its own.
    """
    if not session.profile.tells_diagnostics:
        return ()
    snapshot, version = document.snapshot, document.version
    identifier = types.TextDocumentIdentifier(snapshot.uri)
    params = messages.DiagnosticsParams(identifier)
    try:
        async with asyncio.timeout(_SECONDS):
            asking = session.server.protocol.send_request_async(messages.DIAGNOSTICS, params)
            told: messages.DiagnosticsResult | None = await asking
    except Exception as error:  # noqa: BLE001 - a client without an answer costs a fix nothing
        _log.info("The editor did not tell its diagnostics: %s.", type(error).__name__)
        return ()
    if told is None or told.version != version or not session.is_current(snapshot):
        return ()
    return tuple(problem_of(diagnostic, document) for diagnostic in told.diagnostics)
