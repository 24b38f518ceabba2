"""What files hold, as rows are read from it."""

from pathlib import Path

import pytest

from lsp_server.context.index.contents import read_own, read_utf8
from lsp_server.context.index.reading.rows import read_row
from lsp_server.context.index.roots import Roots
from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.workspace import Workspace


@pytest.mark.parametrize(
    "content",
    [
        b"# caf\xe9 caf\xe9\ndef wanted(): ...\n",
        b"\xef\xbb\xbfdef wanted(): ...\n",
        "# caf\u00e9\ndef wanted(): ...\n".encode(),
    ],
)
def test_offsets_of_a_row_are_those_of_its_text(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(content)
    workspace = Workspace((tmp_path,), WalkLimits())
    workspace.refresh(path)
    row = workspace.rows["a.py"]
    item = row.definitions[0]
    assert workspace.content(row)[item.start : item.end] == b"def wanted(): ..."
    assert row.digest == read_row("a.py", "python", read_utf8(path)).digest
    before = row
    workspace.refresh(path)
    assert workspace.rows["a.py"] is before


def test_a_text_that_changed_is_not_shown_by_the_offsets_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("def first(): ...\n")
    workspace = Workspace((tmp_path,), WalkLimits())
    workspace.refresh(path)
    first = workspace.rows["a.py"]
    path.write_text("# Not read yet.\ndef second(): ...\n")
    assert workspace.content(first) == b""
    workspace.refresh(path)
    assert workspace.content(first) == b""
    assert workspace.content(workspace.rows["a.py"]) == path.read_bytes()
    workspace.set_buffer("a.py", "python", "def third(): ...\n")
    assert workspace.content(workspace.rows["a.py"]) == b"def third(): ...\n"


def test_links_are_not_read(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    for folder in (root, outside):
        (folder / "a.py").write_text("x")
    (root / "link.py").symlink_to(root / "a.py")
    (root / "folder").symlink_to(outside)
    roots = Roots([root])
    assert read_own(roots, root / "a.py") == b"x"
    assert read_own(roots, root / "link.py") is None
    assert read_own(roots, root / "folder" / "a.py") is None


def test_a_manifest_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    paths = '{"compilerOptions": {"paths": {"@lib/*": ["./src/*"]}}}'
    (tmp_path / "tsconfig.json").write_text(paths, encoding="utf-8-sig")
    (tmp_path / "src" / "a.ts").write_text("export const a = 1;\n")
    (tmp_path / "use.ts").write_text("import { a } from '@lib/a';\n")
    workspace = Workspace((tmp_path,), WalkLimits())
    for name in ("tsconfig.json", "src/a.ts", "use.ts"):
        workspace.refresh(tmp_path / name)
    tables = workspace.fresh_tables()
    files = [row.path for row in tables.rows]
    assert files.index("src/a.ts") in tables.file_imports[files.index("use.ts")]
