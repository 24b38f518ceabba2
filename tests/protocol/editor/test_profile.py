import json
from pathlib import Path
from typing import Any

import pytest

from lsp_server.protocol.editor.capabilities import initialize_result
from lsp_server.protocol.editor.profile import ClientProfile, PositionEncoding, profile_of
from tests.protocol.editors import EDITORS, announced_by

# Per editor: encoding, ghost text, served documents, shows documents, versioned edits,
# annotations, disabled actions, the tag for machine-made actions, new files, watched files.
TABLE: dict[str, tuple[str, str]] = {
    "Visual Studio Code": (
        "utf-16",
        "ghost served shows versioned annotated disabled tag new watch",
    ),
    "Neovim 0.11": ("utf-8", "shows versioned new"),
    "Neovim 0.12": ("utf-8", "ghost shows versioned annotated disabled new"),
    "helix": ("utf-8", "shows versioned disabled new watch"),
    "Emacs": ("utf-32", "shows versioned watch"),
    "emacs lsp-mode": ("utf-32", "shows versioned new watch"),
    "Zed": ("utf-16", "versioned new watch"),
    "LSP4IJ": ("utf-16", "ghost shows versioned new watch"),
}
# The same for what editors really sent, with what only some of them announce.
RECORDED: dict[str, tuple[str, str]] = {
    "coc-0.0.82": (
        "utf-16",
        "ghost served shows versioned annotated disabled new watch edits confirms pulls progress",
    ),
    "emacs-28.2-eglot-1.9": ("utf-16", "versioned watch edits confirms pulls"),
    "emacs-28.2-lsp-mode-10.0": (
        "utf-32",
        "shows versioned new watch edits confirms pulls progress",
    ),
    "helix-25.07.1": ("utf-8", "shows versioned disabled new watch edits confirms pulls progress"),
    "neovim-0.10.4": ("utf-16", "shows versioned new edits confirms pulls progress"),
    "neovim-0.10.4-with-plugin": (
        "utf-16",
        "ghost shows versioned new edits confirms pulls progress ours questions tells",
    ),
    "neovim-0.12.4": (
        "utf-8",
        "ghost shows versioned annotated disabled new edits confirms pulls progress",
    ),
    "neovim-0.12.4-with-plugin": (
        "utf-8",
        (
            "ghost shows versioned annotated disabled new edits confirms pulls progress ours "
            "questions tells"
        ),
    ),
    "neovim-0.11.4": ("utf-8", "shows versioned new edits confirms pulls progress"),
    "neovim-0.11.4-with-plugin": (
        "utf-8",
        "ghost shows versioned new edits confirms pulls progress ours questions tells",
    ),
    "sublime-lsp-2.13": (
        "utf-16",
        "served shows versioned annotated tag new edits confirms pulls progress",
    ),
    "vim-9.0-ale-3.3": ("utf-16", "edits"),
    "vscode-1.139-with-extension": (
        "utf-16",
        (
            "ghost served shows versioned annotated disabled tag new watch edits confirms pulls "
            "progress ours questions tells"
        ),
    ),
}
FLAGS = {
    "ghost": "inline_completion",
    "served": "documents_from_server",
    "shows": "show_document",
    "versioned": "versioned_edits",
    "annotated": "change_annotations",
    "disabled": "disabled_actions",
    "tag": "machine_made_tag",
    "new": "new_files",
    "watch": "registers_watchers",
}
MORE_FLAGS = {
    **FLAGS,
    "edits": "apply_edit",
    "confirms": "confirms_edits",
    "pulls": "pulls_configuration",
    "progress": "work_done_progress",
    "ours": "speaks_tandem",
    "questions": "takes_questions",
    "tells": "tells_diagnostics",
}
CLIENTS = Path(__file__).parents[1] / "clients"


def test_every_recorded_editor_is_in_the_table() -> None:
    assert {path.stem for path in CLIENTS.glob("*.json")} == RECORDED.keys()


def sent_by(name: str) -> Any:
    """Return the params of `initialize` of an editor of either table."""
    if name in TABLE:
        return announced_by(name)
    return json.loads((CLIENTS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_editor_gets_the_flags_of_what_it_sent(name: str) -> None:
    profile = profile_of(sent_by(name))
    encoding, flags = RECORDED[name]
    assert profile.encoding is PositionEncoding(encoding)
    on = {short for short, flag in MORE_FLAGS.items() if getattr(profile, flag)}
    assert on == set(flags.split())
    assert profile.code_action_literals


def test_the_table_has_every_editor() -> None:
    assert TABLE.keys() == EDITORS.keys()


@pytest.mark.parametrize("name", TABLE)
def test_an_editor_gets_the_flags_of_what_it_announced(name: str) -> None:
    profile = profile_of(announced_by(name))
    encoding, flags = TABLE[name]
    assert profile.encoding is PositionEncoding(encoding)
    on = {short for short, flag in FLAGS.items() if getattr(profile, flag)}
    assert on == set(flags.split())
    assert profile.apply_edit
    assert profile.pulls_configuration
    assert profile.work_done_progress
    assert profile.code_action_literals
    assert not profile.speaks_tandem


@pytest.mark.parametrize("name", [*TABLE, *RECORDED])
def test_the_list_item_is_announced_only_where_ghost_text_is_missing(name: str) -> None:
    profile = profile_of(sent_by(name))
    by_default = initialize_result(profile, "1")["capabilities"]
    assert ("completionProvider" in by_default) is not profile.inline_completion
    on = initialize_result(profile, "1", list_item="on")["capabilities"]
    assert "completionProvider" in on
    off = initialize_result(profile, "1", list_item="off")["capabilities"]
    assert "completionProvider" not in off


@pytest.mark.parametrize("name", [*TABLE, *RECORDED])
def test_answers_are_served_only_to_editors_that_fetch_documents(name: str) -> None:
    profile = profile_of(sent_by(name))
    workspace = initialize_result(profile, "1")["capabilities"]["workspace"]
    assert ("textDocumentContent" in workspace) is profile.documents_from_server


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"capabilities": None},
        {"capabilities": []},
        {"capabilities": {"general": {"positionEncodings": ["utf-7", 3]}}},
        {"capabilities": {"textDocument": {"codeAction": {"tagSupport": {"valueSet": 9}}}}},
        {"clientInfo": "me", "capabilities": {"workspace": True}},
    ],
)
def test_no_shape_of_capabilities_turns_an_editor_away(params: Any) -> None:
    assert profile_of(params) == ClientProfile()


def test_a_client_of_our_own_is_known_by_its_experimental_capability() -> None:
    profile = profile_of({"capabilities": {"experimental": {"tandem": {"questions": True}}}})
    assert profile.speaks_tandem
    assert profile.takes_questions
