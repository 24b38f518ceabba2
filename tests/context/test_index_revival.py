"""An index process that dies by itself is started again, with the documents that are open."""

import asyncio
from pathlib import Path

import pytest

from lsp_server.common.snapshot import Snapshot
from lsp_server.config.settings import IndexSettings
from lsp_server.context import engine as engine_module
from lsp_server.context.engine import ContextEngine
from lsp_server.context.index.process import IndexClient, IndexGone
from tests.waiting import until


def kill_index(engine: ContextEngine) -> None:
    process = engine._client._process
    assert process is not None
    process.kill()


async def started(tmp_path: Path) -> ContextEngine:
    (tmp_path / "a.py").write_text("def kept():\n    pass\n")
    engine = ContextEngine(IndexSettings())
    await engine.start([tmp_path])
    await engine.complete()
    return engine


async def test_an_index_process_that_was_killed_comes_back(tmp_path: Path) -> None:
    engine = await started(tmp_path)
    opened = Snapshot.of_text(
        "def fresh():\n    pass\n", language="python", path=tmp_path / "b.py", version=1
    )
    engine.buffer_changed(opened)
    try:
        kill_index(engine)
        await until(lambda: engine._reviving is not None and engine._reviving.done())
        await engine.complete()
        assert await engine.definitions("kept")
        assert await engine.definitions("fresh")
    finally:
        await engine.stop()


async def test_who_asks_while_the_index_process_ends_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await started(tmp_path)
    process, asked = engine._client._process, list[asyncio.Task[object]]()
    assert process is not None
    wait = process.wait

    async def ended_in_the_end() -> int:
        # Its output has ended, but that it is gone is known only later.
        monkeypatch.setattr(IndexClient, "is_running", property(lambda _: True))
        asked.append(asyncio.create_task(engine.definitions("kept")))
        await asyncio.sleep(0)
        return await wait()

    monkeypatch.setattr(process, "wait", ended_in_the_end)
    try:
        kill_index(engine)
        await until(lambda: asked and asked[0].done())
        assert isinstance(asked[0].exception(), IndexGone)
    finally:
        await engine.stop()


async def test_an_engine_that_ends_leaves_no_process_that_is_just_starting(
    tmp_path: Path,
) -> None:
    engine = await started(tmp_path)
    kill_index(engine)
    await until(lambda: engine._reviving is not None)
    await asyncio.sleep(0)
    await engine.stop()
    assert engine._reviving is not None
    assert engine._reviving.done()
    assert not engine._client.is_running


async def test_an_index_process_that_always_dies_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_MOST_REVIVALS", 0)
    engine = await started(tmp_path)
    try:
        kill_index(engine)
        await until(lambda: not engine._client.is_running)
        with pytest.raises(IndexGone):
            await engine.definitions("kept")
    finally:
        await engine.stop()
