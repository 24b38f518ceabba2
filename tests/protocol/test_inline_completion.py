from tests.protocol.client import editor, replace


async def test_offers_text_at_the_cursor() -> None:
    async with editor() as ed:
        capabilities = await ed.initialize()
        assert capabilities["inlineCompletionProvider"] == {}
        ed.open("a\nb\n")
        ed.change(2, replace(1, 1, 1, "c"))
        result = await ed.request("textDocument/inlineCompletion", ed.suggest_params(1, 2))
        assert result["items"] == [
            {
                "insertText": "hello",
                "range": {
                    "start": {"line": 1, "character": 2},
                    "end": {"line": 1, "character": 2},
                },
            }
        ]
