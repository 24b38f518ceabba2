"""What the index keeps of one file: a row, read from its text, written to and from JSON."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from lsp_server.common.text import Position, Span, split_lines
from lsp_server.context.index.bytelines import ByteLines
from lsp_server.context.index.definitions import Definition, read_definitions
from lsp_server.context.index.fallback import outline_lines
from lsp_server.context.index.grammars import is_known, query
from lsp_server.context.index.parsing import parse
from lsp_server.context.index.recovery import recover

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

# Part of every key in the cache: raise it when what a row holds changes.
ROW_VERSION = "rows-5"

_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{2,}")
_MOST_NAMES = 4000


@dataclass(frozen=True, slots=True)
class FileRow:
    """What the index knows of one file.

    `path` is relative to its root, with forward slashes. `imports` are the import statements as
    written, `package` the package statement. `names` counts the identifiers of three characters
    and more. `digest` is of the text, so that equal texts are read once.
    """

    path: str
    language: str
    digest: str
    size: int
    line_count: int
    definitions: list[Definition]
    imports: list[str]
    package: str
    names: dict[str, int] = field(repr=False)


def digest_of(content: bytes) -> str:
    """Return the key of a content; 16 bytes of BLAKE2b in hexadecimal."""
    return blake2b(content, digest_size=16).hexdigest()


def read_row(path: str, language: str, content: bytes) -> FileRow:
    """Read `content`, the text of the file `path`, into a row; never fails on wrong syntax."""
    lines = ByteLines(split_lines(content.decode("utf-8", "replace")))
    tree = parse(lines, language) if is_known(language) else None
    return row_of(path, language, lines, tree)


def row_of(path: str, language: str, lines: ByteLines, tree: "Tree | None") -> FileRow:
    """Return the row of a text that was parsed already; without a tree by its lines alone."""
    text = "".join(lines.lines)
    imports: list[str] = []
    package = ""
    if tree is not None:
        root = tree.root_node
        read = recover if root.has_error else read_definitions
        definitions = read(root, lines, language)
        imports, package = read_imports(tree.root_node, language)
    else:
        definitions = outline_lines(text)
    names = Counter(_IDENTIFIER.findall(text))
    return FileRow(
        path=path,
        language=language,
        digest=digest_of(lines.source),
        size=len(lines.source),
        line_count=len(lines.lines),
        definitions=definitions,
        imports=imports,
        package=package,
        names=dict(names.most_common(_MOST_NAMES) if len(names) > _MOST_NAMES else names),
    )


def read_imports(root: "Node", language: str) -> tuple[list[str], str]:
    """Return the import statements below `root` as written, and the package statement."""
    from tree_sitter import QueryCursor

    captures = QueryCursor(query(language, "imports")).captures(root)
    texts = [_text(node) for node in captures.get("import", ())]
    package = next((_text(node) for node in captures.get("package", ())), "")
    return texts, package


def _text(node: "Node") -> str:
    return (node.text or b"").decode("utf-8", "replace")


def dump_rows(rows: Iterable[FileRow]) -> bytes:
    """Return rows as JSON."""
    value = [
        [
            row.path,
            row.language,
            row.digest,
            row.size,
            row.line_count,
            [_values(item) for item in row.definitions],
            row.imports,
            row.package,
            row.names,
        ]
        for row in rows
    ]
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _values(item: Definition) -> list[Any]:
    start, end = item.span.start, item.span.end
    span = [start.line, start.column, end.line, end.column]
    numbers = [item.name_line, item.start, item.end, item.body, item.parent]
    return [item.name, item.kind, item.container, item.header, item.doc, span, *numbers]


def load_rows(stored: bytes) -> list[FileRow]:
    """Return the rows that `dump_rows` wrote. Raises ValueError for anything else."""
    try:
        return [_row(*values) for values in json.loads(stored)]
    except (TypeError, KeyError, IndexError) as error:
        raise ValueError("not rows of the index") from error


def _row(*values: Any) -> FileRow:
    path, language, digest, size, line_count, definitions, imports, package, names = values
    found = [_definition(item) for item in definitions]
    return FileRow(path, language, digest, size, line_count, found, imports, package, names)


def _definition(item: list[Any]) -> Definition:
    name, kind, container, header, doc, span, name_line, start, end, body, parent = item
    first, first_column, last, last_column = span
    where = Span(Position(first, first_column), Position(last, last_column))
    return Definition(
        name, kind, container, header, doc, where, name_line, start, end, body, parent
    )


_TEST_FOLDERS = frozenset(
    """
    test tests testing __tests__ spec specs e2e integration benches benchmarks example examples doc
    docs fixtures testdata
    """.split()
)
_TEST_NAME = re.compile(
    r"(?:\Atest_|_test\.|\.test\.|\.spec\.|_spec\.|\Aconftest\.py\Z|Tests?\.(?:java|kt|cs)\Z)"
)


def is_test_path(path: str) -> bool:
    """Whether `path` looks like a test, an example or documentation rather than the product."""
    pure = PurePosixPath(path)
    folders = {part.lower() for part in pure.parts[:-1]}
    return bool(folders & _TEST_FOLDERS) or _TEST_NAME.search(pure.name) is not None
