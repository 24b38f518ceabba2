import stat
from pathlib import Path

from lsp_server.storage.tally import append_counts, read_counts


def test_counts_are_appended_privately_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "state" / "counts.jsonl"
    append_counts(path, {"engine": "glm", "offered": 1})
    append_counts(path, {"engine": "glm", "offered": 2})
    assert [record["offered"] for record in read_counts(path)] == [1, 2]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_broken_line_loses_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "counts.jsonl"
    path.write_bytes(b'{"offered": 1}\n{"offe\n[3]\n\xff\n{"offered": 2}\n')
    assert read_counts(path) == [{"offered": 1}, {"offered": 2}]


def test_no_file_is_no_counts_and_no_folder_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert read_counts(tmp_path / "none") == []
    append_counts(tmp_path / "file" / "counts", {"offered": 1})
