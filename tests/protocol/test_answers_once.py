"""Every request is answered exactly once, and nothing that a client sends makes noise."""

import asyncio
import json
from typing import Any

import pytest

from lsp_server.cli.client import ServerRefused
from lsp_server.common.errors import TandemError
from lsp_server.common.snapshot import Place
from lsp_server.features.values import Suggestion
from lsp_server.protocol.wire.framing import framed
from tests.protocol.client import URI, Editor, editor, replace
from tests.protocol.fakes import Fakes

INLINE = "textDocument/inlineCompletion"


async def refused(ed: Editor, method: str, params: Any = None) -> int:
    with pytest.raises(ServerRefused) as caught:
        await ed.request(method, params)
    assert isinstance(caught.value.code, int)
    return caught.value.code


def failing(error: Exception) -> Fakes:
    def suggest(*_: Any) -> Any:
        raise error

    return Fakes(suggest_text=suggest)


async def test_a_request_before_initialize_is_refused() -> None:
    async with editor() as ed:
        assert await refused(ed, INLINE, {}) == -32002
        assert await refused(ed, "shutdown") == -32002
        await ed.initialize()


async def test_a_notification_before_initialize_is_dropped() -> None:
    async with editor() as ed:
        ed.open("a")
        await ed.initialize()
        await ed.settle()
        assert ed.features.seen("opened") == []


async def test_initialize_without_an_object_is_refused() -> None:
    async with editor() as ed:
        assert await refused(ed, "initialize", [1]) == -32602
        await ed.initialize()


async def test_a_second_initialize_is_refused() -> None:
    async with editor() as ed:
        await ed.initialize()
        assert await refused(ed, "initialize", {"capabilities": {}, "processId": 1}) == -32600


async def test_a_request_after_shutdown_is_refused_and_a_notification_ignored() -> None:
    async with editor(tidy=False) as ed:
        await ed.initialize()
        await ed.request("shutdown")
        assert await refused(ed, INLINE, ed.suggest_params(0, 0)) == -32600
        ed.open("a")
        ed.notify("exit")
        assert await ed.end == 0
        assert ed.features.seen("opened") == []


@pytest.mark.parametrize(
    "params",
    [
        None,
        {},
        {"textDocument": {"uri": URI}, "position": {"line": 0}},
        {
            "textDocument": {"uri": URI},
            "position": {"line": 0, "character": 0},
            "context": {"triggerKind": 9},
        },
    ],
)
async def test_params_that_do_not_fit_are_refused(params: Any) -> None:
    async with editor() as ed:
        await ed.initialize()
        assert await refused(ed, INLINE, params) == -32602


async def test_a_notification_that_does_not_fit_is_only_logged() -> None:
    async with editor() as ed:
        await ed.initialize()
        ed.notify("textDocument/didOpen", {"textDocument": 7})
        await ed.settle()


async def test_bytes_that_are_no_json_get_a_parse_error() -> None:
    async with editor() as ed:
        ed.client.send_bytes(framed(b"{nonsense"))
        stray = await ed.client.wait_for_stray()
        assert (stray["id"], stray["error"]["code"]) == (None, -32700)
        await ed.initialize()
        ed.client.send_bytes(framed(b"\xff\xfe"))
        stray = await ed.client.wait_for_stray()
        assert (stray["id"], stray["error"]["code"]) == (None, -32700)


@pytest.mark.parametrize("message", [[], 3, {"method": "x"}, {"jsonrpc": "1.0", "method": "x"}])
async def test_what_is_no_message_is_refused(message: Any) -> None:
    async with editor() as ed:
        await ed.initialize()
        ed.client.send_bytes(framed(json.dumps(message).encode()))
        assert (await ed.client.wait_for_stray())["error"]["code"] == -32600


async def test_deep_nesting_is_refused_and_does_not_end_the_server() -> None:
    async with editor() as ed:
        await ed.initialize()
        ed.client.send_bytes(framed(b"[" * 200_000))
        assert (await ed.client.wait_for_stray())["error"]["code"] == -32700


async def test_an_id_that_is_neither_number_nor_string_is_refused() -> None:
    async with editor() as ed:
        await ed.initialize()
        ed.client.send({"id": {"a": 1}, "method": "shutdown"})
        assert (await ed.client.wait_for_stray())["error"]["code"] == -32600


async def test_a_key_called_jsonrpc_inside_the_params_does_no_harm() -> None:
    async with editor() as ed:
        await ed.initialize()
        ed.notify(
            "workspace/didChangeConfiguration",
            {"settings": {"tandem": {"ask": {"jsonrpc": "2.0", "id": 4}}}},
        )
        await ed.settle()
        assert ed.features.seen("load")[-1][1] == {"ask": {"jsonrpc": "2.0", "id": 4}}


async def test_an_unknown_request_is_refused_without_a_popup_also_without_params() -> None:
    async with editor() as ed:
        await ed.initialize()
        assert await refused(ed, "tandem/none") == -32601
        assert await refused(ed, "tandem/none", {"b-c": {"class": 1}}) == -32601


async def test_an_unknown_notification_is_ignored() -> None:
    async with editor() as ed:
        await ed.initialize()
        ed.notify("$/strange", {"a": 1})
        ed.notify("strange")
        await ed.settle()


async def test_a_failing_handler_answers_shortly_and_tells_no_traceback() -> None:
    async with editor(failing(ZeroDivisionError("secret source text"))) as ed:
        await ed.initialize()
        ed.open("a")
        with pytest.raises(ServerRefused) as caught:
            await ed.request(INLINE, ed.suggest_params(0, 0))
        assert caught.value.code == -32603
        assert caught.value.data is None
        assert "secret" not in str(caught.value)


async def test_an_error_meant_for_the_user_keeps_its_words() -> None:
    async with editor(failing(TandemError("The model is asleep.", "Wake it."))) as ed:
        await ed.initialize()
        ed.open("a")
        with pytest.raises(ServerRefused) as caught:
            await ed.request(INLINE, ed.suggest_params(0, 0))
        assert caught.value.code == -32803
        assert "The model is asleep. Wake it." in str(caught.value)


async def test_a_failing_notification_shows_no_popup() -> None:
    class Failing(Fakes):
        def opened(self, snapshot: Any) -> None:
            raise ZeroDivisionError

    async with editor(Failing()) as ed:
        await ed.initialize()
        ed.open("a")
        result = await ed.request(INLINE, ed.suggest_params(0, 0))
        assert len(result["items"]) == 1


async def test_cancel_answers_at_once_even_if_the_work_clings_on() -> None:
    let_go = asyncio.Event()

    async def cling() -> Suggestion | None:
        try:
            await asyncio.Event().wait()
        finally:
            await let_go.wait()
        return None

    async with editor(Fakes(suggest_text=lambda place, invoked: cling())) as ed:
        await ed.initialize()
        ed.open("a")
        number, future = ed.client.start(INLINE, ed.suggest_params(0, 0))
        await ed.settle()
        ed.client.cancel(number)
        with pytest.raises(ServerRefused) as caught:
            await future
        assert caught.value.code == -32800
        let_go.set()


async def test_cancel_of_what_was_answered_or_never_asked_is_ignored() -> None:
    async with editor() as ed:
        await ed.initialize()
        ed.open("a")
        number, future = ed.client.start(INLINE, ed.suggest_params(0, 0))
        await future
        ed.client.cancel(number)
        ed.client.cancel(4711)
        await ed.settle()


async def test_a_newer_request_answers_the_older_one_at_once() -> None:
    first_only = asyncio.Event()

    async def suggest(place: Place) -> Suggestion | None:
        if place.position.column == 0:
            first_only.set()
            await asyncio.Event().wait()
        return Suggestion(place.span, "x", "model")

    async with editor(Fakes(suggest_text=lambda place, invoked: suggest(place))) as ed:
        await ed.initialize()
        ed.open("ab\n")
        _, older = ed.client.start(INLINE, ed.suggest_params(0, 0))
        await first_only.wait()
        newer = await ed.request(INLINE, ed.suggest_params(0, 1))
        assert await older == {"items": []}
        assert newer["items"][0]["insertText"] == "x"


async def test_what_is_known_is_answered_before_the_next_message() -> None:
    waits = asyncio.Event()

    async def suggest(place: Place) -> Suggestion | None:
        waits.set()
        return await asyncio.Event().wait() and None

    def known(place: Place) -> Suggestion | None:
        return Suggestion(place.span, "x", "model") if place.position.column else None

    fakes = Fakes(suggest_text=lambda place, invoked: suggest(place), known_text=known)
    async with editor(fakes) as ed:
        await ed.initialize()
        ed.open("ab\n")
        _, older = ed.client.start(INLINE, ed.suggest_params(0, 0))
        await waits.wait()
        answers: list[str] = []
        _, newer = ed.client.start(INLINE, ed.suggest_params(0, 1))
        _, other = ed.client.start("tandem/nothing")
        older.add_done_callback(lambda _: answers.append("older"))
        newer.add_done_callback(lambda _: answers.append("newer"))
        other.add_done_callback(lambda _: answers.append("other"))
        assert (await newer)["items"][0]["insertText"] == "x"
        with pytest.raises(ServerRefused):
            await other
        assert await older == {"items": []}
        await ed.settle()
        assert answers == ["older", "newer", "other"]


async def test_requests_of_two_documents_do_not_end_each_other() -> None:
    both = asyncio.Barrier(2)

    async def suggest(place: Place) -> Suggestion | None:
        await both.wait()
        return Suggestion(place.span, "x", "model")

    async with editor(Fakes(suggest_text=lambda place, invoked: suggest(place))) as ed:
        await ed.initialize()
        ed.open("a")
        ed.open("b", uri="file:///project/other.py")
        params = {**ed.suggest_params(0, 0), "textDocument": {"uri": "file:///project/other.py"}}
        _, one = ed.client.start(INLINE, ed.suggest_params(0, 0))
        _, two = ed.client.start(INLINE, params)
        assert [len((await future)["items"]) for future in (one, two)] == [1, 1]


async def test_a_request_sees_the_document_as_it_was_when_it_was_sent() -> None:
    seen: list[str] = []

    async def suggest(place: Place) -> Suggestion | None:
        seen.append(place.snapshot.text)
        return Suggestion(place.span, "x", "model")

    async with editor(Fakes(suggest_text=lambda place, invoked: suggest(place))) as ed:
        await ed.initialize()
        ed.open("a")
        _, future = ed.client.start(INLINE, ed.suggest_params(0, 1))
        ed.change(2, replace(0, 0, 1, "b"))
        # The text has moved on, so what was made for the old one is not shown.
        assert await future == {"items": []}
        assert seen == ["a"]


async def test_a_late_reply_to_a_request_of_a_cancelled_task_is_harmless() -> None:
    features = Fakes()
    async with editor(features) as ed:
        await ed.initialize({"workspace": {"configuration": True}})
        asked = await ed.client.wait_for("workspace/configuration")
        await ed.request("shutdown")
        ed.client.answer(asked, [None])
        ed.notify("exit")
        assert await ed.end == 0


async def test_a_response_that_nobody_waits_for_is_ignored() -> None:
    async with editor() as ed:
        await ed.initialize()
        ed.client.send({"id": "nobody", "result": 1})
        ed.client.send({"id": 1, "error": {"code": 1, "message": "no"}})
        await ed.settle()


@pytest.mark.parametrize("answer", [None, [], [None], [7], {"a": 1}, "x"])
async def test_odd_answers_to_configuration_leave_the_settings_alone(answer: Any) -> None:
    async with editor() as ed:
        ed.client.answers["workspace/configuration"] = answer
        await ed.initialize({"workspace": {"configuration": True}})
        await ed.calm()
        assert ed.features.seen("load") == [("load", {}, False)]


async def test_shutdown_with_many_running_requests_answers_all_of_them() -> None:
    async def wait() -> Suggestion | None:
        await asyncio.Event().wait()
        return None

    async with editor(Fakes(suggest_text=lambda place, invoked: wait()), tidy=False) as ed:
        await ed.initialize()
        futures = []
        for number in range(20):
            uri = f"file:///project/{number}.py"
            ed.open("a", uri=uri)
            params = {**ed.suggest_params(0, 0), "textDocument": {"uri": uri}}
            futures.append(ed.client.start(INLINE, params)[1])
        await ed.settle()
        assert await ed.request("shutdown") is None
        ended = await asyncio.gather(*futures, return_exceptions=True)
        assert [getattr(error, "code", None) for error in ended] == [-32800] * 20
        ed.notify("exit")
        assert await ed.end == 0
        assert ed.features.seen("close") == [("close",)]


async def test_exit_without_shutdown_is_code_1() -> None:
    async with editor(tidy=False) as ed:
        await ed.initialize()
        ed.notify("exit")
        assert await ed.end == 1


async def test_exit_before_initialize_is_code_1() -> None:
    async with editor(tidy=False) as ed:
        ed.notify("exit")
        assert await ed.end == 1
