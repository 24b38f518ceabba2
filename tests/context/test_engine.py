"""The engine over a real index process: what it finds, and that its prompts keep their prefix."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position
from lsp_server.config.settings import IndexSettings
from lsp_server.context.engine import ContextEngine
from tests.fixture import Fixture, parse_fixture

SHOP = """
    //- shop/__init__.py
    //- shop/price.py
    class Price:
        "What a thing costs."
        def with_tax(self, rate: float) -> float:
            return self.net * (1 + rate)

        def __init__(self, net: float) -> None:
            self.net = net

    def cheapest(prices: list[Price]) -> Price:
        return min(prices, key=lambda price: price.net)
    //- shop/basket.py
    from shop.price import Price, cheapest

    class Basket:
        def __init__(self) -> None:
            self.prices: list[Price] = []

        def total(self) -> float:
            return sum(price.$0)
    //- tools/other.py
    def unrelated() -> None:
        pass
    //- .env
    TOKEN=secret
"""


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[ContextEngine]:
    parse_fixture(SHOP).write(tmp_path)
    engine = ContextEngine(IndexSettings())
    await engine.start([tmp_path])
    await engine.complete()
    yield engine
    await engine.stop()


def shop(tmp_path: Path) -> tuple[Fixture, Place]:
    fixture = parse_fixture(SHOP)
    return fixture, fixture.place(tmp_path)


async def test_waiting_for_the_index_may_begin_before_the_index_does(tmp_path: Path) -> None:
    parse_fixture(SHOP).write(tmp_path)
    engine = ContextEngine(IndexSettings())
    waiting = asyncio.create_task(engine.complete())
    await asyncio.sleep(0)
    await engine.start([tmp_path])
    assert (await waiting).complete
    await engine.stop()


async def test_no_code_of_the_workspace_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = tmp_path / "lsp_server/context/index/worker.py"
    worker.parent.mkdir(parents=True)
    worker.write_text("import pathlib; pathlib.Path('ran').touch()\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    engine = ContextEngine(IndexSettings())
    await engine.start([tmp_path])
    await engine.complete()
    await engine.stop()
    assert not (tmp_path / "ran").exists()


async def test_a_pack_shows_what_the_imports_define(engine: ContextEngine, tmp_path: Path) -> None:
    packed = await engine.pack(shop(tmp_path)[1], 2000)
    text = "".join(block.text for block in packed.log)
    assert "def with_tax(self, rate: float) -> float" in text
    assert packed.above.endswith("return sum(price.")
    assert packed.tokens <= 2000
    block = next(block for block in packed.log if "with_tax" in block.text)
    assert (block.path, block.why) == (
        "shop/price.py",
        "has members of Price, the type of `self.prices`, a variable here",
    )


async def test_typing_appends_to_the_prompt(engine: ContextEngine, tmp_path: Path) -> None:
    place = shop(tmp_path)[1]
    first = await engine.pack(place, 2000)
    lines = list(place.snapshot.lines)
    line, column = place.position.line, place.position.column
    lines[line] = lines[line][:column] + "net" + lines[line][column:]
    snapshot = Snapshot(place.snapshot.uri, lines, "python", 2, place.snapshot.path)
    second = await engine.pack(Place(snapshot, Position(line, column + 3)), 2000)
    assert (second.map, second.log, second.below) == (first.map, first.log, first.below)
    assert second.above == first.above + "net"


async def test_definitions_are_found_by_name(engine: ContextEngine, tmp_path: Path) -> None:
    found = await engine.definitions("Price.with_tax")
    assert [item.path for item in found] == [tmp_path / "shop" / "price.py"]
    assert found[0].located.definition.span.start == Position(2, 4)


async def test_a_question_gets_definitions_callers_and_modules(engine: ContextEngine) -> None:
    evidence = await engine.evidence("How is the cheapest price chosen?", None, 2000)
    assert evidence.definitions[0].definition.name == "cheapest"
    assert "min(prices" in evidence.blocks[0].text
    assert "shop/price.py" in evidence.map
    assert evidence.tokens <= 2000


async def test_callers_are_those_that_call_not_those_that_mention(
    engine: ContextEngine, tmp_path: Path
) -> None:
    path = tmp_path / "shop" / "use.py"
    path.write_text(
        "from shop.price import cheapest\n\n\ndef buy(all):\n"
        "    # cheapest(all) was too slow once\n    return (\n        cheapest(\n all)\n    )\n"
    )
    await engine.files_changed([path])
    evidence = await engine.evidence("How is the cheapest price chosen?", None, 2000)
    assert [(one.path, one.line, one.inside) for one in evidence.callers] == [
        ("shop/use.py", 6, "buy")
    ]


async def test_prompts_of_one_budget_begin_with_one_map(
    engine: ContextEngine, tmp_path: Path
) -> None:
    await engine.complete()
    overview = await engine.overview(8000)
    assert "shop/price.py" in overview.map
    assert 0 < overview.tokens < 1000
    packed = await engine.pack(shop(tmp_path)[1], 8000)
    assert packed.map == overview.map


async def test_a_saved_file_is_read_again(engine: ContextEngine, tmp_path: Path) -> None:
    path = tmp_path / "tools" / "other.py"
    path.write_text("def renamed() -> None:\n    pass\n")
    await engine.files_changed([path])
    assert await engine.definitions("unrelated") == []
    assert len(await engine.definitions("renamed")) == 1


async def test_of_changed_files_those_that_are_indexed_are_told(
    engine: ContextEngine, tmp_path: Path
) -> None:
    changed = [tmp_path / ".env", tmp_path / "tools" / "other.py", tmp_path / "none.py"]
    assert await engine.files_changed(changed) == [tmp_path / "tools" / "other.py"]


async def test_changes_on_disk_are_noticed_where_the_client_tells_none(
    engine: ContextEngine, tmp_path: Path
) -> None:
    told: list[Path] = []
    engine.watch_disk(told.extend)
    async with asyncio.timeout(20):
        for number in count():
            # The watch begins a moment later: a change is made until one is noticed.
            (tmp_path / "tools" / "other.py").write_text(f"def renamed_{number}(): ...\n")
            if told:
                break
            await engine.keys()
        (tmp_path / "made" / "deep").mkdir(parents=True)
        (tmp_path / "made" / "deep" / "new.py").write_text("def made_just_now(): ...\n")
        while not await engine.definitions("made_just_now"):
            await engine.keys()
    assert tmp_path / "tools" / "other.py" in told


async def test_a_folder_that_came_is_read_without_what_is_ignored(
    engine: ContextEngine, tmp_path: Path
) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "new.py").write_text("def made_just_now(): ...\n")
    (tmp_path / "made" / ".gitignore").write_text("old.py\n")
    (tmp_path / "made" / "old.py").write_text("def ignored_at_once(): ...\n")
    await engine.files_changed([tmp_path / "made"])
    assert await engine.definitions("made_just_now")
    assert not await engine.definitions("ignored_at_once")


async def test_a_deleted_folder_is_forgotten(engine: ContextEngine, tmp_path: Path) -> None:
    (tmp_path / "tools" / "other.py").unlink()
    (tmp_path / "tools").rmdir()
    await engine.files_changed([tmp_path / "tools"])
    assert await engine.definitions("unrelated") == []


async def test_names_that_code_can_mean(engine: ContextEngine, tmp_path: Path) -> None:
    names = await engine.visible_names(shop(tmp_path)[0].snapshot(tmp_path))
    assert {"Basket", "cheapest", "with_tax"} <= names
    assert "unrelated" not in names


async def test_texts_are_those_of_the_index(engine: ContextEngine, tmp_path: Path) -> None:
    paths = {path.relative_to(tmp_path).as_posix() async for path, _ in engine.texts()}
    assert paths == {"shop/price.py", "shop/basket.py", "tools/other.py"}


async def test_typing_never_waits_and_the_log_follows(
    engine: ContextEngine, tmp_path: Path
) -> None:
    place = shop(tmp_path)[1]
    assert engine.pack_now(place, 2000).above.endswith("return sum(price.")
    filled = await engine.pack(place, 2000)
    assert filled.log
    assert engine.pack_now(place, 2000) == filled


class Reading:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def milliseconds(self, tokens: int) -> float:
        return self.seconds * 1000


@pytest.mark.parametrize("seconds", [1.0, 60.0])
async def test_a_log_of_other_files_is_filled_anew_in_a_pause_if_that_is_read_quickly(
    tmp_path: Path, seconds: float
) -> None:
    fixture, place = shop(tmp_path)
    fixture.write(tmp_path)
    (tmp_path / "tools" / "many.py").write_text(
        "".join(f"def tool_{number}(text: str) -> str: ...\n" for number in range(120))
    )
    using = "from tools.many import *\n" + "".join(f"tool_{n}('')\n" for n in range(120))
    other = tmp_path / "tools" / "use.py"
    elsewhere = Place(Snapshot(other.as_uri(), [using], "python", 1, other), Position(0, 0))
    engine = ContextEngine(IndexSettings(), cost=Reading(seconds))
    await engine.start([tmp_path])
    await engine.complete()
    try:
        await engine.pack(elsewhere, 2000)
        engine.buffer_changed(elsewhere.snapshot)
        before = await engine.pack(place, 2000)
        assert await engine.repack(place, 2000) == (seconds < 5)
        after = engine.pack_now(place, 2000)
        assert not await engine.repack(place, 2000)
    finally:
        await engine.stop()
    assert (after.log == before.log) == (seconds > 5)
    assert (after.above, after.below) == (before.above, before.below)
    if seconds < 5:
        assert "shop/price.py" in {block.path for block in after.log[:2]}


async def test_an_open_document_is_indexed_as_it_stands(
    engine: ContextEngine, tmp_path: Path
) -> None:
    path = tmp_path / "tools" / "other.py"
    snapshot = Snapshot.of_text("def unsaved() -> None: ...\n", language="python", path=path)
    engine.buffer_changed(snapshot)
    async with asyncio.timeout(10):
        while not await engine.definitions("unsaved"):
            pass
    engine.buffer_closed(snapshot.uri)
    assert len(await engine.definitions("unrelated")) == 1


async def test_a_document_from_elsewhere_takes_no_file_s_place(
    engine: ContextEngine, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (tmp_path / "main.py").write_text("def of_the_workspace() -> None: ...\n")
    await engine.files_changed([tmp_path / "main.py"])
    path = tmp_path_factory.mktemp("elsewhere") / "main.py"
    snapshot = Snapshot.of_text("def from_elsewhere() -> None: ...\n", language="python", path=path)
    engine.buffer_changed(snapshot)
    engine._documents.send()
    assert [found.path for found in await engine.definitions("from_elsewhere")] == [path]
    assert len(await engine.definitions("of_the_workspace")) == 1
    engine.buffer_closed(snapshot.uri)
    assert not await engine.definitions("from_elsewhere")
    assert len(await engine.definitions("of_the_workspace")) == 1


async def test_a_workspace_opened_by_a_link_knows_its_files(
    tmp_path: Path,
) -> None:
    parse_fixture(SHOP).write(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    engine = ContextEngine(IndexSettings())
    await engine.start([tmp_path / "link"])
    assert engine.key_of(tmp_path / "link" / "shop" / "price.py") == "shop/price.py"
    await engine.stop()


async def test_a_file_that_became_a_link_is_neither_shown_nor_told(
    engine: ContextEngine, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("outside") / "key"
    secret.write_text("TOP SECRET\n" * 50)
    path = tmp_path / "shop" / "price.py"
    path.unlink()
    path.symlink_to(secret)
    _, place = shop(tmp_path)
    assert not [text async for _, text in engine.texts() if "SECRET" in text]
    assert "SECRET" not in str(await engine.evidence("What is with_tax of Price?", None, 4000))
    assert "SECRET" not in str(await engine.pack(place, 8000))
    assert await engine.files_changed([path]) == []
    assert not await engine.definitions("with_tax")


async def test_a_folder_that_became_a_link_is_forgotten(
    engine: ContextEngine, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (tmp_path / "tools").rename(outside / "tools")
    (tmp_path / "tools").symlink_to(outside / "tools")
    assert not [text async for _, text in engine.texts() if "unrelated" in text]
    await engine.files_changed([tmp_path / "tools"])
    assert not await engine.definitions("unrelated")


async def test_document_opened_before_the_index_begins_is_known_once(tmp_path: Path) -> None:
    fixture, place = shop(tmp_path)
    fixture.write(tmp_path)
    engine = ContextEngine(IndexSettings())
    engine.buffer_changed(place.snapshot)
    await engine.start([tmp_path])
    try:
        await engine.complete()
        paths = [found.path for found in await engine.definitions("Basket")]
        assert paths == [tmp_path / "shop" / "basket.py"]
    finally:
        await engine.stop()


async def test_open_document_is_known_once_when_a_folder_is_added(
    engine: ContextEngine, tmp_path: Path
) -> None:
    _, place = shop(tmp_path)
    other = tmp_path.parent / f"{tmp_path.name}-other"
    other.mkdir()
    engine.buffer_changed(place.snapshot)
    engine._documents.send()
    await engine.start([tmp_path, other])
    await engine.complete()
    found = [key for key in await engine.keys() if key.endswith("basket.py")]
    assert found == [f"{tmp_path.name}/shop/basket.py"]


async def test_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    parse_fixture("""
        //- client/app/use.py
        def greet(): ...
        //- server/app/use.py
        def serve(): ...
    """).write(tmp_path)
    engine = ContextEngine(IndexSettings())
    await engine.start([tmp_path / "client" / "app", tmp_path / "server" / "app"])
    try:
        await engine.complete()
        for name, folder in (("greet", "client"), ("serve", "server")):
            (found,) = await engine.definitions(name)
            assert found.path == tmp_path / folder / "app" / "use.py"
            evidence = await engine.evidence(f"What is {name}?", None, 2000)
            assert evidence.blocks[0].path == f"{folder}/app/use.py"
    finally:
        await engine.stop()


async def test_folders_that_come_and_go_take_their_files_along_and_leave_open_text(
    tmp_path: Path,
) -> None:
    fixture = parse_fixture("""
        //- client/app/use.py
        def greet(): ...$0
        //- server/app/use.py
        def serve(): ...
    """)
    fixture.write(tmp_path)
    client, server = tmp_path / "client" / "app", tmp_path / "server" / "app"
    opened = Snapshot.of_text(
        "def greet(): ...\ndef typed(): ...\n",
        language="python",
        path=client / "use.py",
        version=2,
    )
    engine = ContextEngine(IndexSettings())

    async def known(roots: list[Path]) -> list[str]:
        await engine.start(roots)
        await engine.complete()
        return [name for name in ("greet", "typed", "serve") if await engine.definitions(name)]

    try:
        await engine.start([client])
        engine.buffer_changed(opened)
        assert await known([client]) == ["greet", "typed"]
        assert await known([client, server]) == ["greet", "typed", "serve"]
        (found,) = await engine.definitions("typed")
        assert found.path == opened.path
        engine.buffer_closed(opened.uri)
        assert await known([server]) == ["serve"]
    finally:
        await engine.stop()


HIDDEN = "def token_of_the_shop():\n    return 'hunter2'\n\n\n"
PRIVATE = [".env", "ignored.py", "node_modules/kept.py"]


async def packed_after(engine: ContextEngine, root: Path, name: str) -> str:
    """Return a prompt elsewhere after a document was open, worked in and made known."""
    path = root / name
    path.parent.mkdir(exist_ok=True)
    # Longer than a window: what does not fit goes to the log in pieces.
    text = HIDDEN + "x = 1\n" * 400
    path.write_text(text)
    snapshot = Snapshot.of_text(text, language="python", path=path)
    engine.buffer_changed(snapshot)
    await engine.pack(Place(snapshot, Position(300, 0)), 2000)
    engine._documents.send()
    place = shop(root)[1]
    asked = "What is token_of_the_shop?"
    evidence = await engine.evidence(asked, Place(snapshot, Position(0, 0)), 2000)
    return f"{await engine.pack(place, 2000)} {evidence}"


@pytest.mark.parametrize("name", PRIVATE)
async def test_an_open_private_document_is_in_no_other_prompt(
    engine: ContextEngine, tmp_path: Path, name: str
) -> None:
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    assert "hunter2" not in await packed_after(engine, tmp_path, name)
    assert await engine.definitions("token_of_the_shop") == []


async def test_an_open_public_document_is_in_other_prompts(
    engine: ContextEngine, tmp_path: Path
) -> None:
    assert "hunter2" in await packed_after(engine, tmp_path, "public.py")


async def test_a_closed_document_from_elsewhere_is_forgotten(
    engine: ContextEngine, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("elsewhere") / "notes.py"
    snapshot = Snapshot.of_text(HIDDEN, language="python", path=path)
    engine.buffer_changed(snapshot)
    engine._documents.send()
    assert [one.located.path for one in await engine.definitions("token_of_the_shop")]
    engine.buffer_closed(snapshot.uri)
    assert await engine.definitions("token_of_the_shop") == []
