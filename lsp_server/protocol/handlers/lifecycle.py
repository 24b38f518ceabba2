"""initialized."""

from lsprotocol import types

from lsp_server.common.garbage import tidy_up
from lsp_server.protocol.editor.configuring import (
    offer_list_item,
    pull_settings,
    register_with_client,
)
from lsp_server.protocol.editor.status import watch_models
from lsp_server.protocol.session import Session


def initialized(session: Session, _params: types.InitializedParams) -> None:
    """Make the features, now that the editor no longer waits for us, and ask what it has to say."""
    register_with_client(session)
    offer_list_item(session)
    if session.profile.pulls_configuration:
        session.tasks.spawn(pull_settings(session))
    watch_models(session)
    # What was imported lives as long as the process: a collection that looks at all of it again
    # would be felt between two keys.
    tidy_up()
