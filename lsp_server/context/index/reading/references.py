"""Where a text uses names: calls, types and values, read from the syntax tree by our queries.

Read on demand, of the files at hand: an index of all of them would cost more than the few questions
that ask for it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.grammars import is_known, query
from lsp_server.context.index.trees.parsing import parse

# Twenty milliseconds of parsing; a larger text is read by its lines.
_MOST_BYTES = 100 * 1024
_MOST_KEPT = 256
_CALL = re.compile(r"([A-Za-z_$][\w$]*)\s*(?:[(<\[{.]|::)")
_COMMENTS = ("#", "//", "*", "/*", "--")


@dataclass(frozen=True, slots=True)
class Reference:
    """One use of a name: "call", "type" or "use", and the line on which it stands, from 0."""

    name: str
    kind: str
    line: int


@lru_cache(maxsize=_MOST_KEPT)
def read_references(content: bytes, language: str) -> tuple[Reference, ...]:
    """Return what `content` refers to, in file order, each name once a line.

    Where a name is called and used as a type at one place, it counts as called. Comments, the
    text of strings and the names of what is defined are none. A language without a query, and a
    text too large to parse while others wait, are read by their lines. Data languages (JSON,
    YAML, TOML, Markdown) refer to nothing.
    """
    lines = ByteLines.of_content(content)
    if len(content) > _MOST_BYTES or not is_known(language):
        return _by_line(lines)
    return _by_tree(lines, language)


def _by_tree(lines: ByteLines, language: str) -> tuple[Reference, ...]:
    from tree_sitter import QueryCursor

    ours = query(language, "references")
    if not ours.pattern_count:
        return ()
    captures = QueryCursor(ours).captures(parse(lines, language).root_node)
    own = {node.start_byte for node in captures.get("reference.own", ())}
    found: dict[tuple[int, str], Reference] = {}
    for kind in ("call", "type", "use"):
        for node in captures.get(f"reference.{kind}", ()):
            if node.start_byte not in own:
                name = lines.slice(node.start_byte, node.end_byte)
                line = lines.line(node.start_byte)
                found.setdefault((line, name), Reference(name, kind, line))
    return tuple(found[key] for key in sorted(found))


def _by_line(lines: ByteLines) -> tuple[Reference, ...]:
    found: dict[tuple[int, str], Reference] = {}
    for number, line in enumerate(lines.lines):
        if not line.lstrip().startswith(_COMMENTS):
            for match in _CALL.finditer(line):
                found.setdefault((number, match[1]), Reference(match[1], "call", number))
    return tuple(found[key] for key in sorted(found))
