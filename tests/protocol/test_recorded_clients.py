"""What real editors announced when scripts/record_client listened, read as profiles."""

import json
from pathlib import Path

import pytest

from lsp_server.protocol.profile import PositionEncoding, profile_of

CLIENTS = Path(__file__).with_name("clients")

FLAGS = (
    "apply_edit",
    "documents_from_server",
    "inline_completion",
    "show_document",
    "takes_questions",
    "work_done_progress",
)

# Per recording: encoding, then the flags that are set among those below.
TABLE = {
    "emacs-28.2-eglot-1.9": ("utf-16", "apply_edit"),
    "neovim-0.11.4": ("utf-8", "apply_edit show_document work_done_progress"),
    "neovim-0.11.4-with-plugin": (
        "utf-8",
        "apply_edit inline_completion show_document takes_questions work_done_progress",
    ),
    # ALE makes the edits that a server sends, though it announces that it does not.
    "vim-9.0-ale-3.3": ("utf-16", "apply_edit"),
    "vscode-1.139-with-extension": (
        "utf-16",
        " ".join(FLAGS),
    ),
}


def test_every_recording_is_in_the_table() -> None:
    assert {path.stem for path in CLIENTS.glob("*.json")} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_a_real_editor_is_read_right(name: str) -> None:
    profile = profile_of(json.loads((CLIENTS / f"{name}.json").read_text("utf-8")))
    encoding, flags = TABLE[name]
    assert profile.encoding is PositionEncoding(encoding)
    assert [flag for flag in FLAGS if getattr(profile, flag)] == flags.split()
