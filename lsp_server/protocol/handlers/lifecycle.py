"""initialized."""

from lsprotocol import types

from lsp_server.protocol.session import Session


def initialized(session: Session, _params: types.InitializedParams) -> None:
    """Make the features, now that the editor no longer waits for us."""
    _ = session.features
