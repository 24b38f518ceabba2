"""What a file defines: one value a definition, read from the syntax tree by our queries."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from lsp_server.common.text import Span
from lsp_server.context.index.reading.docs import doc_above, doc_inside
from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.grammars import query

if TYPE_CHECKING:
    from tree_sitter import Node

_HEADER_LIMIT = 600
_LINE_LIMIT = 240
_PREFIX = "definition."
CALLABLE = frozenset({"function", "method", "macro"})
TYPES = frozenset({"class", "interface", "struct", "enum", "trait", "type", "implementation"})
CONTAINERS = TYPES | {"module", "namespace", "table", "section"}
# Every kind that a query may name, numbered for the index; the order is part of what is cached.
KINDS = (
    *("class", "interface", "struct", "enum", "trait", "type", "implementation"),
    *("function", "method", "macro", "property", "field", "constant", "variable"),
    *("module", "namespace", "table", "section", "key"),
)


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition of a file.

    `header` is the source from the definition's line to its body, lines as written; it begins
    behind whatever else is defined on that line. `container` joins the names around it by dots;
    `parent` is the index of the definition that encloses it in the file's list, or -1. Columns of
    `span` count code points, `start` and `end` count bytes.
    """

    name: str
    kind: str
    container: str
    header: str
    doc: str
    span: Span
    name_line: int
    start: int
    end: int
    body: int
    parent: int = -1

    @property
    def naming(self) -> str:
        """The line of the header that holds the name."""
        lines = self.header.split("\n")
        return lines[min(self.name_line - self.span.start.line, len(lines) - 1)]

    @property
    def qualified(self) -> str:
        """The name with its container, joined by dots."""
        return f"{self.container}.{self.name}" if self.container else self.name


def unique_names(definitions: Sequence[Definition]) -> list[str]:
    """Return one name each that no other definition of the file has.

    It is the qualified name; overloads are told apart by `#2`, `#3` in file order.
    """
    return told_apart(item.qualified for item in definitions)


def told_apart(qualified: Iterable[str]) -> list[str]:
    """Return qualified names in file order with repeated ones told apart."""
    seen: dict[str, int] = {}
    names = []
    for name in qualified:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def insides(definitions: Sequence[Definition]) -> list[bool]:
    """Return, for each definition, whether it stands in a function or method."""
    found: list[bool] = []
    for item in definitions:
        parent = item.parent
        found.append(parent >= 0 and (found[parent] or definitions[parent].kind in CALLABLE))
    return found


def is_usable(definition: Definition, *, inside: bool) -> bool:
    """Whether code in another file can mean `definition`: locals of a function cannot be meant."""
    if definition.kind in {"implementation", "section"} or not definition.name:
        return False
    return not inside or definition.kind == "field"


class Raw(NamedTuple):
    """A definition as the queries find it; all numbers are byte offsets, `body` -1 for none."""

    name: str
    kind: str
    start: int
    end: int
    body: int
    name_start: int

    @property
    def is_container(self) -> bool:
        """Whether it can have members."""
        return self.kind in CONTAINERS

    def moved(self, offset: int, most: int) -> "Raw":
        """Return the same `offset` bytes further on, ending at `most` at the latest."""
        body = self.body + offset if self.body >= 0 else -1
        end = min(self.end + offset, most)
        name_start = self.name_start + offset
        return Raw(self.name, self.kind, self.start + offset, end, body, name_start)


@dataclass(frozen=True, slots=True)
class Outline:
    """What one pass over a tree finds: definitions, import statements, the package statement."""

    definitions: list[Definition]
    imports: list[str]
    package: str


def read_definitions(root: "Node", lines: ByteLines, language: str) -> list[Definition]:
    """Return what the tree under `root` defines, in file order, containers before members."""
    return nested(raws_of(root, language), lines, language)


def read_outline(root: "Node", lines: ByteLines, language: str) -> Outline:
    """Return all that our queries find under `root`, statements as written.

    One pass for both queries: walking the tree takes longer than matching.
    """
    from tree_sitter import QueryCursor

    raws: list[Raw] = []
    imports: list[str] = []
    package = ""
    for _, captures in QueryCursor(query(language, "definitions", "imports")).matches(root):
        if "name" in captures:
            raws += _raws(captures)
        elif "import" in captures:
            imports += map(_text, captures["import"])
        elif "package" in captures and not package:
            package = _text(captures["package"][0])
    return Outline(nested(_without_repeats(raws), lines, language), imports, package)


def raws_of(root: "Node", language: str) -> list[Raw]:
    """Return what our queries find under `root`, in file order."""
    from tree_sitter import QueryCursor

    matches = QueryCursor(query(language, "definitions")).matches(root)
    return _without_repeats(raw for _, captures in matches for raw in _raws(captures))


def _text(node: "Node") -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _raws(captures: "dict[str, list[Node]]") -> Iterator[Raw]:
    kind = next((name for name in captures if name.startswith(_PREFIX)), None)
    if kind is None or "name" not in captures:
        return
    whole, body = captures[kind][0], captures.get("body")
    start, end = whole.start_byte, whole.end_byte
    begin = body[0].start_byte if body else -1
    for name in captures["name"]:
        text = _text(name)
        if not text.isidentifier():
            text = " ".join(text.split()).strip("'\"").removeprefix(":")
        yield Raw(text, kind[len(_PREFIX) :], start, end, begin, name.start_byte)


def _without_repeats(raws: Iterable[Raw]) -> list[Raw]:
    # A later, more general pattern may match what an earlier one matched with a body.
    best: dict[tuple[int, str], Raw] = {}
    for raw in raws:
        known = best.get((raw.name_start, raw.name))
        if known is None or (known.body < 0 <= raw.body):
            best[raw.name_start, raw.name] = raw
    return sorted(best.values(), key=lambda raw: (raw.start, -raw.end, raw.name_start))


def nested(raws: Sequence[Raw], lines: ByteLines, language: str) -> list[Definition]:
    """Return definitions of `raws`, which stand in file order, each with what encloses it.

    Several names of one declaration (`int a, b;`) do not enclose each other.
    """
    found: list[Definition] = []
    open_indices: list[int] = []
    fields: set[tuple[int, str]] = set()
    for raw in raws:
        while open_indices and found[open_indices[-1]].end <= raw.start:
            open_indices.pop()
        shares = bool(open_indices) and _is_same(found[open_indices[-1]], raw)
        around = open_indices[:-1] if shares else open_indices
        parent = _owner(raw, found, around)
        if raw.kind == "field":
            if (parent, raw.name) in fields:
                continue
            fields.add((parent, raw.name))
        begin = _begin(raw, found[around[-1]] if around else None, found, lines)
        found.append(_definition(raw, parent, begin, found, lines, language))
        if not shares:
            open_indices.append(len(found) - 1)
    return found


def _is_same(item: Definition, raw: Raw) -> bool:
    """Whether a definition and a raw are two names of one declaration."""
    return (item.start, item.end) == (raw.start, raw.end)


def _owner(raw: Raw, found: list[Definition], open_indices: list[int]) -> int:
    # `self.x = ...` stands in a method and belongs to the class around it.
    for index in reversed(open_indices):
        if raw.kind != "field" or found[index].kind not in CALLABLE:
            return index
    return open_indices[-1] if open_indices else -1


def _definition(
    raw: Raw, parent: int, begin: int, found: list[Definition], lines: ByteLines, language: str
) -> Definition:
    kind = raw.kind
    if kind == "function" and parent >= 0 and found[parent].kind in TYPES:
        kind = "method"
    start, end = lines.position(raw.start), lines.position(raw.end)
    header = _header(raw, kind, begin, lines)
    container = found[parent].qualified if parent >= 0 else ""
    if language == "go" and kind == "method" and not container:
        container = _receiver(header)
    doc = doc_inside(lines, raw.body) if language == "python" and raw.body >= 0 else ""
    return Definition(
        name=raw.name,
        kind=kind,
        container=container,
        header=header,
        doc=doc or doc_above(lines, start.line),
        span=Span(start, end),
        name_line=lines.line(raw.name_start),
        start=raw.start,
        end=raw.end,
        body=raw.body,
        parent=parent,
    )


_GO_RECEIVER = re.compile(r"func\s*\(\s*(?:\w+\s+)?\*?\s*(\w+)")


def _receiver(header: str) -> str:
    """Return the type whose method a Go function is: nothing encloses it there."""
    match = _GO_RECEIVER.match(header)
    return match[1] if match else ""


_TAIL = re.compile(r"[\s{:]+\Z")
_SEPARATORS = re.compile(rb"[;{}]")


def _begin(raw: Raw, around: Definition | None, found: list[Definition], lines: ByteLines) -> int:
    """Return the byte offset at which the text that is a definition's own begins.

    It is that of its line, unless what stands `around` it or before it takes part of that line.
    """
    line = lines.starts[lines.line(raw.start)]
    if not lines.source[line : raw.start].strip():
        return line
    if around is not None and line <= around.start and not 0 <= around.body <= raw.start:
        return raw.start
    others = (around.body if around is not None else -1, found[-1].end if found else -1)
    edge = max((other for other in others if other <= raw.start), default=-1)
    if edge <= line:
        return line
    # Words such as `export` may stand before what the queries take for the whole.
    return raw.start - len(_SEPARATORS.split(lines.source[edge : raw.start])[-1].lstrip(b" \t,"))


def _header(raw: Raw, kind: str, begin: int, lines: ByteLines) -> str:
    if raw.body >= 0:
        text = lines.slice(begin, min(raw.body, begin + _HEADER_LIMIT))
        return _TAIL.sub("", text) or text
    if kind in CALLABLE:
        return _TAIL.sub("", lines.slice(begin, min(raw.end, begin + _HEADER_LIMIT)))
    line = lines.starts[lines.line(raw.name_start)]
    end = lines.line_end(max(begin, line))
    if begin > line:
        end = min(end, raw.end)
    return lines.slice(max(begin, line), end)[:_LINE_LIMIT].rstrip()
