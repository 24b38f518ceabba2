"""Downloads models that are missing, after the user has said yes."""

import logging
from functools import partial

from lsprotocol import types

from lsp_server.common.errors import TandemError
from lsp_server.common.progress import Progress
from lsp_server.features.values import ModelNotice
from lsp_server.protocol.session import Session

_LATER = "Not now"
_log = logging.getLogger(__name__)


async def offer_pull(session: Session, notice: ModelNotice) -> None:
    """Ask the user whether the missing model is to be downloaded, and do it on yes."""
    yes = f"Pull {notice.missing}"
    params = types.ShowMessageRequestParams(
        type=types.MessageType.Warning,
        message=f"{notice.sentence} {notice.advice}".strip(),
        actions=[types.MessageActionItem(yes), types.MessageActionItem(_LATER)],
    )
    try:
        choice = await session.server.window_show_message_request_async(params)
    except Exception as error:  # noqa: BLE001 - an editor that cannot ask has said no
        _log.info("The editor could not ask the user: %s.", type(error).__name__)
        return
    if choice is not None and choice.title == yes:
        pull(session, notice.missing)


def pull_missing(session: Session) -> None:
    """Download every model that is missing."""
    notices = session.features.model_house.status.notices
    names = list(dict.fromkeys(notice.missing for notice in notices if notice.missing))
    for name in names:
        pull(session, name)
    if not names:
        session.show("No model is missing.")


def pull(session: Session, name: str) -> None:
    """Download a model in the background, with progress, and say how it ended."""
    session.tasks.start(f"Pulling {name}", partial(_pull, session, name))


async def _pull(session: Session, name: str, progress: Progress) -> None:
    house = session.features.model_house
    try:
        await house.pull(name, progress)
    except TandemError as error:
        session.show(str(error), types.MessageType.Error)
        return
    session.show(f"{name} is here now.")
    await house.refresh()
