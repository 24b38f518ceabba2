"""An editor as the server sees one: it opens, types, accepts, chooses and asks."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsp_server.cli.client import LanguageClient, spawned_server
from lsp_server.common.edits import TextEdit, apply_edits
from lsp_server.common.languages import language_of_path
from lsp_server.common.text import Position, Span, split_lines

_AUTOMATIC = 2
_ANSWER = "answer"
_CAPABILITIES: Mapping[str, Any] = {
    "general": {"positionEncodings": ["utf-32"]},
    "textDocument": {
        "inlineCompletion": {},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor"]}}
        },
    },
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "window": {"workDoneProgress": True, "showDocument": {"support": False}},
    "experimental": {"tandem": {}},
}

Heard = Callable[[str], None]


@dataclass(slots=True)
class Buffer:
    """One open document."""

    file: Path
    text: str
    version: int = 1

    @property
    def identity(self) -> dict[str, str]:
        """How messages name it."""
        return {"uri": self.file.as_uri()}


@dataclass(frozen=True, slots=True)
class Ghost:
    """Text shown at the cursor, and the seconds until it was there."""

    added: str
    seconds: float


@dataclass(slots=True)
class Applied:
    """An edit that the server sent: its label, with the proof, and the text that it made."""

    label: str
    before: str
    after: str


@dataclass(slots=True)
class Editor:
    """One session with a server, and what has come from it."""

    client: LanguageClient
    status: dict[str, Any] = field(default_factory=dict)
    buffers: dict[str, Buffer] = field(default_factory=dict)
    applied: list[Applied] = field(default_factory=list)

    def open(self, file: Path) -> Buffer:
        """Open a file as it is on disk."""
        buffer = Buffer(file, file.read_bytes().decode("utf-8", "replace"))
        self.buffers[file.as_uri()] = buffer
        language = language_of_path(file).name
        item = {**buffer.identity, "languageId": language, "version": 1, "text": buffer.text}
        self.client.notify("textDocument/didOpen", {"textDocument": item})
        return buffer

    def insert(self, buffer: Buffer, at: Position, text: str) -> Position:
        """Type or paste `text` and return where the cursor is then."""
        self.replace(buffer, Span(at, at), text)
        lines = text.split("\n")
        column = len(lines[-1]) + (at.column if len(lines) == 1 else 0)
        return Position(at.line + len(lines) - 1, column)

    def replace(self, buffer: Buffer, span: Span, text: str) -> None:
        """Change the text of `span`, as one change that the server is told of."""
        buffer.text = apply_edits(split_lines(buffer.text), [TextEdit(span, text)])
        buffer.version += 1
        change = {"range": _range(span), "text": text}
        document = {**buffer.identity, "version": buffer.version}
        self.client.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [change]}
        )

    async def ghost(self, buffer: Buffer, at: Position) -> Ghost | None:
        """Return what the server offers at the cursor, as after each key."""
        began = time.perf_counter()
        params = {
            "textDocument": buffer.identity,
            "position": _position(at),
            "context": {"triggerKind": _AUTOMATIC},
        }
        found = await self.client.request("textDocument/inlineCompletion", params)
        items = found["items"] if isinstance(found, dict) else found or []
        if not items:
            return None
        start = items[0]["range"]["start"]["character"]
        added = items[0]["insertText"][at.column - start :]
        return Ghost(added, time.perf_counter() - began)

    async def actions(
        self, buffer: Buffer, span: Span, diagnostics: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """Return the code actions that the light bulb would show."""
        params = {
            "textDocument": buffer.identity,
            "range": _range(span),
            "context": {"diagnostics": list(diagnostics), "triggerKind": 1},
        }
        return await self.client.request("textDocument/codeAction", params) or []

    async def choose(self, action: Mapping[str, Any], heard: Heard) -> Applied | str:
        """Carry out a code action; returns the edit that was applied, or what was said instead.

        `heard` is told of each line of progress.
        """
        done = len(self.applied)
        self.messages()
        command = action["command"]
        params = {"command": command["command"], "arguments": command.get("arguments", [])}
        await self.client.request("workspace/executeCommand", params)
        await self._until_end(heard)
        if len(self.applied) > done:
            return self.applied[-1]
        message = await self.client.wait_for("window/showMessage")
        return str(message["message"])

    async def ask(self, question: str, heard: Heard) -> dict[str, Any]:
        """Put a question and return the whole answer; `heard` gets its text as it streams."""
        params = {"question": question, "partialResultToken": _ANSWER}
        _, answer = self.client.start("tandem/ask", params)
        while not answer.done():
            news = asyncio.ensure_future(self.client.wait_for("$/progress", _is(_ANSWER)))
            await asyncio.wait({news, answer}, return_when=asyncio.FIRST_COMPLETED)
            if news.done():
                heard(str(news.result()["value"].get("text", "")))
            news.cancel()
        result: dict[str, Any] = await answer
        return result

    def messages(self) -> list[str]:
        """Take the messages to the user that have come."""
        found = [one for one in self.client.inbox if one["method"] == "window/showMessage"]
        for one in found:
            self.client.inbox.remove(one)
        return [str(one["params"]["message"]) for one in found]

    async def ready(self) -> None:
        """Wait until the server has read the workspace and looked for models once."""
        while not _is_ready(self.status.get("detail", {})):
            self.status = await self.client.wait_for("tandem/status")

    async def _until_end(self, heard: Heard) -> None:
        while True:
            params = await self.client.wait_for("$/progress", _is_task)
            value = params["value"]
            if value["kind"] == "end":
                return
            if message := value.get("message"):
                heard(str(message))

    def apply(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Apply an edit of the server, as an editor does."""
        for change in params["edit"]["documentChanges"]:
            buffer = self.buffers.get(change["textDocument"]["uri"])
            if buffer is None or change["textDocument"]["version"] != buffer.version:
                return {"applied": False, "failureReason": "The document is another one."}
            edits = [TextEdit(_span(edit["range"]), edit["newText"]) for edit in change["edits"]]
            before = buffer.text
            after = apply_edits(split_lines(before), edits)
            self.replace(buffer, _whole(before), after)
            self.applied.append(Applied(str(params.get("label") or ""), before, after))
        return {"applied": True}


@asynccontextmanager
async def editor_session(
    command: Sequence[str], root: Path, settings: Mapping[str, Any]
) -> AsyncIterator[tuple[Editor, float]]:
    """Start a server on an untrusted `root`; yields the editor and how long the greeting took."""
    began = time.perf_counter()
    async with spawned_server(command) as (client, process):
        editor = Editor(client)
        client.answers["workspace/applyEdit"] = editor.apply
        client.answers["window/workDoneProgress/create"] = None
        client.answers["client/registerCapability"] = None
        client.answers["window/showMessageRequest"] = None
        folder = {"uri": root.as_uri(), "name": root.name}
        await client.request(
            "initialize",
            {
                "processId": None,
                "clientInfo": {"name": "Tandem demonstration"},
                "capabilities": _CAPABILITIES,
                "workspaceFolders": [folder],
                "initializationOptions": {**settings, "trusted": False},
            },
        )
        seconds = time.perf_counter() - began
        client.notify("initialized", {})
        yield editor, seconds
        await client.request("shutdown")
        client.notify("exit")
        await process.wait()


def _is_ready(detail: Mapping[str, Any]) -> bool:
    was_read = bool(detail.get("builtIn", {}).get("tokens"))
    return was_read and bool(detail.get("version") or detail.get("problem"))


def _is(token: str) -> Callable[[Any], bool]:
    return lambda params: params["token"] == token


def _is_task(params: Any) -> bool:
    return "kind" in params["value"] and params["token"] != _ANSWER


def _position(at: Position) -> dict[str, int]:
    return {"line": at.line, "character": at.column}


def _range(span: Span) -> dict[str, Any]:
    return {"start": _position(span.start), "end": _position(span.end)}


def _span(value: Mapping[str, Any]) -> Span:
    start, end = value["start"], value["end"]
    return Span(
        Position(start["line"], start["character"]), Position(end["line"], end["character"])
    )


def _whole(text: str) -> Span:
    lines = split_lines(text)
    return Span(Position(0, 0), Position(len(lines) - 1, len(lines[-1])))
