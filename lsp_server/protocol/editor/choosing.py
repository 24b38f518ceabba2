"""Lets the user choose between edits of the same task."""

import logging

from lsprotocol import types

from lsp_server.features.values import Choice, EditOutcome
from lsp_server.protocol.editor.applying import apply_outcome
from lsp_server.protocol.session import Session

_NEITHER = "Neither"
_log = logging.getLogger(__name__)


async def choose(session: Session, choice: Choice) -> None:
    """Ask which of the edits is to be made and make it; without an answer nothing changes."""
    titles = {_title(outcome): outcome for outcome in choice.outcomes}
    params = types.ShowMessageRequestParams(
        type=types.MessageType.Info,
        message="Both models have an answer. The first is the better one, by the tools.",
        actions=[*map(types.MessageActionItem, titles), types.MessageActionItem(_NEITHER)],
    )
    try:
        chosen = await session.server.window_show_message_request_async(params)
    except Exception as error:  # noqa: BLE001 - an editor that cannot ask has chosen nothing
        _log.info("The editor could not ask the user: %s.", type(error).__name__)
        return
    if chosen is not None and chosen.title in titles:
        await apply_outcome(session, titles[chosen.title])


def _title(outcome: EditOutcome) -> str:
    return f"{outcome.proof.engine}: {outcome.label}"
