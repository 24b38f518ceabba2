"""Every method that is handled, with its class: the one place to look for what runs when."""

from lsprotocol import types

from lsp_server.protocol.handlers.documents import did_change, did_close, did_open, did_save
from lsp_server.protocol.handlers.inline_completion import inline_completion, nothing_inline
from lsp_server.protocol.handlers.lifecycle import initialized
from lsp_server.protocol.schedule import Latency, Route

ROUTES: tuple[Route, ...] = (
    Route(types.INITIALIZED, initialized, Latency.USER),
    Route(types.TEXT_DOCUMENT_DID_OPEN, did_open, Latency.TYPING),
    Route(types.TEXT_DOCUMENT_DID_CHANGE, did_change, Latency.TYPING),
    Route(types.TEXT_DOCUMENT_DID_SAVE, did_save, Latency.USER),
    Route(types.TEXT_DOCUMENT_DID_CLOSE, did_close, Latency.USER),
    Route(
        types.TEXT_DOCUMENT_INLINE_COMPLETION,
        inline_completion,
        Latency.TYPING,
        superseded=nothing_inline,
    ),
)
