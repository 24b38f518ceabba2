"""workspace/executeCommand: each command answers at once and goes on in the background.

Editors cut a request off after 10 or 20 seconds, and one of them stands still meanwhile.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.protocol.editor.capabilities import (
    ACCEPTED_COMMAND,
    ACTION_COMMAND,
    ASK_COMMAND,
    PULL_COMMAND,
    STATUS_COMMAND,
)
from lsp_server.protocol.editor.pulling import pull, pull_missing
from lsp_server.protocol.editor.status import status_params
from lsp_server.protocol.handlers.acceptance import accepted
from lsp_server.protocol.handlers.ask import question_of
from lsp_server.protocol.messages import ActionArguments, AskParams, PullArguments
from lsp_server.protocol.running import put_question, run_action
from lsp_server.protocol.session import Session


def execute_command(session: Session, params: types.ExecuteCommandParams) -> Any:
    """Start what the command stands for; raises JsonRpcInvalidParams."""
    run = _COMMANDS.get(params.command)
    if run is None:
        raise JsonRpcInvalidParams(f"There is no command {params.command!r}.")
    first = params.arguments[0] if params.arguments else {}
    return run(session, first)


def _action(session: Session, argument: Any) -> None:
    run_action(session, _read(session, argument, ActionArguments))


def _ask(session: Session, argument: Any) -> None:
    if isinstance(argument, str):
        argument = {"question": argument}
    put_question(session, question_of(session, _read(session, argument, AskParams)))


def _pull(session: Session, argument: Any) -> None:
    model = _read(session, argument, PullArguments).model
    if model:
        pull(session, model)
    else:
        pull_missing(session)


def _status(session: Session, _argument: Any) -> Any:
    return session.server.to_json(status_params(session.features.model_house.status))


def _read(session: Session, argument: Any, record: type[Any]) -> Any:
    try:
        return session.server.from_json(argument, record)
    except Exception as error:
        wanted = record.__name__
        raise JsonRpcInvalidParams(f"The argument does not fit {wanted}.") from error


_COMMANDS: Mapping[str, Callable[[Session, Any], Any]] = {
    ACTION_COMMAND: _action,
    ASK_COMMAND: _ask,
    PULL_COMMAND: _pull,
    STATUS_COMMAND: _status,
    ACCEPTED_COMMAND: accepted,
}
