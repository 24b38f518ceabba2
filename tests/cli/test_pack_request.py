"""One line for `tandem-ls pack`: what it asks for, or one sentence that says what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from lsp_server.cli.pack_request import BadRequest, read_request

HALF = "\ud800"


def line(root: Path, /, **changes: Any) -> bytes:
    known = {"root": str(root), "path": "use.py", "text": "x", "cursor": 1, "budget_tokens": 2000}
    given = {name: value for name, value in (known | changes).items() if value is not ...}
    return json.dumps(given).encode()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (b"\n", "The line is empty."),
        (b"hello\n", "The line is no JSON: expecting value at character 1."),
        (b"\xff\xfe{}", "The line is no UTF-8: byte 1 cannot be read."),
        (b"[]", "The line is no JSON object."),
        (b"[" * 100_000, "The line is nested too deeply."),
        (b'{"root": ' + b"1" * 5000 + b"}", "The line holds a number of too many digits."),
    ],
)
def test_a_line_that_is_no_object(given: bytes, sentence: str) -> None:
    with pytest.raises(BadRequest) as found:
        read_request(given)
    assert found.value.sentence == sentence
    assert "tandem-ls pack --help" in found.value.advice


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"root": ...}, '"root" is missing; it must be the path of a folder.'),
        ({"root": ""}, '"root" is empty; it must be the path of a folder.'),
        ({"root": 5}, '"root" must be the path of a folder.'),
        ({"root": "/\0"}, '"root" holds a character that no path can hold.'),
        ({"root": f"/{HALF}"}, '"root" holds a character that no path can hold.'),
        ({"root": "/" + "x" * 5000}, '"root" must be the path of a folder.'),
        ({"path": "a\0b.py"}, '"path" holds a character that no path can hold.'),
        ({"path": ""}, '"path" is empty; it must be the path of a file below the root.'),
        ({"path": "."}, '"path" must be the path of a file below the root.'),
        ({"path": "../a.py"}, '"path" must be the path of a file below the root.'),
        ({"path": "/etc/setup.py"}, '"path" must be the path of a file below the root.'),
        ({"text": ...}, '"text" is missing; it must be the text of the file.'),
        ({"cursor": 2}, '"cursor" must be a number of bytes from 0 to 1, where the text ends.'),
        ({"cursor": -1}, '"cursor" must be a number of bytes from 0 to 1, where the text ends.'),
        ({"cursor": True}, '"cursor" must be a whole number.'),
        ({"budget_tokens": "8k"}, '"budget_tokens" must be a whole number.'),
        ({"budget_tokens": 199}, '"budget_tokens" must be from 200 to 1048576.'),
        ({"budget_tokens": 10**400}, '"budget_tokens" must be from 200 to 1048576.'),
        ({"open_files": "use.py"}, '"open_files" must be a list of paths.'),
        ({"open_files": 0}, '"open_files" must be a list of paths.'),
        ({"open_files": [1]}, '"open_files" must be a list of paths.'),
        ({"open_files": ["\0"]}, '"open_files" holds a character that no path can hold.'),
    ],
)
def test_a_wrong_field_is_named_with_what_it_should_hold(
    tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadRequest) as found:
        read_request(line(tmp_path, **changes))
    assert found.value.sentence == sentence


def test_all_ways_to_write_a_path_name_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for root in (tmp_path / "real", tmp_path / "link"):
        ways = ("pkg/use.py", "./" * 30 + "pkg/use.py", "x/../pkg//use.py", f"{root}/pkg/use.py")
        for way in ways:
            request = read_request(line(root, path=way, open_files=[way, "../elsewhere.py"]))
            assert request.root == (tmp_path / "real").resolve()
            assert request.place.snapshot.path == request.root / "pkg/use.py"
            assert request.opened == (request.root / "pkg/use.py",)


def test_half_a_character_is_replaced_and_takes_three_bytes(tmp_path: Path) -> None:
    request = read_request(line(tmp_path, text=f"{HALF}ab", cursor=4))
    assert request.place.line_before == "\N{REPLACEMENT CHARACTER}a"


def test_a_byte_order_mark_before_the_line_is_passed_over(tmp_path: Path) -> None:
    assert read_request(b"\xef\xbb\xbf" + line(tmp_path)).budget == 2000
