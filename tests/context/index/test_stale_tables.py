"""Requests do not wait for a layout of all files, unless the index has only begun to grow."""

from pathlib import Path

from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.workspace import Workspace


def workspace_of(root: Path, count: int) -> Workspace:
    workspace = Workspace((root,), WalkLimits())
    for number in range(count):
        workspace.add(f"{number}.py", "python", f"def first_{number}(): ...\n".encode())
    return workspace


def test_tables_grow_with_the_index(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, 4)
    assert "first_3" in workspace.tables().names
    for number in (4, 5):
        workspace.add(f"{number}.py", "python", f"def first_{number}(): ...\n".encode())
    assert "first_5" in workspace.tables().names


async def test_when_every_file_changes_tables_are_laid_out_while_nobody_waits(
    tmp_path: Path,
) -> None:
    workspace = workspace_of(tmp_path, 4)
    tables = workspace.tables()
    for number in range(4):
        workspace.add(f"{number}.py", "python", f"def second_{number}(): ...\n".encode())
    assert workspace.tables() is tables
    await workspace.settle()
    assert "second_0" in workspace.tables().names
    assert "first_0" not in workspace.tables().names
