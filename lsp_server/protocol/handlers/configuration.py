"""workspace/didChangeConfiguration and tandem/didChangeTrust."""

from collections.abc import Mapping

from lsprotocol import types

from lsp_server.protocol.editor.configuring import pull_settings, take_settings
from lsp_server.protocol.messages import TrustParams
from lsp_server.protocol.session import Session

_SECTION = "tandem"


def did_change_configuration(session: Session, params: types.DidChangeConfigurationParams) -> None:
    """Take the new settings, or ask for them where the editor only says that there are some."""
    settings = params.settings
    values = settings.get(_SECTION) if isinstance(settings, Mapping) else None
    if isinstance(values, Mapping):
        take_settings(session, values)
    elif session.profile.pulls_configuration:
        session.tasks.spawn(pull_settings(session))


def did_change_trust(session: Session, params: TrustParams) -> None:
    """Take note of whether the user trusts the workspace; its own settings follow."""
    if params.trusted is not session.trusted:
        session.trusted = params.trusted
        session.reload_settings()
