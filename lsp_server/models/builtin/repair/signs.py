"""Signs inside a line: commas between operands, `=` for `==`, tokens that are one too many."""

from collections.abc import Iterator
from itertools import pairwise

from lsp_server.common.edits import TextEdit
from lsp_server.common.text import offset_at
from lsp_server.models.builtin.repair.draft import Draft, is_operand
from lsp_server.models.builtin.repair.keywords import KEYWORDS

_SHORT = 20
_CONDITIONS = {"if", "elif", "while"}


def comma_repairs(draft: Draft) -> Iterator[tuple[TextEdit, ...]]:
    """Yield commas, colons and dots between neighbours that nothing joins."""
    keywords = KEYWORDS.get(draft.language, frozenset())
    for line in draft.fault_lines:
        for left, right in pairwise(draft.on_line(line)):
            joins = is_operand(left) or left.text in {")", "]", "}"}
            meets = is_operand(right) or right.text in {"[", "{", "("}
            if joins and meets and left.text not in keywords and right.text not in keywords:
                yield (draft.insert(left.end, ","),)
                yield (draft.insert(left.end, ":" if left.end < right.start else ": "),)
                yield (draft.replace(left.end, right.start, " = "),)
                yield (draft.replace(left.end, right.start, "."),)


def comparison_repairs(draft: Draft) -> Iterator[tuple[TextEdit, ...]]:
    """Yield `==` for a lone `=` in a condition."""
    for line in draft.fault_lines:
        tokens = draft.on_line(line)
        if any(token.text in _CONDITIONS for token in tokens):
            for token in tokens:
                if token.text == "=":
                    yield (draft.replace(token.start, token.end, "=="),)


def removal_repairs(draft: Draft) -> Iterator[tuple[TextEdit, ...]]:
    """Yield removals: one of two equal neighbours, then a short fault itself, then any token."""
    for line in draft.fault_lines:
        for left, right in pairwise(draft.on_line(line)):
            if left.text == right.text and left.text not in {"(", ")", "[", "]", "{", "}"}:
                yield (draft.replace(left.start, right.start),)
    for fault in draft.faults:
        start = offset_at(draft.lines, fault.span.start)
        end = offset_at(draft.lines, fault.span.end)
        if 0 < end - start <= _SHORT and "\n" not in draft.text[start:end]:
            yield (draft.replace(start, end),)
    for fault in draft.faults[:2]:
        for token in draft.on_line(fault.span.start.line)[:24]:
            if not is_operand(token):
                yield (draft.replace(token.start, token.end),)
