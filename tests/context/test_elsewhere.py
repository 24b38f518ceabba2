"""Definitions from elsewhere enter the prompt once, and never hold it up."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position
from lsp_server.config.settings import IndexSettings
from lsp_server.context.elsewhere import DefinitionSource, FoundElsewhere, told_by
from lsp_server.context.engine import ContextEngine
from lsp_server.context.index.messages import Found, MapText, MapWanted, Piece, Seek
from lsp_server.context.session import Session, Sources, Surroundings

HERE = Place(Snapshot("file:///f", ["x."], "python"), Position(0, 2))


class Teller:
    async def definitions(self, place: Place) -> Sequence[FoundElsewhere]:
        return [FoundElsewhere("lib/a.py", (3, 3), "A.go", "def go(self) -> None")] * 2


class Silent:
    async def definitions(self, place: Place) -> Sequence[FoundElsewhere]:
        await asyncio.Event().wait()
        return []


class Broken:
    async def definitions(self, place: Place) -> Sequence[FoundElsewhere]:
        raise RuntimeError("gone")


async def seek(wanted: Seek) -> Found:
    return Found(0, ())


async def empty_map(wanted: MapWanted) -> MapText:
    return MapText("", {})


async def packed_with(source: DefinitionSource) -> list[tuple[str, str]]:
    async def told(place: Place) -> Sequence[Piece]:
        return await told_by(source, place)

    session = Session(Sources(seek, empty_map, told), 2000)
    packed = await session.pack(HERE, Surroundings("f"))
    assert packed.tokens <= 2000
    return [(block.text, block.why) for block in packed.log]


async def test_what_another_server_knows_is_shown_once_with_its_reason() -> None:
    [(text, why)] = await packed_with(Teller())
    assert text == "def go(self) -> None\n"
    assert "language server" in why


async def test_a_server_that_is_late_or_fails_holds_nothing_up() -> None:
    assert await packed_with(Silent()) == []
    assert await packed_with(Broken()) == []


async def test_the_engine_asks_whom_it_is_given(tmp_path: Path) -> None:
    engine = ContextEngine(IndexSettings())
    await engine.start([tmp_path])
    engine.ask_also(Teller())
    try:
        packed = await engine.pack(HERE, 2000)
    finally:
        await engine.stop()
    assert [block.text for block in packed.log] == ["def go(self) -> None\n"]


class Careless:
    async def definitions(self, place: Place) -> Sequence[FoundElsewhere]:
        return [FoundElsewhere("conf/secrets.yaml", (0, 0), "key", "key: hunter2")]


async def test_a_secret_file_stays_out_whoever_found_it() -> None:
    assert await packed_with(Careless()) == []


class Finder:
    def __init__(self, *paths: Path) -> None:
        self.paths = paths

    async def definitions(self, place: Place) -> Sequence[FoundElsewhere]:
        return [FoundElsewhere(path.as_posix(), (0, 0), "go", "def go():") for path in self.paths]


async def test_what_the_index_knows_is_left_to_it_and_what_is_outside_is_named_shortly(
    tmp_path: Path,
) -> None:
    known, unknown = tmp_path / "known.py", tmp_path / "build" / "made.py"
    known.write_text("def go():\n    pass\n")
    outside = Path("/usr/lib/python/site/package/module.py")
    engine = ContextEngine(IndexSettings())
    await engine.start([tmp_path])
    await engine.complete()
    engine.ask_also(Finder(known, unknown, outside))
    try:
        packed = await engine.pack(HERE, 2000)
    finally:
        await engine.stop()
    told = [block.path for block in packed.log if "language server" in block.why]
    assert told == ["build/made.py", "site/package/module.py"]
