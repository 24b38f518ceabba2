"""From a greeted client to a session whose handlers are in place."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from lsp_server.protocol.editor.capabilities import announces_list_item
from lsp_server.protocol.editor.profile import ClientProfile
from lsp_server.protocol.feature_set import Host
from lsp_server.protocol.handlers.table import ROUTES
from lsp_server.protocol.session import Session
from lsp_server.protocol.wire.base import TandemServer
from lsp_server.protocol.wire.greeting import editor_values, list_item_of
from lsp_server.protocol.wire.transport import Wire


def open_session(
    host: Host, wire: Wire, initialize: Mapping[str, Any], profile: ClientProfile
) -> Session:
    """Return a session on `wire`, with the settings and folders that `initialize` told."""
    server = TandemServer()
    server.protocol.wire = wire
    session = Session(server, host, profile)
    for route in ROUTES:
        server.feature(route.method)(partial(session.schedule.call, route, session))
    options = initialize.get("initializationOptions")
    session.trusted = isinstance(options, Mapping) and options.get("trusted") is True
    session.has_list_item = announces_list_item(profile, list_item_of(initialize))
    session.take_roots(initialize)
    session.change_settings(editor_values(options))
    return session
