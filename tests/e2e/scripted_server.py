"""A language server that says what it is told to: for tests of what an editor's plugin does.

`python scripted_server.py SCRIPT LOG` reads its answers from the JSON file SCRIPT and writes each
message that it gets as a line of JSON to LOG. The script may hold:

- `items`: the inline completion items of successive requests, the last ones again and again. An
  editor may ask as soon as it can be typed in: what it asks before the first change gets nothing;
- `late`: which of those requests, counted from 0, are answered only once the document changes;
- `parts`: the stream of an answer; a number waits that many seconds, and a cancel ends the wait;
- `status`: the params of a first `tandem/status`;
- `later`: params of further ones by the number of requests for text at the cursor after whose
  answer each is sent;
- `question`: the params of a `tandem/question` for each document that is opened;
- `actions`: code actions; `tandem.action` applies the `edit` in its argument.
"""

import json
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

CANCELLED = -32800
SCRIPT = 2


def read_message(stream: BinaryIO) -> dict[str, Any] | None:
    """Return the next message, or None at the end of the stream."""
    length = 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return json.loads(stream.read(length)) if line and length else None


class ScriptedServer:
    """Answers by its script; streams answers from a thread so that a cancel can be read."""

    def __init__(self, script: dict[str, Any], log: Path) -> None:
        self._script = script
        self._log = log.open("a", encoding="utf-8")
        self._write_lock = threading.Lock()
        self._cancelled: dict[Any, threading.Event] = {}
        self._asked = 0
        self._is_changed = False
        self._late: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        with self._write_lock:
            sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            sys.stdout.buffer.flush()

    def run(self) -> None:
        while message := read_message(sys.stdin.buffer):
            self._log.write(json.dumps(message) + "\n")
            self._log.flush()
            if message.get("method") == "exit":
                return
            self._handle(message)

    def _handle(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params") or {}
        if method == "$/cancelRequest":
            self._cancelled.setdefault(params["id"], threading.Event()).set()
        elif method == "initialized" and "status" in self._script:
            self.send({"method": "tandem/status", "params": self._script["status"]})
        elif method == "textDocument/didOpen" and "question" in self._script:
            self.send({"method": "tandem/question", "params": self._script["question"]})
        elif method == "tandem/ask":
            stop = self._cancelled.setdefault(message["id"], threading.Event())
            threading.Thread(target=self._stream, args=(message["id"], params, stop)).start()
        elif method == "textDocument/didChange":
            self._is_changed = True
            self._send_late()
        elif "id" in message and method:
            self._answer(message["id"], method, params)

    def _answer(self, request: Any, method: str, params: dict[str, Any]) -> None:
        is_late = method == "textDocument/inlineCompletion" and self._asked in self._script.get(
            "late", []
        )
        answer = {"id": request, "result": self._result(method, params)}
        if is_late:
            self._late.append(answer)
            return
        self.send(answer)
        later = self._script.get("later", {}).pop(str(self._asked), None)
        if later and method == "textDocument/inlineCompletion":
            self.send({"method": "tandem/status", "params": later})

    def _send_late(self) -> None:
        while self._late:
            self.send(self._late.pop(0))

    def _result(self, method: str, params: dict[str, Any]) -> Any:
        if method == "initialize":
            return {"capabilities": self._capabilities()}
        if method == "textDocument/inlineCompletion":
            items = self._script.get("items", [[]])
            if not self._is_changed:
                return {"items": []}
            self._asked += 1
            return {"items": items[min(self._asked, len(items)) - 1]}
        if method == "textDocument/codeAction":
            return self._script.get("actions", [])
        if method == "workspace/executeCommand" and params["command"] == "tandem.action":
            self.send(
                {"id": 9000, "method": "workspace/applyEdit", "params": params["arguments"][0]}
            )
        return None

    def _capabilities(self) -> dict[str, Any]:
        return {
            "textDocumentSync": {"openClose": True, "change": 2},
            "inlineCompletionProvider": {},
            "codeActionProvider": True,
            "executeCommandProvider": {"commands": ["tandem.action"]},
            "positionEncoding": self._script.get("encoding", "utf-16"),
        }

    def _stream(self, request: Any, params: dict[str, Any], stop: threading.Event) -> None:
        text = ""
        for part in self._script.get("parts", []):
            if isinstance(part, (int, float)):
                stop.wait(part)
            if stop.is_set():
                self.send({"id": request, "error": {"code": CANCELLED, "message": "Cancelled."}})
                return
            if isinstance(part, dict):
                text += part["text"] if part["kind"] == "text" else ""
                value = {"token": params["partialResultToken"], "value": part}
                self.send({"method": "$/progress", "params": value})
        self.send({"id": request, "result": {"answer": text, "thinking": "", "notes": ""}})


if __name__ == "__main__":
    ScriptedServer(json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[SCRIPT])).run()
