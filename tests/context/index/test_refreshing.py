"""Files that change on disk while a workspace knows them, and while they are open."""

from pathlib import Path

import pytest

from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace((tmp_path,), WalkLimits())


def names(workspace: Workspace) -> set[str]:
    return {name for row in workspace.rows.values() for name in row.definitions.names}


def test_an_open_document_stays_while_its_file_goes_and_comes_back(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_text("def saved(): ...\n")
    workspace.refresh(path)
    workspace.set_buffer("a.py", "python", "def unsaved(): ...\n")
    path.unlink()
    workspace.refresh(path)
    assert names(workspace) == {"unsaved"}
    path.write_text("def of_the_branch(): ...\n")
    workspace.refresh(path)
    assert names(workspace) == {"unsaved"}
    workspace.close_buffer("a.py")
    assert names(workspace) == {"of_the_branch"}


def test_an_open_document_stays_while_its_file_is_empty(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "a.py").write_text("")
    workspace.set_buffer("a.py", "python", "def unsaved(): ...\n")
    workspace.refresh(tmp_path / "a.py")
    assert names(workspace) == {"unsaved"}


def test_an_open_document_that_is_ignored_from_now_on_is_forgotten(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "a.py").write_text("def saved(): ...\n")
    workspace.set_buffer("a.py", "python", "def unsaved(): ...\n")
    (tmp_path / ".gitignore").write_text("a.py\n")
    for path in workspace.below(tmp_path / ".gitignore"):
        workspace.refresh(path)
    assert names(workspace) == set()
    assert workspace.buffers == {}


def test_an_ignored_manifest_says_nothing(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "gen").mkdir()
    (tmp_path / "gen" / "package.json").write_text('{"name": "made"}')
    (tmp_path / "gen" / "index.js").write_text("export const made = 1;\n")
    (tmp_path / "use.js").write_text("import { made } from 'made';\n")
    (tmp_path / ".gitignore").write_text("gen/package.json\n")
    for name in ("gen/package.json", "gen/index.js", "use.js"):
        workspace.refresh(tmp_path / name)
    assert imports(workspace, "use.js") == set()
    for text, found in (("", {"gen/index.js"}), ("gen/package.json\n", set())):
        (tmp_path / ".gitignore").write_text(text)
        for path in workspace.below(tmp_path / ".gitignore"):
            workspace.refresh(path)
        assert imports(workspace, "use.js") == found


def imports(workspace: Workspace, path: str) -> set[str]:
    tables = workspace.fresh_tables()
    paths = [row.path for row in tables.rows]
    return {paths[file] for file in tables.file_imports[paths.index(path)]}


def test_a_workspace_of_many_folders_has_so_many_files_in_all_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    roots = [tmp_path / "one", tmp_path / "two"]
    for root in roots:
        root.mkdir()
        for name in "ab":
            (root / f"{name}.py").write_text("x = 1\n")
    few = Workspace(roots, WalkLimits(max_files=3))
    assert [source.key for source in few.sources()] == ["one/a.py", "one/b.py", "two/a.py"]
    assert caplog.text.count("index.max_files") == 1
    for source in few.sources():
        few.refresh(source.path)
    few.refresh(roots[1] / "b.py")
    assert len(few.rows) == 3
    few.refresh(roots[1] / "a.py")
    caplog.clear()
    assert len(list(Workspace(roots, WalkLimits(max_files=4)).sources())) == 4
    assert caplog.text == ""
