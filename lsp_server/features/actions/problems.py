"""Problems as JSON values, so that an offer can be carried out later without any state."""

from collections.abc import Mapping
from typing import Any

from lsp_server.common.errors import TandemError
from lsp_server.common.problems import Problem, Severity
from lsp_server.common.text import Position, Span


class BadArguments(TandemError):
    """The arguments of an action are not those that its offer carried."""


def packed(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON values; lines and columns count from zero, in code points."""
    span = problem.span
    return {
        "check": problem.check,
        "rule": problem.rule,
        "message": problem.message,
        "severity": problem.severity.value,
        "span": [span.start.line, span.start.column, span.end.line, span.end.column],
    }


def unpacked(value: Any) -> Problem:
    """Return the problem that `packed` made JSON of; raises `BadArguments`."""
    try:
        return _problem(value)
    except (KeyError, TypeError, ValueError) as error:
        raise BadArguments(
            "The action's arguments do not describe a problem.", "Ask for the actions again."
        ) from error


def _problem(value: Mapping[str, Any]) -> Problem:
    line, column, end_line, end_column = (int(number) for number in value["span"])
    return Problem(
        str(value["check"]),
        str(value["rule"]),
        str(value["message"]),
        Span(Position(line, column), Position(end_line, end_column)),
        Severity(value["severity"]),
    )
