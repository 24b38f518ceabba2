from typing import Any

from tests.protocol.client import Editor, editor, replace


async def test_offers_text_at_the_cursor() -> None:
    async with editor() as ed:
        capabilities = await ed.initialize()
        assert capabilities["inlineCompletionProvider"] == {}
        ed.open("a\nb\n")
        ed.change(2, replace(1, 1, 1, "c"))
        result = await ed.request("textDocument/inlineCompletion", ed.suggest_params(1, 2))
        [item] = result["items"]
        assert item["insertText"] == "hello"
        here = {"line": 1, "character": 2}
        assert item["range"] == {"start": here, "end": here}


async def accept(ed: Editor, item: Any) -> None:
    command = {name: item["command"][name] for name in ("command", "arguments")}
    assert await ed.request("workspace/executeCommand", command) is None


async def offered_item(ed: Editor) -> Any:
    await ed.initialize()
    ed.open("a\n")
    result = await ed.request("textDocument/inlineCompletion", ed.suggest_params(0, 1))
    return result["items"][0]


async def test_an_accepted_suggestion_is_counted_once() -> None:
    async with editor() as ed:
        item = await offered_item(ed)
        await accept(ed, item)
        await accept(ed, item)
        assert ed.features.seen("offered") == [("offered", "hello")]
        assert ed.features.seen("accepted") == [("accepted", "hello", 5)]


async def test_what_other_clients_tell_of_suggestions_is_counted() -> None:
    async with editor() as ed:
        item = await offered_item(ed)
        ed.notify("textDocument/didShowCompletion", {"item": item})
        partly = "textDocument/didPartiallyAcceptCompletion"
        for length in (2, 4):
            ed.notify(partly, {"item": item, "acceptedLength": length})
        await ed.until(lambda: bool(ed.features.seen("shown")))
        assert ed.features.seen("accepted") == [("accepted", "hello", 2)]
        ed.notify(partly, {"item": item, "acceptedLength": 5})
        await ed.settle()
        assert ed.features.seen("accepted")[-1] == ("accepted", "hello", 5)


async def test_the_document_that_other_clients_say_is_looked_at_is_told() -> None:
    async with editor() as ed:
        await offered_item(ed)
        uri = ed.suggest_params(0, 1)["textDocument"]["uri"]
        for params in ({"textDocument": {"uri": uri}}, {}, {"textDocument": {"uri": "file:///no"}}):
            ed.notify("textDocument/didFocus", params)
        await ed.calm()
        [(_, snapshot)] = ed.features.seen("focused")
        assert snapshot.uri == uri


async def test_items_that_are_not_ours_are_ignored() -> None:
    async with editor() as ed:
        await offered_item(ed)
        for item in ({}, {"command": None}, {"command": {"arguments": [7]}}):
            ed.notify("textDocument/didShowCompletion", {"item": item})
            params = {"item": item, "acceptedLength": 1}
            ed.notify("textDocument/didPartiallyAcceptCompletion", params)
        await ed.calm()
        assert ed.features.seen("shown") == []
        assert ed.features.seen("accepted") == []
