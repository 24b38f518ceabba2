"""What the server announces, as the plain JSON of an `InitializeResult` (LSP 3.18)."""

from typing import Any

from lsp_server.protocol.editor.profile import ClientProfile

ANSWER_SCHEME = "tandem-answer"
ACTION_COMMAND = "tandem.action"
ASK_COMMAND = "tandem.ask"
PULL_COMMAND = "tandem.pull"
STATUS_COMMAND = "tandem.status"
ACCEPTED_COMMAND = "tandem.accepted"
COMMANDS = (ACTION_COMMAND, ASK_COMMAND, PULL_COMMAND, STATUS_COMMAND, ACCEPTED_COMMAND)
ACTION_KINDS = ("quickfix", "refactor.rewrite", "refactor", "source", "source.fixAll")

_INCREMENTAL = 2


def initialize_result(
    profile: ClientProfile, version: str, *, list_item: str = "auto"
) -> dict[str, Any]:
    """Return the answer to `initialize` for this client.

    `list_item` is the setting `completion.list_item` as far as the client has sent it by now.
    """
    capabilities: dict[str, Any] = {
        "positionEncoding": profile.encoding.value,
        "textDocumentSync": {
            "openClose": True,
            "change": _INCREMENTAL,
            "save": {"includeText": False},
        },
        "inlineCompletionProvider": {},
        "codeActionProvider": _code_actions(profile),
        "executeCommandProvider": {"commands": list(COMMANDS), "workDoneProgress": True},
        "workspace": _workspace(profile),
        "experimental": {"tandem": {"ask": True, "status": True}},
    }
    if announces_list_item(profile, list_item):
        capabilities["completionProvider"] = {"resolveProvider": False}
    return {
        "capabilities": capabilities,
        "serverInfo": {"name": "tandem-ls", "version": version},
    }


def announces_list_item(profile: ClientProfile, list_item: str) -> bool:
    """Whether `textDocument/completion` is announced in the answer to `initialize`."""
    return list_item == "on" or (list_item != "off" and not profile.inline_completion)


def _code_actions(profile: ClientProfile) -> Any:
    # CodeActionOptions may only be sent to a client that knows code action literals.
    return {"codeActionKinds": list(ACTION_KINDS)} if profile.code_action_literals else True


def _workspace(profile: ClientProfile) -> dict[str, Any]:
    workspace: dict[str, Any] = {
        "workspaceFolders": {"supported": True, "changeNotifications": True}
    }
    if profile.documents_from_server:
        workspace["textDocumentContent"] = {"schemes": [ANSWER_SCHEME]}
    return workspace
