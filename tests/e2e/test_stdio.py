"""The real server as a process, spoken to as an editor does, with no editor around it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsp_server.cli.client import LanguageClient, spawned_server
from lsp_server.common.edits import TextEdit, apply_edits
from lsp_server.common.text import Position, Span, split_lines

ROOT = Path(__file__).parents[2]
NOBODY = "127.0.0.1:9"
BROKEN = "def total(values):\n    result = (1 + 2\n    return result\n"
FULL = """def first(values):
    for value in values:
        print(value)
    return values


def second(values):
    for value in values:
        pri"""
CAPABILITIES: dict[str, Any] = {
    "textDocument": {
        "inlineCompletion": {},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
    },
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "experimental": {"tandem": {}},
}


@asynccontextmanager
async def server(home: Path) -> AsyncIterator[LanguageClient]:
    folders = {name: str(home / name) for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    environment = {
        **os.environ,
        **folders,
        "PYTHONPATH": str(ROOT),
        "OLLAMA_HOST": NOBODY,
    }
    work = home / "work"
    work.mkdir()
    async with spawned_server(folder=home, environment=environment) as (client, process):
        params = {"processId": os.getpid(), "rootUri": work.as_uri(), "capabilities": CAPABILITIES}
        await client.request("initialize", params)
        client.notify("initialized", {})
        await client.wait_for("tandem/status", lambda status: "built-in" in status["executor"])
        yield client
        await client.request("shutdown")
        client.notify("exit")
        assert await process.wait() == 0


def open_document(client: LanguageClient, home: Path, text: str) -> str:
    path = home / "work" / "main.py"
    path.write_text(text)
    uri = path.as_uri()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": item})
    return uri


def edited(text: str, edits: list[dict[str, Any]]) -> str:
    def position(value: dict[str, int]) -> Position:
        return Position(value["line"], value["character"])

    changes = [
        TextEdit(
            Span(position(edit["range"]["start"]), position(edit["range"]["end"])),
            edit["newText"],
        )
        for edit in edits
    ]
    return apply_edits(split_lines(text), changes)


async def test_a_suggestion_comes_without_any_model(tmp_path: Path) -> None:
    async with server(tmp_path) as client:
        uri = open_document(client, tmp_path, FULL)
        last = FULL.splitlines()[-1]
        result = await client.request(
            "textDocument/inlineCompletion",
            {
                "textDocument": {"uri": uri},
                "position": {"line": FULL.count("\n"), "character": len(last)},
                "context": {"triggerKind": 1},
            },
        )
        [item] = result["items"]
        assert item["insertText"].removeprefix("pri").startswith("nt(value)")
        accepted = {"command": "tandem.accepted", "arguments": item["command"]["arguments"]}
        assert await client.request("workspace/executeCommand", accepted) is None
    counts = (tmp_path / "XDG_CACHE_HOME" / "tandem" / "suggestions.jsonl").read_text()
    assert '"accepted":1' in counts


async def test_a_broken_bracket_is_mended_with_proof(tmp_path: Path) -> None:
    async with server(tmp_path) as client:
        uri = open_document(client, tmp_path, BROKEN)
        line = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 19}}
        diagnostic = {"range": line, "message": "'(' was never closed", "severity": 1}
        actions = await client.request(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": uri},
                "range": line,
                "context": {"diagnostics": [diagnostic], "triggerKind": 2},
            },
        )
        assert {action["kind"] for action in actions} == {"quickfix"}
        assert await client.request("workspace/executeCommand", actions[0]["command"]) is None
        asked = await client.wait_for("workspace/applyEdit")
        [change] = asked["params"]["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": uri, "version": 1}
        mended = edited(BROKEN, change["edits"])
        compile(mended, "main.py", "exec")
        client.answer(asked, {"applied": True})
    assert (tmp_path / "work" / "main.py").read_text() == BROKEN


async def test_a_question_is_answered_from_the_code_as_a_stream(tmp_path: Path) -> None:
    async with server(tmp_path) as client:
        uri = open_document(client, tmp_path, FULL)
        result = await client.request(
            "tandem/ask",
            {
                "question": "What does the function second do?",
                "textDocument": {"uri": uri},
                "position": {"line": 6, "character": 5},
                "partialResultToken": "t",
            },
        )
        assert "second" in result["answer"]
        part = await client.wait_for("$/progress", lambda params: "token" in params)
        assert part["value"]["kind"] in {"text", "note", "thinking"}
