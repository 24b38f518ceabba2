from pathlib import Path

import pytest

from lsp_server.cli.errors import WrongUsage
from lsp_server.cli.where import Where, parse_where, place_at, read_snapshot, workspace_of
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import Position


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a.py", Where(Path("a.py"))),
        ("a.py:3", Where(Path("a.py"), 3)),
        ("a.py:3:", Where(Path("a.py"), 3)),
        ("dir/a.py:3:14", Where(Path("dir/a.py"), 3, 14)),
        ("a.py:3:14:", Where(Path("a.py"), 3, 14)),
        ("C:\\a.py:3:14", Where(Path("C:\\a.py"), 3, 14)),
        ("a:b.py:3", Where(Path("a:b.py"), 3)),
    ],
)
def test_places_as_compilers_print_them(text: str, meant: Where) -> None:
    assert parse_where(text) == meant


def test_file_with_colons_in_its_name_is_found_first(tmp_path: Path) -> None:
    file = tmp_path / "a.py:3"
    file.write_text("")
    assert parse_where(str(file)) == Where(file)


def test_columns_count_code_points_from_one() -> None:
    snapshot = Snapshot.of_text("x = '😀'\r\ny\n", language="python")
    assert place_at(snapshot, Where(Path("a"), 1, 6)).position == Position(0, 5)
    assert place_at(snapshot, Where(Path("a"), 1)).position == Position(0, 7)
    assert place_at(snapshot, Where(Path("a"), 3)).position == Position(2, 0)


@pytest.mark.parametrize(("line", "column"), [(4, None), (0, 1), (1, 0), (1, 9), (2, 3)])
def test_place_that_is_not_there_is_told(line: int, column: int | None) -> None:
    snapshot = Snapshot.of_text("x = '😀'\r\ny\n", language="python")
    with pytest.raises(WrongUsage, match="It ends at"):
        place_at(snapshot, Where(Path("a"), line, column))


def test_file_that_is_missing_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="cannot be read"):
        read_snapshot(tmp_path / "missing.py")
    (tmp_path / "a.bin").write_bytes(b"\xff\x00")
    with pytest.raises(WrongUsage, match="not UTF-8"):
        read_snapshot(tmp_path / "a.bin")


def test_workspace_is_the_nearest_project(tmp_path: Path) -> None:
    inner = tmp_path / "project" / "package" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "project" / "pyproject.toml").touch()
    assert workspace_of(inner / "a.py") == tmp_path / "project"


def test_home_is_no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "notes").mkdir()
    assert workspace_of(tmp_path / "notes" / "a.py") == tmp_path / "notes"
