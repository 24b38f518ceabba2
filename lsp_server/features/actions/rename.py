"""Rename for clarity.

Local names of the definition at the cursor get names that say what they hold. Nothing else may
change: Tandem compares the code sign by sign, and an answer that renames a parameter, an attribute
or the definition itself, or that changes anything but names, is sent back.

Before:

    def average(prices):
        s = 0
        for p in prices:
            s += p
        return s / len(prices)

After:

    def average(prices):
        total = 0
        for price in prices:
            total += price
        return total / len(prices)

Without a model nothing can be renamed, and Tandem says so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from lsp_server.common.languages import language_named
from lsp_server.common.text import split_lines
from lsp_server.edits.target import Target
from lsp_server.features.actions.action import REWRITE, Action, Job, one_offer
from lsp_server.features.actions.targets import target_of_selection
from lsp_server.features.fixing.executor import carry_out
from lsp_server.features.fixing.task import Task
from lsp_server.features.values import TaskOutcome
from lsp_server.models.prompts.rewrite import RENAME

NAME = "rename"
_WORD = r"[^\W\d]\w*"


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    is_name: bool
    line: int


async def run(job: Job) -> TaskOutcome:
    """Rename the local names of the definition at the scene."""
    target = target_of_selection(job.scene.snapshot, job.scene.span, job.shop.syntax)
    label = f"Rename for clarity in {target.name or 'the selection'}"
    return await carry_out(Task(label, RENAME, target, guard=only_names), job.shop, job.progress)


def only_names(target: Target, text: str) -> str:
    """Return an objection if `text` differs from the target's document in more than local names."""
    old = _tokens(target.snapshot.lines, target.snapshot.language)
    new = _tokens(split_lines(text), target.snapshot.language)
    names: dict[str, str] = {}
    for before, after in zip_longest(old, new):
        if before is None or after is None or before.is_name != after.is_name:
            return _objection("The answer changes more than names", before or after)
        if not before.is_name and before.text != after.text:
            return _objection("The answer changes more than names", before)
        if before.is_name and names.setdefault(before.text, after.text) != after.text:
            return _objection(f"'{before.text}' has two new names", before)
    changed = {name for name, other in names.items() if name != other}
    if len(set(names.values())) < len(names):
        return "Two different names became one. Every name must stay apart from the others."
    kept = sorted(changed & _fixed_names(target, old))
    if kept:
        return f"These names may not change, as others use them: {', '.join(kept)}."
    return ""


def _objection(what: str, at: _Token | None) -> str:
    where = f", at line {at.line + 1}: {at.text}" if at else ""
    return f"{what}{where}. Change nothing but the local names, each of them everywhere."


def _fixed_names(target: Target, tokens: Sequence[_Token]) -> set[str]:
    """Return names that are not the target's own: of its first lines, after a dot, outside."""
    inside = range(target.first, target.last)
    header = _header_lines(target)
    fixed = {t.text for t in tokens if t.is_name and (t.line not in inside or t.line in header)}
    for before, token in pairwise(tokens):
        if token.is_name and before.text == ".":
            fixed.add(token.text)
    return fixed


def _header_lines(target: Target) -> range:
    """Return the lines up to the one that ends the definition's header."""
    for number, line in enumerate(target.bodies):
        if line.rstrip().endswith((":", "{")):
            return range(target.first, target.first + number + 1)
    return range(target.first, target.first + 1)


def _tokens(lines: Sequence[str], language: str) -> list[_Token]:
    """Return names and other signs; blanks and comments are none, a text in quotes is one sign."""
    sign = re.escape(language_named(language).line_comment or "#")
    pattern = re.compile(
        rf"""(?P<skip>\s+|{sign}.*)|(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
        rf"""|(?P<name>{_WORD})|(?P<other>\d[\w.]*|.)"""
    )
    return [
        _Token(match[0], match.lastgroup == "name", number)
        for number, line in enumerate(lines)
        for match in pattern.finditer(line)
        if match.lastgroup != "skip"
    ]


ACTION = Action(NAME, REWRITE, one_offer(NAME, REWRITE, "Rename for clarity"), run)
