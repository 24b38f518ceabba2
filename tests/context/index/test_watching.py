"""Watching folders that come and go, on systems that let only so many be watched."""

import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from lsp_server.config.settings import IndexSettings
from lsp_server.context.index import messages as m
from lsp_server.context.index.watching import changes
from lsp_server.context.index.worker import IndexProcess
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
    async with aclosing(changes(lambda: [tmp_path])) as found:
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
