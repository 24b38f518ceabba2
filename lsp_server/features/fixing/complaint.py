"""What the model is told about a draft that did not do."""

from collections.abc import Sequence

from lsp_server.common.problems import Problem
from lsp_server.common.text import body, split_lines
from lsp_server.features.fixing.judge import Judgement
from lsp_server.models.prompts.editing import problem_line

_MOST = 8
_AROUND = 1


def complaint_of(judgement: Judgement, text: str) -> str:
    """Return the problems that came and those that stayed, each with the code around it."""
    new = [problem for problem in judgement.comparison.new if problem not in judgement.left]
    parts = [
        _listed("With it, the tools find problems that were not there before:", new, text),
        _listed("These problems are still there:", judgement.left, text),
    ]
    return "\n".join(filter(None, parts))


def late_complaint(problems: Sequence[Problem], text: str) -> str:
    """Return what slow tools found in `text`, the answer before; empty if that is nothing."""
    said = _listed("In the answer before, slower tools have found problems too:", problems, text)
    return f"\n{said}" if said else ""


def goal_lines(problems: Sequence[Problem], text: str) -> list[str]:
    """Return problems as the model reads them, with the code around each."""
    lines = split_lines(text)
    return [_line(problem, lines) for problem in problems[:_MOST]]


def _listed(head: str, problems: Sequence[Problem], text: str) -> str:
    return "\n".join([head, *goal_lines(problems, text)]) if problems else ""


def _line(problem: Problem, lines: Sequence[str]) -> str:
    line = problem.span.start.line
    around = lines[max(0, line - _AROUND) : line + _AROUND + 1]
    source = " ".join(filter(None, (problem.check, problem.rule)))
    code = [body(text) for text in around]
    return problem_line(line + 1, problem.message, source, code)
