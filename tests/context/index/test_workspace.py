"""The tables of a workspace, brought up to date while it changes."""

import asyncio
from pathlib import Path

from lsp_server.context.index.reading.rows import read_row
from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.workspace import Workspace


async def test_a_change_while_tables_are_laid_out_is_in_them_when_all_is_done(
    tmp_path: Path,
) -> None:
    (tmp_path / "b.py").write_bytes(b"class B: ...\n")
    workspace = Workspace((tmp_path,), WalkLimits())
    workspace.add("a.py", "python", b"class A: ...\n")
    first = asyncio.ensure_future(workspace.settle())
    await asyncio.sleep(0)
    workspace.add("b.py", "python", b"class B: ...\n")
    await asyncio.gather(first, workspace.settle())
    assert workspace.content(workspace.rows["b.py"]) == b"class B: ...\n"
    assert "B" in workspace.tables().names


def test_a_file_saved_while_its_batch_is_parsed_keeps_what_was_saved() -> None:
    workspace = Workspace((), WalkLimits())
    older = read_row("a.py", "python", b"class Older: ...\n")
    workspace.add("a.py", "python", b"class Newer: ...\n")
    workspace.take([older])
    assert workspace.rows["a.py"].definitions.names == ["Newer"]
