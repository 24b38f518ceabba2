"""TypeScript's and JavaScript's tools: tsc and eslint."""

from typing import Any

from lsp_server.checks.check import Needs, Speed
from lsp_server.checks.tool import Home, Output, Tool
from lsp_server.checks.tools.reading import (
    Columns,
    json_of,
    line_reader,
    points,
    span_at,
    unreadable,
)
from lsp_server.common.problems import Problem, Severity
from lsp_server.common.text import Span

_TYPED = ("typescript", "typescriptreact")
_SCRIPTS = (*_TYPED, "javascript", "javascriptreact")

# https://www.typescriptlang.org/tsconfig; a linked file is resolved to the real one, whose
# neighbours are then the old ones, hence copies.
TSC = Tool(
    "tsc",
    _TYPED,
    ("tsc",),
    ("--noEmit", "--pretty", "false", "--incremental", "false", "--composite", "false", "-p", "."),
    line_reader(
        "tsc",
        r"(?P<path>.+?)\((?P<line>\d+),(?P<column>\d+)\): (?P<severity>error|warning) "
        r"(?P<rule>TS\d+): (?P<message>.*)",
        Columns.UTF16,
    ),
    home=Home.NODE,
    needs=Needs.COPY,
    markers=("tsconfig.json",),
)


def read_eslint(output: Output) -> list[Problem]:
    """Read eslint's JSON: lines and columns from one, in UTF-16 units.

    https://eslint.org/docs/latest/use/formatters/#json
    """
    found = json_of(output, "eslint")
    if not isinstance(found, list):
        raise unreadable(output, "eslint")
    messages = [message for file in found for message in file["messages"]]
    # Without a rule and not fatal it is no finding: "File ignored because ...".
    findings = [m for m in messages if m.get("ruleId") or m.get("fatal")]
    return [_eslint(message, output) for message in findings]


def _eslint(message: dict[str, Any], output: Output) -> Problem:
    line, column = message.get("line") or 1, message.get("column") or 1
    end_line, end_column = message.get("endLine") or line, message.get("endColumn") or column
    start = span_at(line, points(output, line, column, Columns.UTF16)).start
    end = span_at(end_line, points(output, end_line, end_column, Columns.UTF16)).start
    severity = Severity.ERROR if message["severity"] == _ERROR else Severity.WARNING
    rule = message.get("ruleId") or "syntax"
    return Problem("eslint", rule, message["message"], Span(start, max(start, end)), severity)


_ERROR = 2

# https://eslint.org/docs/latest/use/command-line-interface
ESLINT = Tool(
    "eslint",
    _SCRIPTS,
    ("eslint",),
    ("--format=json", "--stdin", "--stdin-filename={path}"),
    read_eslint,
    home=Home.NODE,
    needs=Needs.TEXT,
    speed=Speed.SLOW,
    markers=(
        "eslint.config.js",
        "eslint.config.mjs",
        "eslint.config.cjs",
        "eslint.config.ts",
        ".eslintrc.js",
        ".eslintrc.cjs",
        ".eslintrc.json",
        ".eslintrc.yml",
    ),
    stdin=True,
)
