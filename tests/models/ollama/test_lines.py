import json
from collections.abc import AsyncGenerator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.models.ollama.lines import NotJson, json_objects

JSON = st.dictionaries(st.text(), st.text() | st.integers(), max_size=3)


async def chunks(data: bytes, cuts: list[int]) -> AsyncGenerator[bytes, None]:
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    for start, end in pairwise(places):
        yield data[start:end]


@given(st.lists(JSON), st.lists(st.integers(0, 300)))
async def test_objects_come_back_however_the_bytes_are_cut(
    values: list[dict[str, object]], cuts: list[int]
) -> None:
    data = b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)
    assert [value async for value in json_objects(chunks(data, cuts))] == values


@pytest.mark.parametrize("data", [b'{"a": 1', b"[1]\n", b"<html>\n", b"\xff\n"])
async def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(NotJson):
        [value async for value in json_objects(chunks(data, []))]
