"""Signs that a line should end with: colon, semicolon, comma, opening brace."""

import re
from collections.abc import Iterator

from lsp_server.common.edits import TextEdit
from lsp_server.common.languages import language_named
from lsp_server.models.builtin.repair.draft import Draft, is_operand

_PYTHON_HEADER = re.compile(
    r"\s*(?:async\s+)?(?:if|elif|else|for|while|def|class|try|except|finally|with|match|case)\b"
)
_BRACE_HEADER = re.compile(
    r"\s*(?:\}\s*)?(?:if|else|for|while|switch|match|fn|func|function|class|struct|impl|enum"
    r"|interface|trait|try|catch|finally|do|loop|public|private|protected|static|export|pub|async"
    r"|namespace|[\w<>*&]+\s+\w+\s*\()"
)
_SEMICOLON = {"c", "cpp", "java", "rust", "javascript", "typescript", "csharp", "php"}


def end_repairs(draft: Draft) -> Iterator[tuple[TextEdit, ...]]:
    """Yield signs inserted at the ends of lines with a fault, by what the language ends with."""
    for line in draft.fault_lines:
        tokens = draft.on_line(line)
        if not tokens:
            continue
        end, last = tokens[-1].end, tokens[-1].text
        text = draft.lines[line]
        if draft.language == "python" and _PYTHON_HEADER.match(text):
            yield from _colons(draft, line)
        if draft.language != "python" and last != "{" and _BRACE_HEADER.match(text):
            yield (draft.insert(end, " {"),)
        semicolons = draft.language.removesuffix("react") in _SEMICOLON
        if semicolons and (is_operand(tokens[-1]) or last in {")", "]", "}", "++", "--"}):
            yield (draft.insert(end, ";"),)
        if is_operand(tokens[-1]) or last in {")", "]", "}"}:
            yield (draft.insert(end, ","),)
        if last in {";", ",", ":", "."}:
            yield (draft.replace(tokens[-1].start, end),)


def _colons(draft: Draft, line: int) -> Iterator[tuple[TextEdit, ...]]:
    end = draft.code_end(line)
    tokens = draft.on_line(line)
    if tokens[-1].text == ":":
        yield from _parentheses(draft, line)
        return
    yield (draft.insert(end, ":"),)
    if tokens[-1].text in {";", ",", "{", "="}:
        yield (draft.replace(tokens[-1].start, tokens[-1].end, ":"),)
    yield from ((draft.insert(t.end, ":"),) for t in tokens[:-1] if is_operand(t))
    if language_named(draft.language).name == "python" and tokens[0].text == "def":
        yield (draft.insert(end, "():"),)


def _parentheses(draft: Draft, line: int) -> Iterator[tuple[TextEdit, ...]]:
    tokens = draft.on_line(line)
    if tokens[0].text in {"def", "async"} and not any(t.text == "(" for t in tokens):
        yield (draft.insert(tokens[-1].start, "()"),)
