"""What the index keeps of one file: a row, read from its text, written to and from bytes."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from lsp_server.context.index.reading.columns import WIDTH, DefinitionColumns
from lsp_server.context.index.reading.definitions import Outline, read_outline
from lsp_server.context.index.reading.fallback import outline_lines
from lsp_server.context.index.reading.recovery import recover
from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.grammars import is_known
from lsp_server.context.index.trees.parsing import parse

if TYPE_CHECKING:
    from tree_sitter import Tree

# Part of every key in the cache: raise it when what a row holds changes.
ROW_VERSION = "rows-10"

_IDENTIFIER = re.compile(rb"[A-Za-z_$][A-Za-z0-9_$]{2,}")
# Names of fewer letters are not kept.
SHORTEST_NAME = 3
_MOST_NAMES = 4000
_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class FileRow:
    """What the index knows of one file.

    `path` is relative to its root, with forward slashes. `imports` are the import statements as
    written, `package` the package statement. `names_text` holds the identifiers of three
    characters and more, each once, one a line. `digest` is of the text, so that equal texts are
    read once.
    """

    path: str
    language: str
    digest: str
    size: int
    line_count: int
    definitions: DefinitionColumns
    imports: Sequence[str]
    package: str
    names_text: bytes = field(repr=False)

    @property
    def names(self) -> list[str]:
        """The identifiers that occur in the text."""
        return self.names_text.decode("ascii").split("\n") if self.names_text else []

    def holds(self, name: str) -> bool:
        """Whether an identifier can occur in the text; one too short to be kept always can."""
        return len(name) < SHORTEST_NAME or b"\n%b\n" % name.encode() in b"\n%b\n" % self.names_text


def digest_of(content: bytes) -> str:
    """Return the key of a content; 16 bytes of BLAKE2b in hexadecimal."""
    return blake2b(content, digest_size=16).hexdigest()


def read_row(path: str, language: str, content: bytes) -> FileRow:
    """Read `content`, the text of the file `path`, into a row; never fails on wrong syntax."""
    lines = ByteLines.of_content(content)
    tree = parse(lines, language) if is_known(language) else None
    return row_of(path, language, lines, tree)


def row_of(path: str, language: str, lines: ByteLines, tree: "Tree | None") -> FileRow:
    """Return the row of a text that was parsed already; without a tree by its lines alone."""
    if tree is not None:
        outline = read_outline(tree.root_node, lines, language)
        if tree.root_node.has_error:
            outline = recover(outline, lines, language)
    else:
        outline = Outline(outline_lines(lines.text), [], "")
    names = list(dict.fromkeys(_IDENTIFIER.findall(lines.source)))
    return FileRow(
        path=path,
        language=language,
        digest=digest_of(lines.source),
        size=len(lines.source),
        line_count=len(lines.source.splitlines()),
        definitions=DefinitionColumns.of(outline.definitions),
        imports=outline.imports,
        package=outline.package,
        names_text=b"\n".join(names[:_MOST_NAMES]),
    )


def dump_rows(rows: Iterable[FileRow]) -> bytes:
    """Return rows as bytes.

    They are the length of a JSON table of contents, it, the numbers, the texts, and a checksum of
    all that: a disk may give back other bytes than it was given.
    """
    table, numbers, texts = [], [], []
    for row in rows:
        items = row.definitions
        parts = [items.names_text, items.texts, row.names_text]
        values = [row.path, row.language, row.digest, row.size, row.line_count, len(items)]
        table.append([*values, row.imports, row.package, [len(part) for part in parts]])
        numbers.append(items.numbers.tobytes())
        texts += parts
    contents = json.dumps(table, separators=(",", ":")).encode("ascii")
    contents += b" " * (-len(contents) % _LENGTH_BYTES)
    length = len(contents).to_bytes(_LENGTH_BYTES, "big")
    whole = b"".join([length, contents, *numbers, *texts])
    return whole + _checksum(whole)


def load_rows(stored: bytes) -> list[FileRow]:
    """Return the rows that `dump_rows` wrote. Raises ValueError for anything else."""
    if not is_whole(stored):
        raise ValueError("not rows of the index")
    begin = _LENGTH_BYTES + int.from_bytes(stored[:_LENGTH_BYTES], "big")
    try:
        table = json.loads(stored[_LENGTH_BYTES:begin])
        count = sum(values[5] for values in table)
        numbers = np.frombuffer(stored, np.dtype("<i4"), count * WIDTH, begin)
        numbers = numbers.astype(np.int32, copy=False).reshape(-1, WIDTH)
        return _rows(table, numbers, stored, begin + count * WIDTH * 4)
    except (TypeError, KeyError, IndexError) as error:
        raise ValueError("not rows of the index") from error


def is_whole(stored: bytes) -> bool:
    """Whether bytes are as `dump_rows` made them: what was torn or damaged is not."""
    if len(stored) < 2 * _LENGTH_BYTES:
        return False
    return stored[-_LENGTH_BYTES:] == _checksum(memoryview(stored)[:-_LENGTH_BYTES])


def _checksum(data: bytes | memoryview) -> bytes:
    return crc32(data).to_bytes(_LENGTH_BYTES, "big")


def _rows(table: list[Any], numbers: Any, stored: bytes, at: int) -> list[FileRow]:
    found, first = [], 0
    for path, language, digest, size, lines, count, imports, package, lengths in table:
        parts = []
        for length in lengths:
            parts.append(stored[at : at + length])
            at += length
        names, texts, mentions = parts
        items = DefinitionColumns(numbers[first : first + count], names, texts)
        first += count
        found.append(
            FileRow(path, language, digest, size, lines, items, imports, package, mentions)
        )
    return found


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
