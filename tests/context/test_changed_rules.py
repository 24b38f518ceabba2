"""What `.gitignore` says holds from the moment that it is written."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lsp_server.common.snapshot import Snapshot
from lsp_server.config.settings import IndexSettings
from lsp_server.context.engine import ContextEngine


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[ContextEngine]:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "a.py").write_text("def from_a_build():\n    pass\n")
    (tmp_path / "b.py").write_text("def written():\n    pass\n")
    engine = ContextEngine(IndexSettings())
    await engine.start([tmp_path])
    await engine.complete()
    yield engine
    await engine.stop()


async def test_a_new_rule_takes_files_out_of_the_index(
    engine: ContextEngine, tmp_path: Path
) -> None:
    rules = tmp_path / ".gitignore"
    rules.write_text("made/\n")
    await engine.files_changed([rules])
    assert await engine.definitions("from_a_build") == []
    assert await engine.definitions("written")


async def test_a_rule_that_goes_lets_files_into_the_index(
    engine: ContextEngine, tmp_path: Path
) -> None:
    rules = tmp_path / "made" / ".gitignore"
    rules.write_text("*\n")
    await engine.files_changed([rules])
    assert await engine.definitions("from_a_build") == []
    rules.unlink()
    await engine.files_changed([rules])
    assert await engine.definitions("from_a_build")


async def test_an_open_document_comes_back_as_it_stands_when_it_is_ignored_no_more(
    engine: ContextEngine, tmp_path: Path
) -> None:
    rules, path = tmp_path / ".gitignore", tmp_path / "b.py"
    engine.buffer_changed(Snapshot.of_text("def unsaved(): ...\n", language="python", path=path))
    engine._documents.send()
    for text, found in (("b.py\n", 0), ("", 1)):
        rules.write_text(text)
        await engine.files_changed([rules])
        assert len(await engine.definitions("unsaved")) == found
        assert not await engine.definitions("written")
