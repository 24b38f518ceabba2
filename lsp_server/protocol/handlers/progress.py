"""window/workDoneProgress/cancel."""

from lsprotocol import types

from lsp_server.protocol.session import Session


def cancel_progress(session: Session, params: types.WorkDoneProgressCancelParams) -> None:
    """End the task whose line of progress the user has dismissed."""
    session.tasks.cancel(params.token)
