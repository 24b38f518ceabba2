"""Rows kept on disk, whatever a disk makes of them."""

from pathlib import Path

import pytest

from lsp_server.config.settings import CacheSettings
from lsp_server.context.index.reading.batches import Source, opened, read_batch
from lsp_server.context.index.reading.rows import dump_rows, load_rows, read_row
from lsp_server.storage.cache import open_cache


def test_rows_are_read_as_they_were_written() -> None:
    rows = [read_row(f"{name}.py", "python", b"def f(): ...\n" * 3) for name in "ab"]
    found = load_rows(dump_rows(rows))
    assert [(row.path, row.definitions.names) for row in found] == [
        (row.path, row.definitions.names) for row in rows
    ]
    with pytest.raises(ValueError, match="not rows"):
        load_rows(b"")


@pytest.mark.parametrize("part", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_damaged_entry_is_read_afresh_and_mended(tmp_path: Path, part: float) -> None:
    path = tmp_path / "a.py"
    path.write_text("import os\n\ndef found(number: int) -> int:\n    return number\n" * 5)
    sources = [Source("a.py", path, "python")]
    cache = open_cache(CacheSettings(directory=str(tmp_path / "cache")))
    whole = read_batch(sources, cache)
    name = opened(sources).name
    at = int(len(whole) * part)
    damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
    cache.put(name, damaged)
    assert read_batch(sources, cache) == whole
    assert cache.get(name) == whole
    with pytest.raises(ValueError, match="not rows"):
        load_rows(damaged)
    cache.close()
