from pathlib import Path

from tests.simulator.oracle import read_sources


def test_links_that_lead_nowhere_are_no_sources(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "b.py").symlink_to(tmp_path / "gone.py")
    assert read_sources(tmp_path) == {"a.py": "x = 1\n"}
