import logging
import os
import pickle
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lsp_server.config.settings import CacheSettings
from lsp_server.storage.cache import Cache, open_cache
from lsp_server.storage.disk import SafeDisk
from lsp_server.storage.keys import content_key

MODE_PICKLE = 4


_opened: list[Cache] = []


@pytest.fixture(autouse=True)
def closed_at_the_end() -> Iterator[None]:
    yield
    for cache in _opened:
        cache.close()
    _opened.clear()


def at(folder: Path, size_mb: int = 8) -> Cache:
    cache = open_cache(CacheSettings(directory=str(folder), size_mb=size_mb))
    _opened.append(cache)
    return cache


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Path.touch, (self.target,))


def plant(cache: Cache, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(cache.folder / "cache.db")) as database, database:
        changed = database.execute(sql, values).rowcount
        assert changed == 1


def test_what_was_put_is_found_again_by_the_next_process(tmp_path: Path) -> None:
    first = at(tmp_path)
    first.put("a", b"small")
    first.put("b", bytes(100_000))
    first.close()
    second = at(tmp_path)
    assert second.get("a") == b"small"
    assert second.get("b") == bytes(100_000)
    assert second.get("c") is None


def test_folder_is_the_users_alone_even_if_it_was_open_before(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    cache = at(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700


def test_planted_pickle_is_refused_dropped_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = at(tmp_path)
    cache.put("a", b"honest")
    target = tmp_path / "ran"
    plant(cache, "UPDATE Cache SET mode=?, value=?", MODE_PICKLE, pickle.dumps(Bomb(target)))
    assert cache.get("a") is None
    assert not target.exists()
    assert "pickle" in caplog.text
    assert cache.get("a") is None
    cache.put("a", b"again")
    assert cache.get("a") == b"again"


def test_planted_pickle_would_run_in_stock_diskcache(tmp_path: Path) -> None:
    import diskcache

    cache = at(tmp_path)
    cache.put("a", b"honest")
    target = tmp_path / "ran"
    plant(cache, "UPDATE Cache SET mode=?, value=?", MODE_PICKLE, pickle.dumps(Bomb(target)))
    with diskcache.Cache(str(cache.folder)) as stock:
        stock.get("a")
    assert target.exists()


def test_pickled_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="pickled key"):
        SafeDisk(str(tmp_path)).get(pickle.dumps("a"), raw=False)


@pytest.mark.parametrize("value", ["text", 1, 1.5, None, {"a": 1}])
def test_only_bytes_are_kept(tmp_path: Path, value: object) -> None:
    with pytest.raises(TypeError):
        at(tmp_path).put("a", value)  # type: ignore[arg-type]  # the point of the test


def test_file_outside_the_folder_is_neither_read_nor_removed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    cache = at(tmp_path / "cache")
    cache.put("a", bytes(100_000))
    plant(cache, "UPDATE Cache SET filename=?", str(secret))
    assert cache.get("a") is None
    assert secret.read_bytes() == b"secret"


def test_damaged_cache_is_begun_again_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = at(tmp_path)
    first.put("a", b"x")
    first.close()
    database = first.folder / "cache.db"
    database.write_bytes(b"not a database, but long enough to be looked at" * 100)
    second = at(tmp_path)
    assert second.works
    assert second.get("a") is None
    second.put("a", b"y")
    assert second.get("a") == b"y"
    assert "damaged" in caplog.text


@pytest.mark.parametrize("said", ["unable to open database file", "database is locked"])
def test_cache_that_cannot_be_opened_for_a_moment_keeps_its_entries(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = at(tmp_path)
    first.put("a", b"x")
    first.close()

    def refuse(*_args: object, **_options: object) -> None:
        raise sqlite3.OperationalError(said)

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", refuse)
        assert not at(tmp_path).works
    assert "damaged" not in caplog.text
    assert at(tmp_path).get("a") == b"x"


def test_damage_while_running_is_mended(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = at(tmp_path)
    for number in range(200):
        cache.put(f"key {number}", bytes(500))
    cache.close()
    database = cache.folder / "cache.db"
    size = database.stat().st_size
    with database.open("r+b") as file:
        file.seek(size // 4)
        file.write(os.urandom(size // 2))
    again = at(tmp_path)
    for number in range(200):
        again.get(f"key {number}")
        again.put(f"key {number}", b"new")
    assert again.get("key 199") == b"new"
    assert "damaged" in caplog.text


def test_other_files_of_a_chosen_folder_survive_a_rebuild(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    cache = at(tmp_path)
    cache.close()
    (cache.folder / "cache.db").write_bytes(b"broken" * 1000)
    assert at(tmp_path).works
    assert mine.read_text() == "mine"


def test_size_is_limited_and_the_newest_stay(tmp_path: Path) -> None:
    cache = at(tmp_path, size_mb=1)
    for number in range(60):
        cache.put(f"key {number}", os.urandom(100_000))
    assert cache.volume() < 2 * 1024 * 1024
    assert cache.get("key 0") is None
    assert cache.get("key 59") is not None


def test_database_held_by_another_process_is_a_miss_and_not_a_wait(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    cache = at(tmp_path)
    cache.put("a", b"x")
    holder = sqlite3.connect(cache.folder / "cache.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    cache.put("b", b"y")
    holder.execute("ROLLBACK")
    holder.close()
    assert cache.get("a") == b"x"
    assert cache.get("b") is None
    assert "another process" in caplog.text


def test_folder_that_cannot_be_made_keeps_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = at(tmp_path / "file" / "cache")
    assert not cache.works
    cache.put("a", b"x")
    assert cache.get("a") is None
    assert "Nothing is kept" in caplog.text


def test_keys_tell_parts_apart() -> None:
    assert content_key("k", 1, "ab", "c") != content_key("k", 1, "a", "bc")
    assert content_key("k", 1, "ab") != content_key("k", 2, "ab")
    assert content_key("k", 1, "ab") == content_key("k", 1, b"ab")
    assert content_key("k", 1, "\udc80").startswith("k/1/")
