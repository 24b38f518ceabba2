import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lsp_server.checks.available import checks_for
from lsp_server.checks.environment import locate, tool_environment
from lsp_server.checks.report import Report
from lsp_server.checks.runner import run_checks
from lsp_server.checks.tool import check_of
from lsp_server.checks.tools.python import PYTHON
from lsp_server.checks.tools.ruff import RUFF
from lsp_server.common.problems import Problem, Severity
from lsp_server.common.text import Position, Span
from tests.checks.support import around, fingerprint, subject


def no_faults(text: str, language: str) -> list[Problem]:
    return []


async def found(tmp_path: Path, text: str, *, trusted: bool = True) -> Report:
    it = subject(tmp_path, "a.py", text)
    return await run_checks(checks_for(it, around(trusted=trusted), no_faults, str.isalpha), it)


async def test_the_compiler_sees_what_a_syntax_tree_does_not(tmp_path: Path) -> None:
    report = await found(tmp_path, "x = '🐍'; return 1\n")
    (problem,) = report.found["python"]
    assert problem.message == "'return' outside function"
    assert problem.span.start == Position(0, 9)


async def test_ruff_tells_the_name_and_its_place_in_code_points(tmp_path: Path) -> None:
    report = await found(tmp_path, "x = '🐍', foo\n")
    (problem,) = report.found["ruff"]
    assert (problem.rule, problem.severity) == ("F821", Severity.ERROR)
    assert "foo" in problem.message
    assert problem.span == Span(Position(0, 9), Position(0, 12))


async def test_an_unused_import_is_a_warning(tmp_path: Path) -> None:
    report = await found(tmp_path, "import os\n")
    assert [problem.severity for problem in report.found["ruff"]] == [Severity.WARNING]


async def test_the_projects_rules_count_only_where_it_is_trusted(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('lint.ignore = ["F401"]\n')
    assert (await found(tmp_path, "import os\n")).found["ruff"] == ()
    assert len((await found(tmp_path, "import os\n", trusted=False)).found["ruff"]) == 1


async def test_checks_run_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nowhere = replace(around(), state=tmp_path / "file" / "tools")
    it = subject(tmp_path, "a.py", "import os\n")
    report = await run_checks(checks_for(it, nowhere, no_faults, str.isalpha), it)
    assert len(report.found["ruff"]) == 1


async def test_checks_write_nothing_into_the_tree(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("y = 2\n")
    before = fingerprint(tmp_path)
    await found(tmp_path, "import os\nx = foo\n")
    assert fingerprint(tmp_path) == before


def _plant(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text("#!/bin/sh\necho planted\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


@pytest.mark.skipif(sys.platform == "win32", reason="the planted program is a shell script")
def test_the_projects_own_programs_come_first_and_only_with_trust(tmp_path: Path) -> None:
    planted = _plant(tmp_path / ".venv/bin", "ruff")
    it = subject(tmp_path, "pkg/a.py", "")
    assert locate(("ruff",), "python", it, around()) == str(planted)
    assert locate(("ruff",), "python", it, around(trusted=False)) != str(planted)


@pytest.mark.skipif(sys.platform == "win32", reason="the planted program is a shell script")
def test_a_search_path_into_an_untrusted_workspace_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plant(tmp_path / "bin", "planted-tool")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:.:/usr/bin")
    it = subject(tmp_path, "a.py", "")
    assert locate(("planted-tool",), "none", it, around(trusted=False, path=None)) is None
    assert locate(("planted-tool",), "none", it, around(path=None)) is not None
    assert tool_environment(around(trusted=False, path=None), it)["PATH"] == "/usr/bin"


def test_tools_are_told_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "x")
    monkeypatch.setenv("GITHUB_TOKEN", "x")
    told = tool_environment(around(), subject(tmp_path, "a.py", ""))
    assert "SOME_API_KEY" not in told
    assert "GITHUB_TOKEN" not in told


@pytest.mark.parametrize("tool", [RUFF, PYTHON], ids=lambda tool: tool.name)
def test_another_language_is_not_served(tmp_path: Path, tool: object) -> None:
    it = subject(tmp_path, "a.go", "")
    assert check_of(RUFF if tool is RUFF else PYTHON, it, around()) is None
