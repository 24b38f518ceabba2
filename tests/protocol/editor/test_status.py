from dataclasses import replace as changed
from typing import Any

from lsp_server.common.errors import TandemError
from lsp_server.features.values import EngineStatus, ModelNotice
from tests.protocol.client import Editor, editor
from tests.protocol.fakes import Fakes

OURS: dict[str, Any] = {"experimental": {"tandem": {}}}
READY = EngineStatus("glm-4.7-flash", "gpt-oss:20b", "ready", {"host": "127.0.0.1"})
MISSING = ModelNotice("missing:glm", "glm-4.7-flash is not installed.", "", "glm-4.7-flash")
STATUS = {"command": "tandem.status"}


async def tell(ed: Editor, status: EngineStatus) -> None:
    await ed.until(lambda: bool(ed.features.subscribers))
    ed.features.status = status
    for subscriber in list(ed.features.subscribers):
        subscriber(status)


async def test_our_own_clients_hear_of_each_change_once() -> None:
    async with editor(Fakes(status=READY)) as ed:
        await ed.initialize(OURS)
        first = await ed.client.wait_for("tandem/status")
        assert first == {
            "executor": "glm-4.7-flash",
            "planner": "gpt-oss:20b",
            "state": "ready",
            "detail": {"host": "127.0.0.1"},
            "notices": [],
            "executorInMemory": False,
        }
        await tell(ed, READY)
        await tell(ed, changed(READY, state="loading"))
        assert (await ed.client.wait_for("tandem/status"))["state"] == "loading"


async def test_other_editors_are_not_sent_what_they_do_not_know() -> None:
    async with editor(Fakes(status=READY)) as ed:
        await ed.initialize()
        await tell(ed, changed(READY, state="loading"))
        await ed.settle()


async def test_the_status_command_tells_any_editor() -> None:
    async with editor(Fakes(status=READY)) as ed:
        await ed.initialize()
        result = await ed.request("workspace/executeCommand", STATUS)
        assert result["executor"] == "glm-4.7-flash"


async def test_a_notice_is_said_once() -> None:
    notice = ModelNotice("gone", "Ollama does not answer.", "The built-in engine does.")
    async with editor(Fakes(status=changed(READY, notices=(notice,)))) as ed:
        await ed.initialize()
        shown = await ed.client.wait_for("window/showMessage")
        assert shown["message"] == "Ollama does not answer. The built-in engine does."
        await tell(ed, changed(READY, state="x", notices=(notice,)))
        await ed.settle()


async def test_a_missing_model_is_offered_and_pulled_on_yes() -> None:
    async with editor(Fakes(status=changed(READY, notices=(MISSING,)))) as ed:
        await ed.initialize()
        asked = await ed.client.wait_for("window/showMessageRequest")
        titles = [action["title"] for action in asked["params"]["actions"]]
        assert titles == ["Pull glm-4.7-flash", "Not now"]
        ed.client.answer(asked, {"title": titles[0]})
        shown = await ed.client.wait_for("window/showMessage")
        assert "glm-4.7-flash is here" in shown["message"]
        assert ed.features.seen("pull") == [("pull", "glm-4.7-flash")]
        assert ed.features.seen("refresh") == [("refresh",)]


async def test_no_and_silence_pull_nothing() -> None:
    for answer in (None, {"title": "Not now"}):
        async with editor(Fakes(status=changed(READY, notices=(MISSING,)))) as ed:
            await ed.initialize()
            ed.client.answer(await ed.client.wait_for("window/showMessageRequest"), answer)
            await ed.calm()
            assert ed.features.seen("pull") == []


async def test_the_pull_command_takes_a_name_or_what_is_missing() -> None:
    async with editor(Fakes(status=READY)) as ed:
        await ed.initialize()
        pull = {"command": "tandem.pull", "arguments": [{"model": "qwen"}]}
        assert await ed.request("workspace/executeCommand", pull) is None
        assert "qwen" in (await ed.client.wait_for("window/showMessage"))["message"]
        await ed.request("workspace/executeCommand", {"command": "tandem.pull"})
        shown = await ed.client.wait_for("window/showMessage")
        assert shown["message"] == "No model is missing."


async def test_a_pull_that_fails_says_why() -> None:
    class Failing(Fakes):
        async def pull(self, name: str, progress: Any) -> None:
            raise TandemError("The disk is full.", "Make room.")

    async with editor(Failing(status=READY)) as ed:
        await ed.initialize()
        pull = {"command": "tandem.pull", "arguments": [{"model": "qwen"}]}
        await ed.request("workspace/executeCommand", pull)
        shown = await ed.client.wait_for("window/showMessage")
        assert shown == {"type": 1, "message": "The disk is full. Make room."}
