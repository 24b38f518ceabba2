"""Reading what a hostile repository may hold."""

import os
from pathlib import Path

import pytest

from lsp_server.common.files import read_plain_file


def test_a_plain_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1\r\n2\x1a3")
    assert read_plain_file(tmp_path / "a", 6) == b"1\r\n2\x1a3"


def test_a_larger_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1234")
    with pytest.raises(OSError, match="Too large"):
        read_plain_file(tmp_path / "a", 3)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    with pytest.raises(OSError, match="Not a plain file"):
        read_plain_file(tmp_path / "a", 10)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_a_link_to_a_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="Not a plain file"):
        read_plain_file(tmp_path / "a", 10)
