from dataclasses import replace as changed
from typing import Any

from lsp_server.common.snapshot import Place
from lsp_server.common.text import Position, Span
from lsp_server.config.settings import CompletionSettings, Order, Settings, Switch
from lsp_server.features.values import Suggestion
from tests.protocol.client import URI, Editor, editor
from tests.protocol.fakes import Fakes

GHOST: dict[str, Any] = {"textDocument": {"inlineCompletion": {}}}


def switched(switch: Switch, *, enabled: bool = True) -> Fakes:
    return Fakes(
        settings=changed(
            Settings(), completion=CompletionSettings(list_item=switch, enabled=enabled)
        )
    )


async def items(ed: Editor, line: int, character: int) -> list[Any]:
    params = {
        "textDocument": {"uri": URI},
        "position": {"line": line, "character": character},
        "context": {"triggerKind": 1},
    }
    result = await ed.request("textDocument/completion", params)
    assert result["isIncomplete"] is True
    found: list[Any] = result["items"]
    return found


async def test_the_item_replaces_the_word_so_that_the_editor_s_filter_keeps_it() -> None:
    def suggest(place: Place, _invoked: object) -> Suggestion:
        return Suggestion(place.span, "nt(x)\nprint(y)", "glm")

    async with editor(Fakes(suggest_text=suggest)) as ed:
        await ed.initialize()
        ed.open("😀 pri\n")
        [item] = await items(ed, 0, 6)
        assert item["textEdit"]["newText"] == "print(x)\nprint(y)"
        assert item["textEdit"]["range"] == {
            "start": {"line": 0, "character": 3},
            "end": {"line": 0, "character": 6},
        }
        assert item["filterText"] == "pri"
        assert item["label"] == "print(x)…"
        assert "glm" in item["detail"]
        assert item["documentation"]["value"] == "```python\nprint(x)\nprint(y)\n```"


async def test_a_suggestion_that_reaches_behind_the_cursor_replaces_what_is_there() -> None:
    def suggest(place: Place, _invoked: object) -> Suggestion:
        return Suggestion(Span(place.position, Position(0, 5)), "b)c", "glm")

    async with editor(Fakes(suggest_text=suggest)) as ed:
        await ed.initialize()
        ed.open("f(a)c\n")
        [item] = await items(ed, 0, 3)
        assert item["textEdit"]["newText"] == "ab)c"
        assert item["textEdit"]["range"]["end"] == {"line": 0, "character": 5}


async def test_a_fence_in_the_text_does_not_end_the_preview() -> None:
    def suggest(place: Place, _invoked: object) -> Suggestion:
        return Suggestion(place.span, "```", "glm")

    async with editor(Fakes(suggest_text=suggest)) as ed:
        await ed.initialize()
        ed.open("")
        [item] = await items(ed, 0, 0)
        assert item["documentation"]["value"].startswith("````python\n")


async def test_no_item_where_the_editor_has_ghost_text_unless_the_setting_says_on() -> None:
    for switch, count in ((Switch.AUTO, 0), (Switch.ON, 1), (Switch.OFF, 0)):
        async with editor(switched(switch)) as ed:
            await ed.initialize(GHOST)
            ed.open("a")
            assert len(await items(ed, 0, 1)) == count


async def test_no_item_when_completion_is_off() -> None:
    async with editor(switched(Switch.ON, enabled=False)) as ed:
        await ed.initialize()
        ed.open("a")
        assert await items(ed, 0, 1) == []


async def test_no_item_in_a_document_that_is_not_open() -> None:
    async with editor() as ed:
        await ed.initialize()
        assert await items(ed, 0, 1) == []


async def test_the_list_item_is_announced_when_a_setting_asks_for_it_later() -> None:
    features = switched(Switch.AUTO)
    completion = {"dynamicRegistration": True}
    async with editor(features) as ed:
        capabilities = await ed.initialize(
            {"textDocument": {"inlineCompletion": {}, "completion": completion}}
        )
        assert "completionProvider" not in capabilities
        await ed.settle()
        features.settings = switched(Switch.ON).settings
        for _ in range(2):
            ed.notify("workspace/didChangeConfiguration", {"settings": {"tandem": {}}})
        asked = await ed.client.wait_for("client/registerCapability")
        ed.client.answer(asked)
        [registration] = asked["params"]["registrations"]
        assert registration["method"] == "textDocument/completion"
        ed.open("a")
        assert len(await items(ed, 0, 1)) == 1


async def test_the_item_stands_where_the_setting_says() -> None:
    orders = {}
    for order in Order:
        settings = changed(Settings(), completion=CompletionSettings(list_order=order))
        async with editor(Fakes(settings=settings)) as ed:
            await ed.initialize()
            ed.open("pri\n")
            orders[order] = (await items(ed, 0, 3))[0]["sortText"]
    assert orders[Order.FIRST] < "print" < orders[Order.LAST]
