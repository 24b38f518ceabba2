"""What becomes of suggestions: the command of an accepted item, and two notifications."""

from typing import Any

from lsprotocol import types

from lsp_server.features.values import Suggestion
from lsp_server.protocol.editor.capabilities import ACCEPTED_COMMAND
from lsp_server.protocol.editor.profile import PositionEncoding
from lsp_server.protocol.messages import AcceptedPartlyParams, ShownParams
from lsp_server.protocol.session import Session
from lsp_server.protocol.units import column_of_units

_TITLE = "Count an accepted suggestion"


def accepted_command(session: Session, uri: str, suggestion: Suggestion) -> types.Command:
    """Keep the suggestion and return the command that the editor runs when it is accepted."""
    session.features.counter.offered(suggestion)
    name = session.offered.add(uri, suggestion)
    return types.Command(title=_TITLE, command=ACCEPTED_COMMAND, arguments=[name])


def accepted(session: Session, name: Any) -> None:
    """Count a suggestion that was taken whole."""
    offered = session.offered.take(str(name))
    if offered is not None:
        length = len(offered.suggestion.text)
        session.features.counter.accepted(offered.uri, offered.suggestion, length)


def did_show(session: Session, params: ShownParams) -> None:
    """Count a suggestion that was shown."""
    offered = session.offered.get(_name_of(params.item))
    if offered is not None:
        session.features.counter.shown(offered.suggestion)


def did_accept_partly(session: Session, params: AcceptedPartlyParams) -> None:
    """Count a suggestion of which a part was taken."""
    name = _name_of(params.item)
    offered = session.offered.get(name)
    if offered is None:
        return
    text = offered.suggestion.text
    taken = column_of_units(text, params.accepted_length, PositionEncoding.UTF16)
    if taken >= len(text):
        accepted(session, name)
    elif session.offered.begin(name) is not None:
        session.features.counter.accepted(offered.uri, offered.suggestion, taken)


def _name_of(item: Any) -> str:
    """Return the name that we gave an item; empty if it is none of ours."""
    command = item.get("command")
    arguments = command.get("arguments") if isinstance(command, dict) else None
    return str(arguments[0]) if isinstance(arguments, list) and arguments else ""
