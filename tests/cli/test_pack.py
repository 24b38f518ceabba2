"""`tandem-ls pack --jsonl`: one answer a line, whatever the line, for any number of roots."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lsp_server.cli import pack
from lsp_server.cli.repositories import Repositories
from lsp_server.context.engine import ContextEngine
from lsp_server.context.index.process import IndexClient

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "lsp_server", "pack", "--jsonl")


def packed(tmp_path: Path, lines: list[str], **environment: str) -> list[dict[str, str]]:
    requests = tmp_path / "requests.jsonl"
    requests.write_text("".join(f"{line}\n" for line in lines))
    with requests.open() as file:
        done = subprocess.run(
            COMMAND,
            stdin=file,
            capture_output=True,
            check=True,
            timeout=60,
            env={**os.environ, **environment},
        )
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def root_with(tmp_path: Path, name: str) -> Path:
    root = tmp_path / name
    root.mkdir()
    (root / f"{name}.py").write_text(f"class {name.title()}:\n    def go(self) -> int: ...\n")
    return root


def request(root: Path, content: str, **changes: Any) -> str:
    known: dict[str, Any] = {"root": str(root), "path": "use.py", "text": content}
    known["cursor"] = len(content.encode("utf-8", "replace"))
    known |= {"budget_tokens": 2000, "open_files": []}
    return json.dumps({**known, **changes})


def test_each_line_gets_an_answer_and_bad_ones_do_not_end_the_run(tmp_path: Path) -> None:
    one, two = root_with(tmp_path, "one"), root_with(tmp_path, "two")
    answers = packed(
        tmp_path,
        [
            request(one, "from one import One\nOne()."),
            "{not json",
            "[1]",
            request(one, "x", text=5),
            request(one, "x", cursor=2),
            request(one, "x", cursor=-1),
            request(one, "x", cursor=True),
            request(one, "x", budget_tokens=0),
            request(one, "x", open_files="use.py"),
            request(one, "x", path="a\0b.py"),
            request(one, "x", budget_tokens=10**400),
            request(one, "x", path="x" * 5000 + ".py", budget_tokens=300),
            request(tmp_path / "nowhere", "x"),
            json.dumps({"root": str(one)}),
            request(two, "from two import Two\nTwo().", open_files=["two.py"]),
        ],
    )
    assert ["prompt" in answer for answer in answers] == [True, *[False] * 13, True]
    assert all(answer.keys() == {"error"} for answer in answers[1:-1])
    assert "class One" in answers[0]["prompt"]
    assert "class Two" in answers[-1]["prompt"]
    assert "class One" not in answers[-1]["prompt"]


def test_the_cursor_counts_bytes_and_the_budget_holds(tmp_path: Path) -> None:
    root = root_with(tmp_path, "one")
    above, below = "s = 'é€😀'\nvalue = ", "1\nö = 2\n"
    text = above + below
    answers = packed(
        tmp_path,
        [
            request(root, text, cursor=len(above.encode())),
            request(root, text * 2000, cursor=len(above.encode()), budget_tokens=200),
        ],
    )
    assert answers[0]["prompt"].endswith(f"# use.py, up to the cursor\n{above}")
    assert below in answers[0]["prompt"]
    assert len(answers[1]["prompt"].encode()) <= 4 * 200


def test_the_encoding_of_the_terminal_has_no_say(tmp_path: Path) -> None:
    root = root_with(tmp_path, "one")
    text = "s = '\ud800é€😀'"
    [answer] = packed(tmp_path, [request(root, text, cursor=0)], PYTHONIOENCODING="cp1252")
    assert "s = '\N{REPLACEMENT CHARACTER}é€😀'" in answer["prompt"]


def test_a_source_that_the_event_loop_cannot_watch_is_read(tmp_path: Path) -> None:
    done = subprocess.run(
        COMMAND, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == (b"", b"")


def test_however_a_path_is_written_the_budget_holds_and_its_one_form_is_shown(
    tmp_path: Path,
) -> None:
    root, text = root_with(tmp_path, "one"), "value = 1\n" * 500
    ways = ["use.py", "./" * 30 + "use.py", f"{root}/use.py", "one/../" * 9 + "use.py"]
    answers = packed(tmp_path, [request(root, text, path=way, budget_tokens=200) for way in ways])
    assert len({answer["prompt"] for answer in answers}) == 1
    assert "\n# use.py, up to the cursor\n" in answers[0]["prompt"]
    assert len(answers[0]["prompt"].encode()) <= 4 * 200


@asynccontextmanager
async def repositories() -> AsyncIterator[Repositories]:
    kept = Repositories()
    try:
        yield kept
    finally:
        await kept.stop()


async def test_a_line_sent_again_starts_the_index_that_did_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = request(root_with(tmp_path, "one"), "x").encode()

    async def failing(_: IndexClient) -> None:
        raise OSError(24, "Too many open files")

    async with repositories() as kept:
        with monkeypatch.context() as patched:
            patched.setattr(IndexClient, "start", failing)
            assert await pack.answered(kept, line) == {
                "error": "The root cannot be read: Too many open files. Send the line again."
            }
        assert "prompt" in await pack.answered(kept, line)


async def test_a_defect_at_one_line_answers_that_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    line = request(root_with(tmp_path, "one"), "x").encode()

    async def failing(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    async with repositories() as kept:
        with monkeypatch.context() as patched:
            patched.setattr(ContextEngine, "pack", failing)
            assert "(ZeroDivisionError)" in (await pack.answered(kept, line))["error"]
        assert "ZeroDivisionError" in caplog.text
        assert "prompt" in await pack.answered(kept, line)


async def test_what_changes_on_disk_between_two_lines_is_noticed(tmp_path: Path) -> None:
    root = root_with(tmp_path, "one")
    line = request(root, "").encode()

    async def prompt_with(expected: str) -> bool:
        return expected in (await pack.answered(kept, line))["prompt"]

    async with repositories() as kept:
        assert await prompt_with("class One")
        (root / "one.py").write_text("class Changed: ...\n")
        while not await prompt_with("class Changed"):  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(0)
        assert not await prompt_with("class One")


def test_the_example_answers_as_the_help_and_the_page_say(tmp_path: Path) -> None:
    help_text = subprocess.run([*COMMAND[:-1], "--help"], capture_output=True, check=True).stdout
    page = (ROOT / "docs" / "context.md").read_text()
    parts = re.search(r"^( *)mkdir pack-example;.*?^ *END$", page, re.MULTILINE | re.DOTALL)
    assert parts is not None
    example = parts[0].replace(f"\n{parts[1]}", "\n").strip()
    assert example in help_text.decode()
    command = example.replace("tandem-ls", f"{sys.executable} -m lsp_server")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, check=True
    ).stdout.decode()
    assert answer in help_text.decode()
    assert answer in page
