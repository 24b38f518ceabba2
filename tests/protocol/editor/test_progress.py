import asyncio
from pathlib import Path
from typing import Any

from lsp_server.common.edits import FileEdit, TextEdit
from lsp_server.common.progress import Progress
from lsp_server.common.text import Position, Span
from lsp_server.features.values import EditOutcome, Proof, Refusal, Verdict
from tests.protocol.client import URI, Editor, editor
from tests.protocol.fakes import Fakes

MAKES: dict[str, Any] = {"window": {"workDoneProgress": True}}
RUN = {
    "command": "tandem.action",
    "arguments": [
        {
            "action": "fix",
            "title": "Fix it",
            "textDocument": {"uri": URI},
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}},
        }
    ],
}


class Task:
    """A task that reports and waits until the test lets it end."""

    def __init__(self, reports: int) -> None:
        self.reports = reports
        self.progress: Progress | None = None
        self.go = asyncio.Event()
        self.cancelled = False

    async def __call__(self, progress: Progress) -> Refusal:
        self.progress = progress
        for number in range(self.reports):
            progress.report(f"round {number}", number * 10)
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return Refusal("Done.")


async def begin(ed: Editor, task: Task) -> dict[str, Any]:
    await ed.initialize(MAKES)
    ed.open("a\n")
    await ed.request("workspace/executeCommand", RUN)
    asked: dict[str, Any] = await ed.client.wait_for("window/workDoneProgress/create")
    await ed.until(lambda: task.progress is not None)
    return asked


def task_features(task: Task) -> Fakes:
    return Fakes(outcome=lambda scene, arguments, progress: task(progress))


async def next_value(ed: Editor) -> dict[str, Any]:
    value: dict[str, Any] = (await ed.client.wait_for("$/progress"))["value"]
    return value


async def test_reports_are_joined_and_the_newest_is_shown() -> None:
    task = Task(reports=5)
    async with editor(task_features(task)) as ed:
        asked = await begin(ed, task)
        assert ed.client.inbox == []
        ed.client.answer(asked)
        first = await next_value(ed)
        assert (first["kind"], first["title"], first["cancellable"]) == ("begin", "Fix it", True)
        report = await next_value(ed)
        assert (report["message"], report["percentage"]) == ("round 4", 40)
        task.go.set()
        assert (await next_value(ed)) == {"kind": "end"}
        await ed.client.wait_for("window/showMessage")


async def test_the_user_s_cancel_ends_the_task_silently() -> None:
    task = Task(reports=1)
    async with editor(task_features(task)) as ed:
        asked = await begin(ed, task)
        ed.client.answer(asked)
        ed.notify("window/workDoneProgress/cancel", {"token": asked["params"]["token"]})
        await ed.until(lambda: task.cancelled)
        kinds = [(await next_value(ed))["kind"] for _ in range(3)]
        assert kinds == ["begin", "report", "end"]


async def test_a_cancel_of_an_unknown_token_is_ignored() -> None:
    async with editor() as ed:
        await ed.initialize()
        ed.notify("window/workDoneProgress/cancel", {"token": "none"})
        await ed.settle()


async def test_each_task_has_a_token_of_its_own() -> None:
    task = Task(reports=0)
    async with editor(task_features(task)) as ed:
        first = await begin(ed, task)
        ed.client.unanswered.remove(first)
        await ed.request("workspace/executeCommand", RUN)
        second = await ed.client.wait_for("window/workDoneProgress/create")
        assert first["params"]["token"] != second["params"]["token"]
        for asked in (first, second):
            ed.client.send({"id": asked["id"], "result": None})
        ed.client.unanswered.clear()
        task.go.set()
        kinds = [(await next_value(ed))["kind"] for _ in range(4)]
        assert sorted(kinds) == ["begin", "begin", "end", "end"]
        for _ in range(2):
            await ed.client.wait_for("window/showMessage")


async def test_an_editor_that_refuses_the_token_hears_nothing_more() -> None:
    task = Task(reports=3)
    async with editor(task_features(task)) as ed:
        asked = await begin(ed, task)
        ed.client.unanswered.remove(asked)
        ed.client.send({"id": asked["id"], "error": {"code": -1, "message": "no"}})
        task.go.set()
        await ed.client.wait_for("window/showMessage")


async def test_an_editor_that_accepts_the_token_late_sees_no_line_that_stays() -> None:
    task = Task(reports=1)
    async with editor(task_features(task)) as ed:
        asked = await begin(ed, task)
        task.go.set()
        await ed.client.wait_for("window/showMessage")
        ed.client.answer(asked)
        kinds = [(await next_value(ed))["kind"] for _ in range(3)]
        assert kinds == ["begin", "report", "end"]


async def test_shutdown_cancels_the_task() -> None:
    task = Task(reports=0)
    async with editor(task_features(task), tidy=False) as ed:
        await begin(ed, task)
        await ed.request("shutdown")
        ed.notify("exit")
        assert await ed.end == 0
        assert task.cancelled


async def test_while_the_editor_asks_the_user_the_line_says_so() -> None:
    start = Position(0, 0)
    edit = FileEdit(Path("/project/main.py"), (TextEdit(Span(start, start), "x"),), 1)
    proof = Proof(Verdict.PROVEN, ("ruff",), 1, 0, 1, "glm", "none new")
    outcome = EditOutcome("Fix it", (edit,), proof)
    async with editor(Fakes(outcome=lambda *_: outcome)) as ed:
        await ed.initialize({**MAKES, "workspace": {"applyEdit": True}})
        ed.open("a\n")
        await ed.request("workspace/executeCommand", RUN)
        created = await ed.client.wait_for("window/workDoneProgress/create")
        ed.client.answer(created)
        asked = await ed.client.wait_for("workspace/applyEdit")
        values = [await next_value(ed), await next_value(ed)]
        assert values[1]["message"] == "Waiting for the editor"
        ed.client.answer(asked, {"applied": True})
        assert (await next_value(ed)) == {"kind": "end"}
