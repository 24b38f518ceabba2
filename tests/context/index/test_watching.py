"""Watching folders that come and go, on systems that let only so many be watched."""

import logging
import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from lsp_server.config.settings import IndexSettings
from lsp_server.context.index import messages as m
from lsp_server.context.index import worker
from lsp_server.context.index.reading import batches
from lsp_server.context.index.reading.rows import read_row
from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.watching import changes
from lsp_server.context.index.worker import IndexProcess
from lsp_server.context.index.workspace import Workspace
from tests.waiting import until


async def test_a_folder_that_goes_before_it_is_watched_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    async def watched(*_: object, **__: object) -> AsyncIterator[set[tuple[int, str]]]:
        tries.append(1)
        if len(tries) == 1:
            raise FileNotFoundError("gone")
        yield {(1, str(tmp_path / "a.py"))}

    monkeypatch.setattr("watchfiles.awatch", watched)
    async with aclosing(changes(lambda: [tmp_path], time.time() + 60)) as found:
        assert await anext(found) == [tmp_path / "a.py"]


async def test_a_system_that_lets_nothing_be_watched_is_told_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def refused(*_: object, **__: object) -> AsyncIterator[Any]:
        raise OSError("No space left on device")
        yield

    monkeypatch.setattr("watchfiles.awatch", refused)
    caplog.set_level(logging.WARNING)
    process = IndexProcess(lambda *_: None)
    await process.handle(1, m.Start((tmp_path,), IndexSettings(), None))
    await process.handle(2, m.StatusWanted(when_complete=True))
    await process.handle(3, m.Watch())
    await until(lambda: "max_user_watches" in caplog.text)


async def test_what_changed_before_the_watch_began_is_told_first(tmp_path: Path) -> None:
    began = time.time()
    old, new = tmp_path / "old.py", tmp_path / "new.py"
    for path in (old, new):
        path.write_text("x")
    os.utime(old, (0, 0))
    async with aclosing(changes(lambda: [tmp_path], began)) as found:
        assert await anext(found) == [tmp_path, new]


async def test_what_changes_while_the_index_grows_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("changed.py", "gone.py"):
        (tmp_path / name).write_text("def before(): ...\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "gone.py").write_text("def before(): ...\n")
    read = batches.opened

    def read_too_early(sources: list[batches.Source]) -> batches.Batch:
        batch = read(sources)
        (tmp_path / "changed.py").write_text("def after(): ...\n")
        (tmp_path / "new.py").write_text("def made(): ...\n")
        (tmp_path / "gone.py").unlink()
        shutil.rmtree(tmp_path / "folder")
        return batch

    monkeypatch.setattr(worker, "opened", read_too_early)
    process = IndexProcess(lambda *_: None)
    await process.handle(1, m.Watch())
    await process.handle(2, m.Start((tmp_path,), IndexSettings(), None))
    rows = process._workspace.rows
    wanted = {("changed.py", "after"), ("new.py", "made")}
    await until(lambda: {(key, *row.definitions.names) for key, row in rows.items()} == wanted)
    await process.stop()


async def test_rows_of_what_went_meanwhile_are_not_taken(tmp_path: Path) -> None:
    workspace = Workspace((tmp_path,), WalkLimits())
    rows = [read_row(key, "python", b"x = 1\n") for key in ("a/b/c.py", "a/d.py", "e.py")]
    workspace.refresh(tmp_path / "a" / "b")
    workspace.refresh(tmp_path / "e.py")
    workspace.take(rows)
    assert set(workspace.rows) == {"a/d.py"}


async def test_an_index_that_failed_can_be_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_: object) -> list[list[batches.Source]]:
        raise OverflowError

    (tmp_path / "a.py").write_text("def found(): ...\n")
    told: list[object] = []
    process = IndexProcess(lambda _, value: told.append(value))
    with monkeypatch.context() as patch:
        patch.setattr(worker, "in_batches", failing)
        await process.handle(1, m.Start((tmp_path,), IndexSettings(), None))
        await process.handle(2, m.StatusWanted(when_complete=True))
    assert "could not be completed" in caplog.text
    await process.handle(3, m.Start((tmp_path,), IndexSettings(), None))
    await process.handle(4, m.StatusWanted(when_complete=True))
    assert set(process._workspace.rows) == {"a.py"}
    assert not [one for one in told if isinstance(one, m.Failure)]
    await process.stop()
