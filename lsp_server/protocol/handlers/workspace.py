"""workspace/didChangeWorkspaceFolders and workspace/didChangeWatchedFiles."""

from lsprotocol import types

from lsp_server.protocol.documents import path_of
from lsp_server.protocol.editor.configuring import take_changed_files
from lsp_server.protocol.session import Session


def did_change_folders(session: Session, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Take up new folders and forget removed ones."""
    removed = {path_of(folder.uri) for folder in params.event.removed}
    added = [path_of(folder.uri) for folder in params.event.added]
    kept = [root for root in session.roots if root not in removed]
    kept += [path for path in added if path is not None and path not in kept]
    session.roots = tuple(kept)
    session.reload_settings()
    session.features.watcher.roots_changed(session.roots)


def did_change_files(session: Session, params: types.DidChangeWatchedFilesParams) -> None:
    """Pass on what changed on disk; a changed project file changes the settings."""
    paths = [path for change in params.changes if (path := path_of(change.uri)) is not None]
    take_changed_files(session, paths)
