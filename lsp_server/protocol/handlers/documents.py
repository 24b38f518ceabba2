"""textDocument/didOpen, didChange, didSave and didClose."""

from lsprotocol import types

from lsp_server.protocol.session import Session


def did_open(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    """Take up a document."""
    document = session.documents.open(params.text_document)
    session.features.watcher.opened(document.snapshot)


def did_change(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    """Change a document; a change of one that is not open is ignored."""
    changed = session.documents.change(params)
    if changed is not None:
        document, edits = changed
        session.features.watcher.changed(document.snapshot, edits)


def did_save(session: Session, params: types.DidSaveTextDocumentParams) -> None:
    """Tell that a document now stands on disk."""
    document = session.documents.get(params.text_document.uri)
    if document is not None:
        session.features.watcher.saved(document.snapshot)


def did_close(session: Session, params: types.DidCloseTextDocumentParams) -> None:
    """Forget a document."""
    document = session.documents.close(params.text_document.uri)
    session.schedule.forget(params.text_document.uri)
    if document is not None:
        session.features.watcher.closed(document.snapshot)
