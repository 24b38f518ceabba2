"""What broken syntax hides: a linter that cannot parse a text finds nothing else in it.

Once the syntax is mended, all that was hidden appears at once. It is not the change's doing, and
must not count as new.
"""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from lsp_server.checks.report import Report, beyond
from lsp_server.common.problems import Problem, Severity
from lsp_server.common.text import split_lines


def without_hidden(after: Report, before: Report, old: Sequence[str], text: str) -> Report:
    """Return `after` with what the syntax errors of `before` may have hidden set apart.

    Where there were some and none is left, of the findings that were not there before only errors
    on lines that differ from `old` stay.
    """
    if not before.found.get("syntax") or after.found.get("syntax"):
        return after
    changed = _changed_lines(old, split_lines(text))
    hidden = tuple(p for p in beyond(after.problems, before.problems) if not _is_ours(p, changed))
    apart = set(map(id, hidden))
    found = {
        name: tuple(problem for problem in problems if id(problem) not in apart)
        for name, problems in after.found.items()
    }
    return replace(after, found=found, hidden=after.hidden + hidden)


def _is_ours(problem: Problem, changed: set[int]) -> bool:
    return problem.severity is Severity.ERROR and problem.span.start.line in changed


def _changed_lines(old: Sequence[str], new: Sequence[str]) -> set[int]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    blocks = matcher.get_matching_blocks()
    kept = {line for block in blocks for line in range(block.b, block.b + block.size)}
    return set(range(len(new))) - kept
