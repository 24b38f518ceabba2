import stat
from pathlib import Path

import pytest

from lsp_server.cli.writing import FileChanged, read_before, write_after
from lsp_server.common.edits import FileEdit, TextEdit
from lsp_server.common.text import Position, Span


def edit_of(path: Path, *, creates: bool = False) -> FileEdit:
    start = Position(0, 0)
    end = start if creates else Position(0, 3)
    return FileEdit(path, (TextEdit(Span(start, end), "new"),), creates=creates)


def test_edit_is_written_and_the_rest_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old = 1\r\n# \xc3\xa4\x0c\n")
    file.chmod(0o755)
    edit = edit_of(file)
    before, after = read_before(edit)
    write_after(edit, before, after)
    assert file.read_bytes() == b"new = 1\r\n# \xc3\xa4\x0c\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


def test_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("old")
    edit = edit_of(file)
    before, after = read_before(edit)
    file.write_text("other")
    with pytest.raises(FileChanged):
        write_after(edit, before, after)
    assert file.read_text() == "other"


def test_new_file_never_replaces_one_that_is_there(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "a.py"
    edit = edit_of(file, creates=True)
    before, after = read_before(edit)
    write_after(edit, before, after)
    assert file.read_text() == "new"
    with pytest.raises(FileChanged):
        write_after(edit, before, after)


def test_link_is_written_through(tmp_path: Path) -> None:
    file, link = tmp_path / "a.py", tmp_path / "link.py"
    file.write_text("old")
    link.symlink_to(file)
    edit = edit_of(link)
    write_after(edit, *read_before(edit))
    assert link.is_symlink()
    assert file.read_text() == "new"
