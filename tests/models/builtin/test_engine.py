"""What the built-in engine offers, and where it keeps quiet."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from lsp_server.common.snapshot import Snapshot
from lsp_server.models.builtin.completing import BuiltInEngine, NotRead
from tests.fixture import parse_fixture

LIBRARY = """
class Client:
    def __init__(self, host, port):
        self.host = host
        self.port = port

    def connect(self):
        self.socket = socket.create_connection((self.host, self.port))
        return self.socket
"""


def trapped(root: Path) -> Path:
    """Write a file whose path names another file once it is cut at its line end."""
    (root / "outside.py").write_text(LIBRARY)
    trap = Path(f"{root}/in\npython\t{root}/outside.py")
    trap.parent.mkdir(parents=True)
    trap.write_text("x = 1\n")
    return trap


def offered(text: str, library: str = LIBRARY, least: float = 0.3) -> str:
    engine = BuiltInEngine()
    engine.changed("/project/library.py", library, "python")
    found = engine.complete(parse_fixture(text).place(), least)
    return found.text if found is not None else ""


def test_goes_on_as_another_file_does() -> None:
    assert offered("def open(self):\n    self.socket = soc$0\n") == (
        "ket.create_connection((self.host, self.port))"
    )


def test_goes_on_as_the_document_itself_does() -> None:
    text = "for key in sorted(table):\n    print(key)\nfor key in so$0\n"
    assert offered(text, "") == "rted(table):"


def test_is_quiet_in_comments() -> None:
    assert offered("# self.socket = soc$0\n") == ""


def test_is_quiet_in_literals() -> None:
    assert offered("x = 'self.socket = soc$0\n") == ""


def test_documentation_is_not_copied() -> None:
    library = 'def f():\n    """Read one thing."""\n\n\ndef g():\n    """Read\n    on."""\n'
    assert offered("def h():\n    $0\n", library, 0.0) == ""


def test_is_quiet_where_nothing_is_known() -> None:
    assert offered("zebra = qua$0\n") == ""


def test_confidence_is_between_nothing_and_all() -> None:
    engine = BuiltInEngine()
    engine.changed("/project/library.py", LIBRARY, "python")
    found = engine.complete(parse_fixture("self.socket = soc$0\n").place(), 0.0)
    assert found is not None
    assert 0 < found.confidence < 1


def test_changed_file_replaces_what_it_said() -> None:
    engine = BuiltInEngine()
    engine.changed("/project/library.py", LIBRARY, "python")
    engine.changed("/project/library.py", "x = 1\n", "python")
    assert engine.complete(parse_fixture("self.socket = soc$0\n").place(), 0.0) is None


def test_forgotten_file_says_nothing() -> None:
    engine = BuiltInEngine()
    engine.changed("/project/library.py", LIBRARY, "python")
    engine.forget("/project/library.py")
    assert engine.complete(parse_fixture("self.socket = soc$0\n").place(), 0.0) is None


def test_open_document_counts_as_it_stands() -> None:
    engine = BuiltInEngine()
    engine.opened(parse_fixture(f"//- library.py\n{LIBRARY}$0").snapshot())
    found = engine.complete(parse_fixture("self.socket = soc$0\n").place(), 0.3)
    assert found is not None


def test_keeps_quiet_at_the_end_of_a_line_that_nobody_writes_by_hand() -> None:
    assert offered("self.socket = soc$0\n")
    assert offered("self.host = 1; " * 1000 + "self.socket = soc$0\n") == ""


async def test_reads_files_in_a_child_process(tmp_path: Path) -> None:
    (tmp_path / "library.py").write_text(LIBRARY)
    (tmp_path / "broken.py").write_bytes(b"\xff\xfe")
    engine = BuiltInEngine()
    await engine.read([tmp_path / "library.py", tmp_path / "broken.py", tmp_path / "gone.py"])
    assert engine.token_count > 40
    found = engine.complete(parse_fixture("self.socket = soc$0\n").place(), 0.3)
    assert found is not None
    assert found.text == "ket.create_connection((self.host, self.port))"
    engine.close()


@pytest.mark.skipif(os.name == "nt", reason="this system allows no such names")
async def test_a_name_that_pretends_to_be_two_leads_to_no_other_file(tmp_path: Path) -> None:
    trap = trapped(tmp_path)
    engine = BuiltInEngine()
    await engine.read([trap])
    assert engine.token_count < 10
    engine.close()


@pytest.mark.skipif(sys.platform != "linux", reason="this system allows no such names")
async def test_a_name_that_is_no_text_keeps_no_other_file_from_being_read(tmp_path: Path) -> None:
    strange = tmp_path / os.fsdecode(b"\xff.py")
    strange.write_text("x = 1\n")
    (tmp_path / "library.py").write_text(LIBRARY)
    engine = BuiltInEngine()
    await engine.read([strange, tmp_path / "library.py"])
    assert engine.token_count > 40
    engine.close()


async def test_change_while_reading_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "library.py"
    path.write_text("x = 1\n")
    engine = BuiltInEngine()
    reading = asyncio.create_task(engine.read([path]))
    await asyncio.sleep(0)
    engine.changed(str(path), LIBRARY, "python")
    await reading
    assert engine.complete(parse_fixture("self.socket = soc$0\n").place(), 0.3) is not None
    engine.close()


async def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    (tmp_path / "library.py").write_text(LIBRARY)
    engine = BuiltInEngine()
    reading = asyncio.create_task(engine.read([tmp_path / "library.py"]))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert engine.token_count == 0


async def test_failed_reader_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(NotRead):
        await BuiltInEngine().read([tmp_path / "a.py"])


@pytest.mark.parametrize("padding", ["#" * 600_000, "x = 1\n" * 100_000])
def test_a_document_that_is_too_large_is_not_read(padding: str) -> None:
    engine = BuiltInEngine()
    snapshot = Snapshot.of_text(f"{LIBRARY}\n{padding}", language="python", path=Path("/w/a.py"))
    place = parse_fixture("def open(self):\n    self.socket = soc$0\n").place()
    engine.opened(snapshot)
    assert engine.complete(place, 0.3) is None
    engine.closed(snapshot)
    assert engine.complete(place, 0.3) is None
