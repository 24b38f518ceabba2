"""What the editor at the other end can do, as flags that are set once."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class PositionEncoding(StrEnum):
    """What a column counts (LSP 3.17, `PositionEncodingKind`)."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


@dataclass(frozen=True, slots=True)
class ClientProfile:
    """One editor's abilities. Features and handlers ask these flags, never the capabilities.

    `name` is what the editor calls itself; the flags say what it announced, except where an
    editor is known to do more than it announces.
    """

    name: str = ""
    encoding: PositionEncoding = PositionEncoding.UTF16
    inline_completion: bool = False
    code_action_literals: bool = False
    disabled_actions: bool = False
    preferred_actions: bool = False
    machine_made_tag: bool = False
    versioned_edits: bool = False
    change_annotations: bool = False
    new_files: bool = False
    edit_metadata: bool = False
    apply_edit: bool = False
    confirms_edits: bool = False
    work_done_progress: bool = False
    show_document: bool = False
    documents_from_server: bool = False
    speaks_tandem: bool = False
    takes_questions: bool = False
    tells_diagnostics: bool = False
    tells_definitions: bool = False
    pulls_configuration: bool = False
    registers_configuration: bool = False
    registers_watchers: bool = False
    registers_completion: bool = False


def profile_of(initialize: Mapping[str, Any]) -> ClientProfile:
    """Return the profile of the client that sent these params of `initialize`.

    Takes plain JSON and never raises: a value of an unknown shape counts as not announced, so
    that no editor is turned away for a capability that is newer than we are.
    """
    capabilities = _Tree(initialize.get("capabilities"))
    name = str(_Tree(initialize.get("clientInfo")).at("name") or "")
    edit = capabilities.within("workspace", "workspaceEdit")
    action = capabilities.within("textDocument", "codeAction")
    announces_edits = capabilities.at("workspace", "applyEdit") is True
    return ClientProfile(
        name=name,
        encoding=_encoding(capabilities.at("general", "positionEncodings")),
        inline_completion=capabilities.has("textDocument", "inlineCompletion"),
        code_action_literals=action.has("codeActionLiteralSupport"),
        disabled_actions=action.at("disabledSupport") is True,
        preferred_actions=action.at("isPreferredSupport") is True,
        machine_made_tag=_LLM_GENERATED in _list(action.at("tagSupport", "valueSet")),
        versioned_edits=_takes_document_changes(edit),
        change_annotations=edit.has("changeAnnotationSupport"),
        new_files="create" in _list(edit.at("resourceOperations")),
        edit_metadata=edit.at("metadataSupport") is True,
        apply_edit=announces_edits or _is_ale(capabilities, name),
        confirms_edits=announces_edits,
        work_done_progress=capabilities.at("window", "workDoneProgress") is True,
        show_document=_shows_documents(capabilities, name),
        documents_from_server=capabilities.has("workspace", "textDocumentContent"),
        speaks_tandem=capabilities.has("experimental", "tandem"),
        takes_questions=capabilities.at("experimental", "tandem", "questions") is True,
        tells_diagnostics=capabilities.at("experimental", "tandem", "diagnostics") is True,
        tells_definitions=capabilities.at("experimental", "tandem", "definitions") is True,
        pulls_configuration=capabilities.at("workspace", "configuration") is True,
        registers_configuration=_registers(capabilities, "workspace", "didChangeConfiguration"),
        registers_watchers=_registers(capabilities, "workspace", "didChangeWatchedFiles"),
        registers_completion=_registers(capabilities, "textDocument", "completion"),
    )


# CodeActionTag.LLMGenerated in LSP 3.18.
_LLM_GENERATED = 1


def _takes_document_changes(edit: "_Tree") -> bool:
    # File operations can only stand in `documentChanges`; Neovim 0.11 announces just them.
    return edit.at("documentChanges") is True or bool(_list(edit.at("resourceOperations")))


def _is_ale(capabilities: "_Tree", name: str) -> bool:
    # Vim's ALE makes the edits that it is sent, although it denies it, and never answers. It has
    # no name; other clients leave out what they cannot do instead of denying it.
    return not name and capabilities.at("workspace", "applyEdit") is False


def _shows_documents(capabilities: "_Tree", name: str) -> bool:
    # Helix up to 25.07 opens documents on request, but does not announce it.
    announced = capabilities.at("window", "showDocument", "support") is True
    return announced or name.lower() == "helix"


def _registers(capabilities: "_Tree", *path: str) -> bool:
    return capabilities.at(*path, "dynamicRegistration") is True


def _encoding(offered: Any) -> PositionEncoding:
    """Return the client's first choice that we know; utf-16 is what silence means."""
    for name in _list(offered):
        if name in list(PositionEncoding):
            return PositionEncoding(name)
    return PositionEncoding.UTF16


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


class _Tree:
    """Lookups in nested JSON that find nothing where a level is missing or no object."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def at(self, *path: str) -> Any:
        value = self._value
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def within(self, *path: str) -> "_Tree":
        return _Tree(self.at(*path))

    def has(self, *path: str) -> bool:
        """Whether an object or true stands there; null and false announce nothing."""
        value = self.at(*path)
        return value is not None and value is not False
