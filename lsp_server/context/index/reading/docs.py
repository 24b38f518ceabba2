"""The words that belong to a definition: a docstring inside it or comments above it."""

import re

from lsp_server.context.index.trees.bytelines import ByteLines

_DOCSTRING = re.compile(
    r"\s*[rRuUbB]{0,2}(?P<quote>\"\"\"|'''|\"|')(?P<doc>.*?)(?P=quote)", re.DOTALL
)
_COMMENT = re.compile(r"\s*(///?!?|#(?!!|\[|include|define|if|endif|pragma)|/\*\*?|\*/?|--|;;)\s?")
_BLOCK_END = re.compile(r"\*/\s*\Z")
_DECORATION = re.compile(r"\s*(@\w|#\[)")
_BEGINNINGS = b"/#*-;@"
_LIMIT = 1200
_MOST_LINES = 30


def doc_inside(lines: ByteLines, body: int) -> str:
    """Return the docstring at the byte offset `body`, dedented, or an empty string."""
    head = lines.source[body : body + 8].lstrip()
    if head.lstrip(b"rRuUbB")[:1] not in {b'"', b"'"}:
        return ""
    match = _DOCSTRING.match(lines.slice(body, body + _LIMIT))
    return "\n".join(line.strip() for line in match["doc"].strip().split("\n")) if match else ""


def doc_above(lines: ByteLines, line: int) -> str:
    """Return the comment that ends on the line above `line`, without its markers."""
    collected: list[str] = []
    number = line - 1
    while number >= 0 and _begins(lines, number) and _DECORATION.match(lines.line_text(number)):
        number -= 1
    while number >= 0 and len(collected) < _MOST_LINES and _begins(lines, number):
        text = lines.line_text(number)
        match = _COMMENT.match(text)
        if not match:
            break
        collected.append(_BLOCK_END.sub("", text[match.end() :]).strip())
        number -= 1
    return "\n".join(reversed(collected)).strip()


def _begins(lines: ByteLines, number: int) -> bool:
    """Whether the first character of a line may begin a comment or a decoration."""
    start = lines.starts[number]
    head = lines.source[start : lines.starts[number + 1]].lstrip()[:1]
    return head in _BEGINNINGS and bool(head)
