"""The commands on a small workspace, with no Ollama about."""

import json
import logging
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.cli.main import main

SHAPES = '''\
"""Shapes and their areas."""


class Square:
    """Four equal sides."""

    def __init__(self, side: float) -> None:
        self.side = side

    def area(self) -> float:
        """Return the area of the square."""
        return self.side * self.side
'''

USER = """\
from shapes import Square


def total_area(squares: list[Square]) -> float:
    return sum(square.area() for square in squares)


def largest_area(squares: list[Square]) -> float:
    return max(square.
"""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text("")
    (root / "shapes.py").write_text(SHAPES)
    (root / "user.py").write_text(USER)
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    monkeypatch.chdir(root)
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    yield root
    logger.handlers, logger.level = handlers, level


Capture = pytest.CaptureFixture[str]


def test_complete_prints_only_what_is_added(workspace: Path, capsys: Capture) -> None:
    assert main(["complete", "user.py:9:23"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("area() for square in squares)")
    assert "Offered by the built-in engine" in said.err


def test_complete_as_json_tells_what_it_replaces(workspace: Path, capsys: Capture) -> None:
    assert main(["complete", "--json", "user.py:9:23"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["engine"] == "built-in engine"
    assert found["text"].startswith("area()")
    assert found["replaces"]["line"] == 9
    assert found["replaces"]["to"] == 23


def test_fix_shows_the_change_and_leaves_the_file_alone(workspace: Path, capsys: Capture) -> None:
    broken = SHAPES.replace("-> None:", "-> None")
    (workspace / "shapes.py").write_text(broken)
    assert main(["fix", "shapes.py:7"]) == 0
    said = capsys.readouterr()
    assert "-    def __init__(self, side: float) -> None\n" in said.out
    assert "+    def __init__(self, side: float) -> None:\n" in said.out
    assert "none new" in said.err
    assert (workspace / "shapes.py").read_text() == broken


def test_fix_writes_where_asked(workspace: Path, capsys: Capture) -> None:
    (workspace / "shapes.py").write_text(SHAPES.replace("-> None:", "-> None"))
    assert main(["fix", "--write", "--json", "shapes.py"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["written"] is True
    assert found["proof"]["verdict"] == "proven"
    assert found["proof"]["after"] == 0
    assert (workspace / "shapes.py").read_text() == SHAPES


def test_fix_of_a_sound_file_says_so(workspace: Path, capsys: Capture) -> None:
    assert main(["fix", "shapes.py"]) == 1
    assert "Nothing is wrong" in capsys.readouterr().err


GO = 'package p\n\nfunc F() string {\n\tif true {\n\t\treturn "a\tb"\x0c\n\t}\n'


@pytest.mark.parametrize("options", [["--json"], []])
def test_the_change_of_code_with_tabs_can_be_applied(
    workspace: Path, capsys: Capture, options: list[str]
) -> None:
    (workspace / "a.go").write_text(GO)
    assert main(["fix", "a.go", *options]) == 0
    said = capsys.readouterr().out
    (workspace / "a.patch").write_text(json.loads(said)["diff"] if options else said)
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "apply", "--check", "a.patch"], check=True)


def test_fix_tells_what_is_wrong_where_it_can_change_nothing(
    workspace: Path, capsys: Capture
) -> None:
    (workspace / "b.py").write_text("".join(f"print(name{n})\n" for n in range(7)))
    assert main(["fix", "b.py"]) == 1
    said = capsys.readouterr().err
    assert "b.py:1: Undefined name `name0` (ruff)" in said
    assert "b.py:5:" in said
    assert "b.py:6:" not in said
    assert "2 more" in said
    assert main(["fix", "--json", "b.py:7"]) == 1
    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["line"], problem["rule"], problem["check"]) == (7, "F821", "ruff")


def test_ask_answers_with_the_places_that_matter(workspace: Path, capsys: Capture) -> None:
    assert main(["ask", "How", "is", "the", "area", "of", "a", "square", "found?"]) == 0
    said = capsys.readouterr().out
    assert "No model was used" in said
    assert "shapes.py" in said
    assert "def area(self) -> float" in said


def test_ask_as_json_is_one_object(workspace: Path, capsys: Capture) -> None:
    assert main(["ask", "--json", "--at", "user.py:4", "What is Square?"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "class Square" in found["answer"]


def test_project_settings_count_only_with_trust(workspace: Path, capsys: Capture) -> None:
    (workspace / "tandem.yaml").write_text("completion:\n  builtin_confidence: 2\n")
    main(["complete", "user.py:9:23"])
    assert "was not read; --trust reads it" in capsys.readouterr().err
    main(["complete", "--trust", "user.py:9:23"])
    said = capsys.readouterr().err
    assert "Line 2: completion.builtin_confidence" in said
    assert "a number from 0 to 1" in said


def test_doctor_says_what_to_do_without_ollama(workspace: Path, capsys: Capture) -> None:
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "OLLAMA_HOST sets ollama.host" in said
    assert "✗ No model server answers" in said
    assert "→ Start Ollama" in said
    assert "python: syntax, python, ruff" in said


def test_doctor_as_json_has_every_finding(workspace: Path, capsys: Capture) -> None:
    (workspace / "tandem.yaml").write_text("fix:\n  max_rounds: nine\n")
    assert main(["doctor", "--json", "--trust"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    wrong = [found for found in findings if not found["good"]]
    assert any("fix.max_rounds" in found["sentence"] for found in wrong)
    assert all(found["advice"] for found in wrong)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["complete", "missing.py:1:1"], "missing.py cannot be read"),
        (["complete", "user.py:99:1"], "has no line 99"),
        (["fix", "user.py:0"], "has no line 0"),
        (["fix", "user.py:11"], "It ends at line 9."),
        (["complete", "user.py"], '"user.py" names no line. Write FILE:LINE'),
        (["explain-context", "user.py"], '"user.py" names no line. Write FILE:LINE'),
        (["ask", " "], "The question is empty"),
        (["ask", "--in", "nowhere", "What?"], "nowhere is not a folder"),
        (["doctor", "nowhere"], "nowhere is not a folder"),
        (["explain-context", "user.py:1", "--tokens=0"], "--tokens cannot be 0"),
        (["explain-context", "user.py:1", "--tokens=199"], "Give 200 to 1048576"),
        (["index", "--as", "mermaid"], "Add --map"),
        (["index", "--map", "--tokens", "-5"], "--tokens must be 0"),
        (["index", "--map", "--as", "mermaid", "--tokens", "5"], "--tokens is for a map as text"),
        (["index", "--json", "--tokens", "5"], "JSON holds the whole map"),
    ],
)
def test_wrong_usage_is_told_in_one_line(
    workspace: Path, capsys: Capture, words: list[str], said: str
) -> None:
    assert main(words) == 2
    problem = capsys.readouterr().err
    assert said in problem
    assert "Traceback" not in problem


def test_days_that_are_none_are_refused(workspace: Path, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["stats", "--days", "-3"])
    assert ended.value.code == 2
    assert "-3 is no number of days; give 1 or more" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["--log-level", "debug", "stats"], ["stats", "--log-level", "debug"]],
)
def test_what_is_logged_can_be_said_before_and_behind_a_command(
    workspace: Path, words: list[str]
) -> None:
    main(words)
    assert logging.getLogger().getEffectiveLevel() == logging.DEBUG


def test_doctor_names_what_trust_adds_and_what_is_not_found(
    workspace: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = workspace.parent / "bin"
    programs.mkdir()
    (programs / "mypy").write_text("")
    (programs / "mypy").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    main(["doctor"])
    said = capsys.readouterr().out
    [python] = [line for line in said.splitlines() if "python: syntax" in line]
    assert "with --trust also mypy" in python
    assert "mypy" not in python.partition("not found")[2]
    [go] = [line for line in said.splitlines() if "go: syntax" in line]
    assert "not found" not in go
    [cache] = [line for line in said.splitlines() if "megabytes" in line]
    assert f"{workspace.parent / 'XDG_CACHE_HOME' / 'tandem'} holds" in cache


def test_a_map_that_leaves_something_out_says_so(workspace: Path, capsys: Capture) -> None:
    assert main(["index", "--map", "--tokens", "25"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("map: 1 of 2 modules")
    assert "tandem-ls: The map shows 1 of 2 modules" in printed.err


def test_explain_context_tells_what_a_prompt_before_left_in_the_cache(
    workspace: Path, capsys: Capture
) -> None:
    def cached(*options: str) -> set[bool]:
        assert main(["explain-context", "user.py:5", "--tokens=2000", *options, "--json"]) == 0
        return {block["cached"] for block in json.loads(capsys.readouterr().out)["blocks"]}

    assert cached() == {False}
    assert cached("--before", "user.py:1") == {True}


def test_explain_context_tells_each_definition_and_for_which_file_it_was_fetched(
    workspace: Path, capsys: Capture
) -> None:
    (workspace / "other.py").write_text("from shapes import Square\n\nSquare\n")

    def said(*options: str) -> str:
        assert main(["explain-context", "user.py:5", "--tokens=2000", *options]) == 0
        return capsys.readouterr().out

    def shapes(*options: str) -> dict[str, object]:
        blocks = json.loads(said("--json", *options))["blocks"]
        return next(block for block in blocks if block["path"] == "shapes.py")

    before = ("--before", "other.py:3")
    assert shapes()["for"] == "user.py"
    assert shapes(*before)["for"] == "other.py"
    members = ("Square", "Square.__init__", "Square.area", "Square.side")
    assert shapes()["definitions"] == dict.fromkeys(members, "body")
    assert re.search(r"shapes\.py:\d+-\d+ \(4 bodies\): .* \(new\)", said())
    assert "(cached, fetched for other.py)" in said(*before)
