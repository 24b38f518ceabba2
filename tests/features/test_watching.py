"""Which changed files the built-in engine takes in."""

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position
from lsp_server.features.watching import Background, Listeners, Watcher
from lsp_server.features.workspace import OpenWorkspace
from lsp_server.models.builtin.completing import BuiltInEngine
from tests.fixture import parse_fixture


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


class NoIndex:
    """Hears of documents."""

    def buffer_changed(self, snapshot: Snapshot) -> None:
        pass

    def buffer_closed(self, uri: str) -> None:
        pass


TEXT = "shop_token = 'hunter2'\nshop_token.connect_with_retries(12)\n"


@pytest.fixture
def open_documents(tmp_path: Path) -> tuple[Watcher, BuiltInEngine]:
    builtin = BuiltInEngine()
    listeners = SimpleNamespace(
        workspace=OpenWorkspace([tmp_path], lambda: ()),
        context=NoIndex(),
        builtin=builtin,
        inline_completion=SimpleNamespace(
            closed=lambda snapshot: None,
            warm_up=SimpleNamespace(turned_to=lambda snapshot: None, changed=lambda snapshot: None),
        ),
    )
    return Watcher(cast("Listeners", listeners), Background()), builtin


def guessed_elsewhere(builtin: BuiltInEngine) -> str:
    found = builtin.complete(parse_fixture("shop_token.conn$0\n").place(), 0.1)
    return found.text if found is not None else ""


Heard = tuple[Watcher, BuiltInEngine]


@pytest.mark.parametrize("name", [".env", "ignored.py", "node_modules/a.py"])
def test_the_built_in_engine_keeps_a_private_document_to_itself(
    open_documents: Heard, tmp_path: Path, name: str
) -> None:
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    watcher, builtin = open_documents
    snapshot = Snapshot.of_text(TEXT, language="python", path=tmp_path / name)
    watcher.opened(snapshot)
    builtin.complete(Place(snapshot, Position(1, 12)), 0.1)
    assert guessed_elsewhere(builtin) == ""
    watcher.closed(snapshot)
    assert guessed_elsewhere(builtin) == ""


def test_the_built_in_engine_knows_documents_of_the_workspace(
    open_documents: Heard, tmp_path: Path
) -> None:
    watcher, builtin = open_documents
    snapshot = Snapshot.of_text(TEXT, language="python", path=tmp_path / "a.py")
    watcher.opened(snapshot)
    assert guessed_elsewhere(builtin).startswith("ect")
    watcher.closed(snapshot)
    assert guessed_elsewhere(builtin).startswith("ect")


def test_a_document_from_elsewhere_is_forgotten_when_it_is_closed(
    open_documents: Heard, tmp_path_factory: pytest.TempPathFactory
) -> None:
    watcher, builtin = open_documents
    path = tmp_path_factory.mktemp("elsewhere") / "a.py"
    snapshot = Snapshot.of_text(TEXT, language="python", path=path)
    watcher.opened(snapshot)
    assert guessed_elsewhere(builtin).startswith("ect")
    watcher.closed(snapshot)
    assert guessed_elsewhere(builtin) == ""
