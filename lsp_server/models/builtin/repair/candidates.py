"""All repairs of a text, in the order in which they are worth a parse."""

from collections.abc import Iterator, Sequence
from itertools import chain

from lsp_server.common.edits import TextEdit
from lsp_server.common.problems import Problem
from lsp_server.common.text import offset_at
from lsp_server.models.builtin.repair.brackets import bracket_repairs
from lsp_server.models.builtin.repair.draft import Draft
from lsp_server.models.builtin.repair.ends import end_repairs
from lsp_server.models.builtin.repair.indents import indentation_repairs
from lsp_server.models.builtin.repair.keywords import keyword_repairs
from lsp_server.models.builtin.repair.literals import literal_repairs
from lsp_server.models.builtin.repair.signs import (
    comma_repairs,
    comparison_repairs,
    removal_repairs,
)

MOST = 160

_RULE = "missing "
_LONGEST_SIGN = 2


def candidates(text: str, faults: Sequence[Problem], language: str) -> list[tuple[TextEdit, ...]]:
    """Return edits of `text`, each of which may end one of its `faults`, the likeliest first.

    `faults` are the parser's findings; a rule that names the missing sign (`missing )`) is used.
    Each candidate is one repair, as edits of the same text; at most `MOST` come back, none
    twice. Without faults there is nothing to repair and the list is empty.
    """
    if not faults:
        return []
    draft = Draft(text, faults, language)
    ways = (
        literal_repairs,
        _named,
        bracket_repairs,
        comparison_repairs,
        keyword_repairs,
        indentation_repairs,
        end_repairs,
        comma_repairs,
        removal_repairs,
    )
    found = chain.from_iterable(way(draft) for way in ways)
    return list(dict.fromkeys(found))[:MOST]


def _named(draft: Draft) -> Iterator[tuple[TextEdit, ...]]:
    """Yield what the parser itself says is missing, where it says so and a line earlier."""
    for fault in draft.faults:
        sign = fault.rule.removeprefix(_RULE)
        if sign == fault.rule or len(sign) > _LONGEST_SIGN or sign.isalnum() or sign == "}":
            continue  # Where a block ends is told by the indentation, not by the parser.
        at = offset_at(draft.lines, fault.span.start)
        before = len(draft.text[:at].rstrip())
        yield (draft.insert(before, sign),)
        yield (draft.insert(at, sign),)
