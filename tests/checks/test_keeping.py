import os
import time
from pathlib import Path

from lsp_server.checks.environment import Surroundings, state_of
from lsp_server.checks.keeping import kept_within
from tests.checks.support import subject

HOUR = 3600


def workspace(state: Path, name: str, size: int, age: float) -> Path:
    folder = state / name
    (folder / "cargo" / "debug").mkdir(parents=True)
    (folder / "cargo" / "debug" / "made").write_bytes(b"x" * size)
    then = time.time() - age
    os.utime(folder, (then, then))
    return folder


async def test_the_workspaces_longest_unused_are_forgotten_first(tmp_path: Path) -> None:
    old = workspace(tmp_path, "old", 500, 3 * HOUR)
    newer = workspace(tmp_path, "newer", 500, 2 * HOUR)
    newest = workspace(tmp_path, "newest", 500, HOUR)
    assert await kept_within(tmp_path, 1000) == 1
    assert [old.exists(), newer.exists(), newest.exists()] == [False, True, True]


async def test_what_a_tool_may_be_at_work_in_stays(tmp_path: Path) -> None:
    busy = workspace(tmp_path, "busy", 500, 1)
    assert await kept_within(tmp_path, 100) == 0
    assert busy.exists()


async def test_where_nothing_is_kept_nothing_is_removed(tmp_path: Path) -> None:
    assert await kept_within(tmp_path / "not-there", 0) == 0


async def test_a_check_marks_its_workspace_as_used(tmp_path: Path) -> None:
    it = subject(tmp_path, "a.py", "")
    around = Surroundings({}, tmp_path / "state", trusted=True)
    folder = state_of(it, around)
    (folder / "kept").write_bytes(b"x" * 500)
    os.utime(folder, (0, 0))
    state_of(it, around)
    assert await kept_within(tmp_path / "state", 100) == 0
    assert folder.exists()
