"""A Neovim whose server says what it is told to; see scripted_server.py."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.neovim import Editor

Start = Callable[..., tuple[Editor, "Traffic"]]

SERVER = Path(__file__).with_name("scripted_server.py")


class Traffic:
    """What the editor sent."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def all(self, method: str) -> list[dict[str, Any]]:
        written = self._log.read_text("utf-8") if self._log.exists() else ""
        # The last line is not whole while the server still writes it.
        messages = [json.loads(line) for line in written.split("\n")[:-1]]
        return [message for message in messages if message.get("method") == method]


def offer(text: str, start: int, end: int, line: int = 0) -> dict[str, Any]:
    place = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    return {"insertText": text, "range": place}


def shows(editor: Editor, lines: list[str]) -> None:
    editor.wait_for(f"ghost text {lines}", lambda: editor.ghost() == lines)


def asked(traffic: Traffic) -> list[int]:
    """Return the trigger kind of each request for text at the cursor."""
    requests = traffic.all("textDocument/inlineCompletion")
    return [message["params"]["context"]["triggerKind"] for message in requests]
