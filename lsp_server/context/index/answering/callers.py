"""Who uses the definitions that a question touches."""

from collections.abc import Iterator, Mapping, Sequence

from lsp_server.context.index import messages as m
from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.reading.definitions import CALLABLE, TYPES
from lsp_server.context.index.reading.references import read_references
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.workspace import Workspace

_MOST_CALLERS = 24
_CALLER_FILES = 200
_MOST_BYTES = 600_000
"""So much is parsed for one question at most: others wait meanwhile."""

# Three lines show how a file uses a thing.
_LINES_A_FILE = 3
_LONGEST = 200


def callers(workspace: Workspace, tables: Tables, best: Sequence[int]) -> tuple[m.Caller, ...]:
    """Return the lines of other files that call or name definitions, the first one's first.

    Tests are left out, and comments and texts that only mention a name.
    """
    found: list[m.Caller] = []
    left = _MOST_BYTES
    for name, number in _wanted(tables, best).items():
        for file in _files(tables, name, int(tables.definition_file[number])):
            row = tables.rows[file]
            content = workspace.content(row.path)
            if name.encode() not in content or len(content) > left:
                continue
            left -= len(content)
            found += _lines(row, content, name)
            if len(found) >= _MOST_CALLERS:
                return tuple(found[:_MOST_CALLERS])
    return tuple(found)


def _wanted(tables: Tables, best: Sequence[int]) -> Mapping[str, int]:
    return {
        tables.definitions[number].name: number
        for number in reversed(best[:6])
        if tables.definitions[number].kind in CALLABLE | TYPES
    }


def _files(tables: Tables, name: str, owner: int) -> Sequence[int]:
    files = tables.files_that_mention(name)
    return [file for file in files if file != owner and not tables.file_test[file]][:_CALLER_FILES]


def _lines(row: FileRow, content: bytes, name: str) -> Iterator[m.Caller]:
    # A type's own name stands where it is defined, too.
    defined = {item.name_line for item in row.definitions if item.name == name}
    used = [one.line for one in read_references(content, row.language) if one.name == name]
    lines = [line for line in dict.fromkeys(used) if line not in defined]
    texts = content.decode("utf-8", "replace").splitlines() if lines else []
    for line in lines[:_LINES_A_FILE]:
        inside = row.definitions.around(line, CALLABLE | TYPES)
        text = texts[line].strip() if line < len(texts) else ""
        yield m.Caller(
            row.path, line, text[:_LONGEST], name, inside[-1].qualified if inside else ""
        )
