from lsp_server.features.status_words import sentences

MODEL = {"name": "glm", "size": 21_000_000_000, "sizeOnGpu": 21_000_000_000, "context": 131072}
PROMPTS = {"tokens": 2000, "cached": 1980, "readPerSecond": 1200, "writtenPerSecond": 41}


def test_a_model_in_memory_is_told_with_where_it_lies() -> None:
    on_the_card = sentences({"running": [MODEL]})
    assert on_the_card == ["In memory: glm, 21.0 GB, on the graphics card, room for 131,072 tokens"]
    half = sentences({"running": [MODEL | {"sizeOnGpu": 10_500_000_000, "context": 0}]})
    assert half == ["In memory: glm, 21.0 GB, 10.5 GB of it on the graphics card"]
    none = sentences({"running": [MODEL | {"sizeOnGpu": 0, "context": 0}]})
    assert none == ["In memory: glm, 21.0 GB, in main memory"]


def test_speed_and_reuse_are_told_once_they_are_measured() -> None:
    assert sentences({"prompts": {"glm": PROMPTS}}) == [
        "Speed of glm: reads 1,200, writes 41 tokens a second",
        "Prefix reuse of glm: 99% of 2,000 prompt tokens",
    ]
    unknown = PROMPTS | {"tokens": 0, "readPerSecond": 0}
    assert sentences({"prompts": {"glm": unknown}}) == []


def test_what_waits_and_the_index_are_told() -> None:
    index = {"files": 1200, "definitions": 34, "complete": False}
    assert sentences({"waiting": 2, "index": index}) == [
        "Waiting for the model: 2",
        "Index: 1,200 files, 34 definitions, still reading",
    ]
    assert sentences({"waiting": 0}) == ["Waiting for the model: nothing"]


def test_a_server_without_a_model_in_memory_says_so() -> None:
    assert sentences({"version": "0.33", "url": "http://127.0.0.1:1", "running": []}) == [
        "In memory: no model; the first request loads one",
        "Ollama 0.33 at http://127.0.0.1:1",
    ]


def test_nothing_known_says_nothing() -> None:
    assert sentences({}) == []
