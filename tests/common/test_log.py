import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.common.log import set_up_logging


@pytest.fixture(autouse=True)
def quiet_again() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = handlers, level


def test_file_has_what_is_at_the_level_and_is_private(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "tandem.log"
    set_up_logging("info", file)
    logging.getLogger("a").info("seen")
    logging.getLogger("a").debug("unseen")
    text = file.read_text()
    assert "INFO a: seen" in text
    assert "unseen" not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_libraries_never_write_what_they_send(tmp_path: Path) -> None:
    file = tmp_path / "tandem.log"
    set_up_logging("debug", file)
    logging.getLogger("httpcore").debug("request body")
    logging.getLogger("pygls.protocol").debug("request body")
    assert "request body" not in file.read_text()


def test_setting_up_twice_writes_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("warning")
    set_up_logging("warning")
    logging.getLogger("a").warning("once")
    captured = capsys.readouterr()
    assert captured.err.count("once") == 1
    assert captured.out == ""
