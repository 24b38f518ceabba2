"""The tables of a workspace, brought up to date while it changes."""

import asyncio
from pathlib import Path

from lsp_server.context.index.reading.batches import read_batch
from lsp_server.context.index.reading.rows import load_rows, read_row
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


def test_a_header_is_read_as_its_text_says_until_a_client_says_otherwise(tmp_path: Path) -> None:
    text = "class Foo {\npublic:\n  void run();\n};\n"
    (tmp_path / "foo.h").write_text(text)
    workspace = Workspace((tmp_path,), WalkLimits())
    workspace.refresh(tmp_path / "foo.h")
    assert workspace.rows["foo.h"].definitions.names == ["Foo", "run"]
    workspace.set_buffer("foo.h", "c", text)
    assert workspace.rows["foo.h"].language == "c"
    workspace.close_buffer("foo.h")
    assert workspace.rows["foo.h"].language == "cpp"


def test_a_header_in_a_batch_is_read_as_its_text_says(tmp_path: Path) -> None:
    (tmp_path / "foo.h").write_text("class Foo {\npublic:\n  void run();\n};\n")
    workspace = Workspace((tmp_path,), WalkLimits())
    (row,) = load_rows(read_batch(workspace.sources(), None))
    assert (row.language, row.definitions.names) == ("cpp", ["Foo", "run"])
