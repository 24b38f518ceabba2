import asyncio
from pathlib import Path

import pytest

from lsp_server.checks.removal import removed


async def test_others_run_while_one_folder_with_many_files_is_removed(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    for number in range(1000):
        (tree / str(number)).touch()
    removing = asyncio.create_task(removed(tree))
    turns = 0
    while not removing.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 3
    assert not tree.exists()


async def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "kept").touch()
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link").symlink_to(real, target_is_directory=True)
    await removed(tree)
    assert (real / "kept").exists()
    assert not tree.exists()


async def test_what_the_system_refuses_to_remove_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a").touch()

    def refuse(path: Path, **_: bool) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "unlink", refuse)
    await removed(tree)
