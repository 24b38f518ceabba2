"""ruff, the linter: https://docs.astral.sh/ruff/linter/."""

from typing import Any

from lsp_server.checks.check import Needs, Speed
from lsp_server.checks.tool import Home, Output, Tool
from lsp_server.checks.tools.reading import json_of, span_of, unreadable
from lsp_server.common.problems import Problem, Severity

_ARGUMENTS = ("check", "--output-format=json", "--no-cache", "--no-fix", "--exit-zero", "--quiet")
_STDIN = ("--stdin-filename={path}", "-")
# Undefined names, bad formats and syntax: what fails when it runs, and not a matter of taste.
_ERRORS = ("F404", "F406", "F407", "F5", "F6", "F7", "F82", "E9", "PLE")


def read(output: Output) -> list[Problem]:
    """Read ruff's JSON: one object a finding, rows and columns from one in code points."""
    found = json_of(output, "ruff")
    if not isinstance(found, list):
        raise unreadable(output, "ruff")
    return [_problem(finding) for finding in found]


def _problem(finding: dict[str, Any]) -> Problem:
    rule = finding.get("code") or "syntax"
    is_error = rule in ("syntax", "invalid-syntax") or rule.startswith(_ERRORS)
    return Problem(
        "ruff",
        rule,
        finding["message"],
        span_of(finding["location"], finding["end_location"]),
        Severity.ERROR if is_error else Severity.WARNING,
    )


RUFF = Tool(
    "ruff",
    ("python",),
    ("ruff",),
    (*_ARGUMENTS, *_STDIN),
    read,
    home=Home.PYTHON,
    speed=Speed.QUICK,
    needs=Needs.TEXT,
    # It only reads, but which rules it reads by must not come from a stranger.
    untrusted=(*_ARGUMENTS, "--isolated", *_STDIN),
    stdin=True,
    beside_us=True,
)
