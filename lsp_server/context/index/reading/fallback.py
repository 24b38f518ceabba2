"""Work on lines for languages without a grammar: indentation and a few keywords."""

import re

from lsp_server.common.text import Position, Span, body
from lsp_server.context.index.reading.definitions import Definition
from lsp_server.context.index.trees.bytelines import ByteLines

_KEYWORDS = {
    "class": "class",
    "interface": "interface",
    "struct": "struct",
    "enum": "enum",
    "trait": "trait",
    "protocol": "interface",
    "module": "module",
    "namespace": "namespace",
    "package": "module",
    "def": "function",
    "defp": "function",
    "func": "function",
    "function": "function",
    "fun": "function",
    "fn": "function",
    "sub": "function",
    "proc": "function",
    "procedure": "function",
    "macro": "macro",
    "type": "type",
    "record": "class",
    "object": "class",
    "extension": "class",
    "actor": "class",
}
_DEFINITION = re.compile(
    r"[ \t]*(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|open"
    r"|override|virtual|inline|pub|local|sealed|data|case|extern|unsafe)\s+)*"
    rf"(?P<keyword>{'|'.join(_KEYWORDS)})\s+(?P<name>[A-Za-z_$][\w$.:]*)"
)


def indent_of(line: str) -> int:
    """Return the number of leading blanks of `line`; a tab counts as eight."""
    text = line.expandtabs(8)
    return len(text) - len(text.lstrip())


def outline_lines(text: str) -> list[Definition]:
    """Return the definitions that keywords and indentation give away, in file order."""
    lines = ByteLines.of_text(text)
    found: list[Definition] = []
    indents: list[int] = []
    for number, line in enumerate(lines.lines):
        match = _DEFINITION.match(line)
        if not match:
            continue
        last = _last_line(lines, number)
        parent = next(
            (
                index
                for index in range(len(found) - 1, -1, -1)
                if found[index].span.end.line >= number and indents[index] < indent_of(line)
            ),
            -1,
        )
        end = Position(last, len(body(lines.lines[last])))
        found.append(
            Definition(
                name=match["name"],
                kind=_KEYWORDS[match["keyword"]],
                container=found[parent].qualified if parent >= 0 else "",
                header=line.rstrip(),
                doc="",
                span=Span(Position(number, len(line) - len(line.lstrip())), end),
                name_line=number,
                start=lines.starts[number],
                end=lines.offset(end),
                body=-1,
                parent=parent,
            )
        )
        indents.append(indent_of(line))
    return found


def _last_line(lines: ByteLines, first: int) -> int:
    depth = indent_of(lines.lines[first])
    last = first
    for number in range(first + 1, len(lines.lines)):
        line = lines.lines[number]
        if not line.strip():
            continue
        if indent_of(line) < depth or (indent_of(line) == depth and _opens_new(line)):
            break
        last = number
        if indent_of(line) == depth:
            break
    return last


def _opens_new(line: str) -> bool:
    return line.strip()[0] not in "})]" and not line.strip().startswith("end")
