"""Which changed files the built-in engine takes in."""

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from lsp_server.features.watching import Background, Listeners, Watcher
from lsp_server.features.workspace import OpenWorkspace


class Index:
    """Takes the files that it is told to."""

    def __init__(self, wanted: Callable[[Path], bool]) -> None:
        self._wanted = wanted

    async def files_changed(self, paths: Sequence[Path]) -> list[Path]:
        return [path for path in paths if self._wanted(path)]


class BuiltIn:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def changed(self, path: str, text: str, language: str) -> None:
        del language
        self.known[path] = text

    def forget(self, path: str) -> None:
        self.known.pop(path, None)


async def taken(root: Path, *changed: Path, wanted: Callable[[Path], bool]) -> dict[str, str]:
    builtin = BuiltIn()
    builtin.known = dict.fromkeys(map(str, changed), "before")
    listeners = SimpleNamespace(
        workspace=OpenWorkspace([root], lambda: ()), context=Index(wanted), builtin=builtin
    )
    before = set(asyncio.all_tasks())
    Watcher(cast("Listeners", listeners), Background()).files_changed(changed)
    await asyncio.wait_for(asyncio.gather(*(set(asyncio.all_tasks()) - before)), 10)
    return builtin.known


async def test_a_file_of_the_index_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    known = await taken(tmp_path, tmp_path / "a.py", wanted=lambda _: True)
    assert known == {str(tmp_path / "a.py"): "x = 1\n"}


async def test_a_file_that_the_index_leaves_out_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TOKEN=secret\n")
    assert await taken(tmp_path, tmp_path / ".env", wanted=lambda _: False) == {}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
async def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    assert await taken(tmp_path, tmp_path / "a.py", wanted=lambda _: True) == {}
