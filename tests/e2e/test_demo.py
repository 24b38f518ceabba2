"""The demonstration, as a newcomer runs it: the real server in a process of its own."""

import asyncio
import importlib.util
import os
import re
import sys
from pathlib import Path

import pytest

from tests.simulator.catalogue import glm_flash, gpt_oss
from tests.simulator.oracle import Oracle, read_sources
from tests.simulator.simulator import Simulator

ROOT = Path(__file__).parents[2]
NOBODY = "127.0.0.1:9"
SPACES = re.compile(r"\s+")


async def demo(home: Path, *arguments: str, ollama: str = NOBODY) -> tuple[int | None, str]:
    """Return the exit code and what was printed, on one line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "lsp_server",
        "demo",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "OLLAMA_HOST": ollama,
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_CONFIG_HOME": str(home / "config"),
        },
    )
    out, problems = await process.communicate()
    text = out.decode() if out else problems.decode()
    return process.returncode, SPACES.sub(" ", text)


def package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


async def test_all_three_parts_are_useful_without_a_model(tmp_path: Path) -> None:
    code, said = await demo(tmp_path)
    assert code == 0, said
    assert "No Ollama answers, so the built-in engine does all of it" in said
    assert re.search(r"[1-9]\d* of \d+ characters .* came with [1-9]\d* times Tab", said)
    assert re.search(r"none new.*; no model was used", said)
    assert "_client.py" in said.partition("3 Asking")[2]
    assert "Answered by the built-in engine" in said
    counted = (tmp_path / "cache").rglob("suggestions.jsonl")
    assert [path.parent.name for path in counted] == ["demo"], (
        "the user's own counts stay as they are"
    )


async def test_models_answer_in_rounds_and_with_proof(tmp_path: Path) -> None:
    oracle = Oracle(read_sources(package("httpx")))
    async with Simulator([gpt_oss(oracle), glm_flash(oracle)]) as simulator:
        code, said = await demo(tmp_path, ollama=simulator.url)
    assert code == 0, said
    assert "glm-4.7-flash:latest executes, gpt-oss:20b plans" in said
    assert re.search(r"times Tab, by glm-4.7-flash", said)
    assert "Round 2 of 3" in said
    assert "none new" in said
    assert "reasoning, folded" in said
    assert "Answered by gpt-oss:20b" in said


async def test_source_of_ones_own_is_copied_and_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    for name in ("_urls.py", "_urlparse.py", "_utils.py"):
        (mine / name).write_bytes((package("httpx") / name).read_bytes())
    before = {path: path.read_bytes() for path in mine.iterdir()}
    code, said = await demo(tmp_path, str(mine), "--question", "What is a URL here?")
    assert code in {0, 1}, said
    assert "a scratch copy of mine, 3 files" in said
    assert "What is a URL here?" in said
    assert {path: path.read_bytes() for path in mine.iterdir()} == before


async def test_what_is_broken_in_source_of_ones_own_is_mended(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "a.py").write_text("def greet(name)\n    return 'Hello, ' + name\n")
    code, said = await demo(tmp_path, str(mine))
    assert code == 0, said
    assert "No function here has five to nine lines of code" in said
    assert "a.py cannot be parsed as it is." in said
    assert "+def greet(name): " in said
    assert re.search(r"none new.*; no model was used", said)


async def test_line_is_broken_in_source_that_is_short_and_whole(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("\n\n\n\n\n\ndef greet(name):\n    return 'Hello, ' + name\n")
    code, said = await demo(tmp_path, str(tmp_path / "a.py"))
    assert code == 0, said
    assert "Line 7 of a.py is broken" in said
    assert re.search(r"none new.*; no model was used", said)


async def test_source_with_nothing_to_show_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("ANSWER = 42\n")
    _, said = await demo(tmp_path, str(tmp_path / "a.py"))
    assert "No line of a function was found that could be broken here" in said


@pytest.mark.parametrize("name", ["missing", "empty"])
async def test_path_without_source_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    code, said = await demo(tmp_path, str(tmp_path / name))
    assert code == 2
    assert "is not there" in said or "holds no source" in said
