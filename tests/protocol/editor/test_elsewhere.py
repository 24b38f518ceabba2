"""Asking the client's own language servers, through the protocol."""

from collections.abc import Sequence
from typing import Any

import pytest

from lsp_server.common.snapshot import Place
from lsp_server.common.text import Position
from lsp_server.context.elsewhere import FoundElsewhere
from lsp_server.protocol.editor.elsewhere import names_near
from tests.protocol.client import URI, editor
from tests.protocol.fakes import Fakes

TELLS: dict[str, Any] = {"experimental": {"tandem": {"definitions": True}}}
RANGE = {"start": {"line": 4, "character": 0}, "end": {"line": 6, "character": 1}}
STORE = {"name": "load", "uri": "file:///lib/store.py", "range": RANGE, "text": "def load(): ..."}


async def told(answer: Any, text: str = "store.load\n") -> Sequence[FoundElsewhere]:
    """Return what a client that answers so tells of the first line of `text`."""
    fakes = Fakes()
    async with editor(fakes) as ed:
        ed.client.answers["tandem/definitions"] = answer
        await ed.initialize(TELLS)
        await ed.client.wait_for("tandem/status")
        ed.open(text)
        await ed.request("textDocument/codeAction", code_actions())
        assert fakes.opening is not None
        assert fakes.opening.definitions is not None
        [snapshot] = fakes.opening.open_documents()
        return await fakes.opening.definitions.definitions(Place(snapshot, Position(0, 0)))


def code_actions() -> dict[str, Any]:
    start = {"line": 0, "character": 0}
    return {
        "textDocument": {"uri": URI},
        "range": {"start": start, "end": start},
        "context": {"diagnostics": []},
    }


async def test_the_client_is_asked_for_the_names_around_the_cursor() -> None:
    asked = list[Any]()

    def answer(params: Any) -> Any:
        asked.append(params)
        return {"definitions": [STORE]}

    [found] = await told(answer)
    assert found == FoundElsewhere("/lib/store.py", (4, 6), "load", "def load(): ...")
    positions = [{"line": 0, "character": 6}, {"line": 0, "character": 0}]
    assert asked == [{"textDocument": {"uri": URI}, "positions": positions}]


async def test_positions_count_in_the_units_of_the_client() -> None:
    asked = list[Any]()

    def answer(params: Any) -> Any:
        asked.append(params)

    assert not await told(answer, "'𐐀'; store\n")
    assert asked[0]["positions"] == [{"line": 0, "character": 6}]


async def test_what_lies_in_the_document_itself_is_left_out() -> None:
    assert not await told({"definitions": [STORE | {"uri": URI}]})


async def test_a_class_in_an_archive_is_known_by_its_address() -> None:
    inside = STORE | {"uri": "jdt://contents/rt.jar/java.util/List.class?=x"}
    [found] = await told({"definitions": [inside]})
    assert found.path == "rt.jar/java.util/List.class"


async def test_a_client_that_does_not_tell_is_not_asked() -> None:
    fakes = Fakes()
    async with editor(fakes) as ed:
        await ed.initialize({"experimental": {"tandem": {}}})
        await ed.client.wait_for("tandem/status")
        assert fakes.opening is not None
        assert fakes.opening.definitions is None


@pytest.mark.parametrize("line", [0, 3])
def test_names_are_taken_once_from_the_nearest_lines_outwards(line: int) -> None:
    lines = ["first = ab\n", "second = first\n", "\n", "third(second)\n"]
    near = names_near(lines, Position(line, 0))
    names = [lines[at.line][at.column :].split(" ")[0].split("(")[0].strip(")\n") for at in near]
    assert sorted(names) == ["first", "second", "third"]
    assert near[0].line == line


def test_only_a_few_names_are_asked_for() -> None:
    lines = [" ".join(f"name{number}" for number in range(100))]
    assert len(names_near(lines, Position(0, 0))) == 12
