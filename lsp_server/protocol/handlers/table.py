"""Every method that is handled, with its class: the one place to look for what runs when."""

from lsprotocol import types

from lsp_server.protocol import messages
from lsp_server.protocol.handlers.acceptance import did_accept_partly, did_show
from lsp_server.protocol.handlers.answer_document import answer_document
from lsp_server.protocol.handlers.ask import ask
from lsp_server.protocol.handlers.code_action import code_action
from lsp_server.protocol.handlers.command import execute_command
from lsp_server.protocol.handlers.completion import completion, no_items
from lsp_server.protocol.handlers.configuration import did_change_configuration, did_change_trust
from lsp_server.protocol.handlers.documents import (
    did_change,
    did_close,
    did_focus,
    did_open,
    did_save,
)
from lsp_server.protocol.handlers.inline_completion import inline_completion, nothing_inline
from lsp_server.protocol.handlers.lifecycle import initialized
from lsp_server.protocol.handlers.progress import cancel_progress
from lsp_server.protocol.handlers.workspace import did_change_files, did_change_folders
from lsp_server.protocol.schedule import Latency, Route

_TYPING, _USER, _BACKGROUND = Latency.TYPING, Latency.USER, Latency.BACKGROUND

ROUTES: tuple[Route, ...] = (
    Route(types.INITIALIZED, initialized, _USER),
    Route(types.TEXT_DOCUMENT_DID_OPEN, did_open, _TYPING),
    Route(types.TEXT_DOCUMENT_DID_CHANGE, did_change, _TYPING),
    Route(types.TEXT_DOCUMENT_DID_SAVE, did_save, _USER),
    Route(types.TEXT_DOCUMENT_DID_CLOSE, did_close, _USER),
    Route(types.TEXT_DOCUMENT_INLINE_COMPLETION, inline_completion, _TYPING, nothing_inline),
    Route(types.TEXT_DOCUMENT_COMPLETION, completion, _TYPING, no_items),
    Route(types.TEXT_DOCUMENT_CODE_ACTION, code_action, _USER),
    Route(types.WORKSPACE_EXECUTE_COMMAND, execute_command, _USER),
    Route(types.WORKSPACE_TEXT_DOCUMENT_CONTENT, answer_document, _USER),
    Route(types.WORKSPACE_DID_CHANGE_CONFIGURATION, did_change_configuration, _USER),
    Route(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, did_change_folders, _USER),
    Route(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, did_change_files, _BACKGROUND),
    Route(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, cancel_progress, _USER),
    Route(messages.DID_FOCUS, did_focus, _USER),
    Route(messages.DID_SHOW, did_show, _BACKGROUND),
    Route(messages.DID_ACCEPT_PARTLY, did_accept_partly, _USER),
    Route(messages.ASK, ask, _USER),
    Route(messages.TRUST, did_change_trust, _USER),
)
