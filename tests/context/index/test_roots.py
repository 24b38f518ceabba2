"""The keys of files in workspaces of one and of several folders."""

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from lsp_server.context.index.roots import Roots
from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.workspace import Workspace


@pytest.mark.parametrize(
    ("folders", "path", "key"),
    [
        (["/w/app"], "/w/app/a.py", "a.py"),
        (["/w/app", "/w/lib"], "/w/lib/a.py", "lib/a.py"),
        (["/client/app", "/server/app"], "/server/app/a.py", "server/app/a.py"),
        (["/client/app", "/server/app", "/lib"], "/lib/a.py", "lib/a.py"),
        (["/x/client", "/client/app", "/server/app"], "/x/client/app/a.py", "x/client/app/a.py"),
        (["/w", "/w/inner"], "/w/inner/a.py", "inner/a.py"),
        (["/w", "/w"], "/w/a.py", "a.py"),
    ],
)
def test_a_file_goes_by_a_key(folders: list[str], path: str, key: str) -> None:
    roots = Roots([Path(folder) for folder in folders])
    assert roots.key_of(Path(path)) == key
    assert roots.path_of(key) == Path(path)


def test_what_lies_elsewhere_has_no_key() -> None:
    roots = Roots([Path("/w/app"), Path("/w/lib")])
    assert roots.key_of(Path("/w/else/a.py")) is None
    assert roots.path_of("else/a.py") is None
    assert Roots([Path("/w/app")]).path_of("/w/else/a.py") is None


NAMES = st.sampled_from(["a", "b", "c"])
FOLDERS = st.lists(st.lists(NAMES, min_size=1, max_size=4), min_size=1, max_size=5)


@given(FOLDERS, st.lists(NAMES, min_size=1, max_size=3))
def test_a_key_leads_back_to_its_file(folders: list[list[str]], below: list[str]) -> None:
    roots = Roots([Path("/").joinpath(*folder) for folder in folders])
    for folder in roots.folders:
        path = folder.joinpath(*below)
        key = roots.key_of(path)
        assert key is not None
        assert roots.path_of(key) == path


def test_a_root_in_another_has_its_files_to_itself(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "a.py").write_text("a = 1\n")
    (inner / "b.py").write_text("b = 1\n")
    workspace = Workspace((tmp_path, inner), WalkLimits())
    assert sorted(one.key for one in workspace.sources()) == ["inner/b.py", f"{tmp_path.name}/a.py"]
