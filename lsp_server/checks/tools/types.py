"""Python's type checkers: mypy, pyright (or basedpyright), and ty."""

from functools import cache
from pathlib import Path
from typing import Any

from lsp_server.checks.tool import Home, Output, Tool
from lsp_server.checks.tools.reading import (
    Columns,
    json_of,
    line_reader,
    other_file,
    points,
    span_at,
    unreadable,
)
from lsp_server.common.problems import Problem, Severity
from lsp_server.common.text import Span


@cache
def _parser(program: str) -> tuple[str, ...]:
    """Return what makes this mypy count columns in bytes, as its first parser does.

    With the parser of its 2 columns before which the line has other signs than ASCII are wrong
    (mypy 2.4), and in such a way that the right ones cannot be told from them.
    """
    home = Path(program).resolve().parent.parent
    has_two = any(home.glob("[Ll]ib/**/site-packages/mypy/nativeparse.py"))
    return ("--no-native-parser",) if has_two else ()


# https://mypy.readthedocs.io/en/stable/command_line.html; plugins run code, hence trust.
MYPY = Tool(
    "mypy",
    ("python",),
    ("mypy",),
    (
        "--show-column-numbers",
        "--show-error-codes",
        "--no-pretty",
        "--hide-error-context",
        "--no-error-summary",
        "--no-color-output",
        "--cache-dir={state}/mypy",
        "--python-executable={python}",
        "{file}",
    ),
    line_reader(
        "mypy",
        r"(?P<path>.+?):(?P<line>\d+):(?:(?P<column>\d+):)? (?P<severity>error|warning|note): "
        r"(?P<message>.*?)(?:  \[(?P<rule>[\w-]+)\])?",
        Columns.UTF8,
    ),
    home=Home.PYTHON,
    ways=_parser,
)


def read_pyright(output: Output) -> list[Problem]:
    """Read pyright's JSON: lines and characters from zero, in UTF-16 units.

    https://microsoft.github.io/pyright/#/command-line
    """
    found = json_of(output, "pyright")
    if not isinstance(found, dict) or "generalDiagnostics" not in found:
        raise unreadable(output, "pyright")
    return [_pyright(finding, output) for finding in found["generalDiagnostics"]]


def _pyright(finding: dict[str, Any], output: Output) -> Problem:
    severity = Severity(finding["severity"])
    rule, message = finding.get("rule", ""), finding["message"]
    elsewhere = other_file(output, finding["file"])
    if elsewhere or "range" not in finding:
        named = f"{elsewhere}: {message}"
        return Problem("pyright", rule, named, span_at(1), severity, elsewhere)
    start, end = (_place(finding["range"][name], output) for name in ("start", "end"))
    return Problem("pyright", rule, message, Span(start.start, end.start), severity)


def _place(place: dict[str, int], output: Output) -> Span:
    line = place["line"] + 1
    return span_at(line, points(output, line, place["character"] + 1, Columns.UTF16))


PYRIGHT = Tool(
    "pyright",
    ("python",),
    ("basedpyright", "pyright"),
    ("--outputjson", "--pythonpath={python}", "{file}"),
    read_pyright,
    home=Home.PYTHON,
)

# https://docs.astral.sh/ty/reference/cli/
TY = Tool(
    "ty",
    ("python",),
    ("ty",),
    ("check", "--output-format=concise", "--color=never", "--python={python}", "{file}"),
    line_reader(
        "ty",
        r"(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<severity>error|warning|info)"
        r"\[(?P<rule>[\w-]+)\] (?P<message>.*)",
    ),
    home=Home.PYTHON,
    unless=("pyright", "mypy"),
)
