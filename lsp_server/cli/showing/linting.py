"""What an editor's own linter would show of a buffer."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from lsp_server.cli.showing.editor import Buffer
from lsp_server.common.languages import language_of_path
from lsp_server.common.problems import Problem
from lsp_server.context.index.syntax import faults

_RUFF = ("check", "--isolated", "--no-cache", "--quiet", "--output-format", "json")
_SECONDS = 20


def diagnostics_of(buffer: Buffer) -> list[dict[str, Any]]:
    """Return diagnostics as LSP has them: ruff's for Python, else the parser's, worst first."""
    language = language_of_path(buffer.file).name
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if language == "python" and ruff:
        return _by_ruff(ruff, buffer)
    return [_of_problem(problem) for problem in faults(buffer.text, language)]


def _by_ruff(ruff: str, buffer: Buffer) -> list[dict[str, Any]]:
    ran = subprocess.run(  # noqa: S603 - ruff, on text that is only parsed
        [ruff, *_RUFF, "--select", "E9,F8", "--stdin-filename", buffer.file.name, "-"],
        input=buffer.text.encode(),
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    return [
        {
            "source": "ruff",
            "code": found["code"],
            "message": found["message"],
            "severity": 1,
            "range": {"start": _point(found["location"]), "end": _point(found["end_location"])},
        }
        for found in json.loads(ran.stdout or b"[]")
    ]


def _point(place: dict[str, int]) -> dict[str, int]:
    return {"line": place["row"] - 1, "character": place["column"] - 1}


def _of_problem(problem: Problem) -> dict[str, Any]:
    start, end = problem.span.start, problem.span.end
    return {
        "source": problem.check,
        "code": problem.rule,
        "message": problem.message,
        "severity": 1,
        "range": {
            "start": {"line": start.line, "character": start.column},
            "end": {"line": end.line, "character": end.column},
        },
    }
