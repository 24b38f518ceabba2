"""textDocument/didOpen, didChange, didSave and didClose."""

from lsprotocol import types

from lsp_server.protocol.editor.capabilities import ANSWER_SCHEME
from lsp_server.protocol.messages import FocusParams
from lsp_server.protocol.session import Session


def did_open(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    """Take up a document; our own answers are no code."""
    if params.text_document.uri.startswith(f"{ANSWER_SCHEME}:"):
        return
    document = session.documents.open(params.text_document)
    session.features.watcher.opened(document.snapshot)


def did_change(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    """Change a document; a change of one that is not open is ignored."""
    changed = session.documents.change(params)
    if changed is not None:
        document, edits = changed
        session.features.watcher.changed(document.snapshot, edits)


def did_focus(session: Session, params: FocusParams) -> None:
    """Tell which open document the user looks at now."""
    document = params.text_document and session.documents.get(params.text_document.uri)
    if document:
        session.features.watcher.focused(document.snapshot)


def did_save(session: Session, params: types.DidSaveTextDocumentParams) -> None:
    """Tell that a document now stands on disk."""
    document = session.documents.get(params.text_document.uri)
    if document is not None:
        session.features.watcher.saved(document.snapshot)


def did_close(session: Session, params: types.DidCloseTextDocumentParams) -> None:
    """Forget a document; closing an answer ends the work on it."""
    uri = params.text_document.uri
    session.answers.closed(uri)
    session.schedule.forget(uri)
    document = session.documents.close(uri)
    if document is not None:
        session.features.watcher.closed(document.snapshot)
