"""What the user learns of the models: the status for our own clients, notices for all."""

from lsprotocol import types

from lsp_server.features.values import EngineStatus, ModelNotice
from lsp_server.protocol import messages
from lsp_server.protocol.editor.pulling import offer_pull
from lsp_server.protocol.session import Session


def status_params(status: EngineStatus) -> messages.StatusParams:
    """Return the status as it is sent."""
    notices = [
        messages.Notice(notice.key, notice.sentence, notice.advice, notice.missing)
        for notice in status.notices
    ]
    return messages.StatusParams(
        executor=status.executor,
        planner=status.planner,
        state=status.state,
        detail=dict(status.detail),
        notices=notices,
        executor_in_memory=status.executor_in_memory,
    )


def watch_models(session: Session) -> None:
    """Tell the user about the models, now and whenever something changes."""
    teller = _Teller(session)
    house = session.features.model_house
    house.subscribe(teller.tell)
    teller.tell(house.status)


class _Teller:
    """Says each thing once: the same notice twice in a session is noise."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._said: set[str] = set()
        self._last: EngineStatus | None = None

    def tell(self, status: EngineStatus) -> None:
        if status == self._last or self._session.is_closed:
            return
        self._last = status
        # Other editors warn about a notification that they do not know.
        if self._session.profile.speaks_tandem:
            self._session.server.protocol.notify(messages.STATUS, status_params(status))
        for notice in status.notices:
            if notice.key not in self._said:
                self._said.add(notice.key)
                self._say(notice)

    def _say(self, notice: ModelNotice) -> None:
        if notice.missing:
            self._session.tasks.spawn(offer_pull(self._session, notice))
        else:
            text = f"{notice.sentence} {notice.advice}".strip()
            self._session.show(text, types.MessageType.Info)
