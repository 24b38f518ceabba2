"""Who uses a definition: the lines that refer to it, with the definition they stand in."""

import re
from collections.abc import Generator, Sequence

import numpy as np

from lsp_server.context.index import messages as m
from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.reading.definitions import CALLABLE, TYPES
from lsp_server.context.index.reading.references import Reference, read_references
from lsp_server.context.index.reading.rows import SHORTEST_NAME, FileRow
from lsp_server.context.index.resolution.families import family_of
from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.workspace import Workspace

_MOST_CALLERS = 24
_MOST_NAMES = 6
# Three lines show how a file uses a thing.
_MOST_IN_FILE = 3
# A question may cost a second of parsing in all, never more than one file's at once.
_MOST_FILES = 120
_RANK = {"call": 0, "type": 1, "use": 2}


def callers(
    workspace: Workspace, tables: Tables, best: Sequence[int]
) -> Generator[None, None, tuple[m.Caller, ...]]:
    """Return the lines outside of their own files and of tests that refer to definitions.

    Files that import a definition's file come first, and in a file calls before types before
    other uses. It pauses after each file that was read: others want answers, too.
    """
    found: list[m.Caller] = []
    left = _MOST_FILES
    wanted = _wanted(tables, best)
    for turn, (name, owner) in enumerate(wanted.items(), 1):
        # What one name leaves of its share is for the next ones.
        share = _MOST_CALLERS * turn // len(wanted)
        for file in _files(tables, name, owner):
            if left <= 0 or len(found) >= share:
                break
            # The tables may know an older row than the text that is there now.
            row = workspace.rows.get(tables.rows[file].path)
            content = workspace.content(row) if row is not None else b""
            if row is None or not re.search(
                rb"(?<!\w)%b(?!\w)" % re.escape(name.encode()), content
            ):
                continue
            left -= 1
            found += _in_file(row, content, name)[: share - len(found)]
            yield
    return tuple(found)


def _wanted(tables: Tables, best: Sequence[int]) -> dict[str, int]:
    """Return the names of the best callables and types, each with the file that it is from."""
    chosen = [
        number
        for number in best[:_MOST_NAMES]
        if tables.definitions[number].kind in CALLABLE | TYPES
    ]
    wanted: dict[str, int] = {}
    for number in chosen:
        name = tables.definitions[number].name
        wanted.setdefault(name, int(tables.definition_file[number]))
    return wanted


def _files(tables: Tables, name: str, owner: int) -> list[int]:
    family = family_of(tables.rows[owner].language)
    files = [
        file
        for file in _mentioning(tables, name, owner)
        if file != owner
        and not tables.file_test[file]
        and family_of(tables.rows[file].language) == family
    ]
    return sorted(
        files,
        key=lambda file: (owner not in tables.file_imports[file], -float(tables.file_rank[file])),
    )


def _mentioning(tables: Tables, name: str, owner: int) -> Sequence[int]:
    """Return the files in which a name occurs; of a short one those that can see where it is from.

    They import it, straight or from who does, or stand beside it.
    """
    if len(name) >= SHORTEST_NAME:
        return tables.files_that_mention(name)
    direct = tables.file_importers[owner].tolist()
    second = [file for one in direct for file in tables.file_importers[one].tolist()]
    beside = np.flatnonzero(tables.file_folder == tables.file_folder[owner]).tolist()
    return list(dict.fromkeys([*direct, *beside, *second]))


def _in_file(row: FileRow, content: bytes, name: str) -> list[m.Caller]:
    uses = [one for one in read_references(content, row.language) if one.name == name]
    uses.sort(key=lambda one: (_RANK[one.kind], one.line))
    lines = ByteLines.of_content(content)
    return [
        m.Caller(
            row.path, one.line, lines.line_text(one.line).strip()[:200], name, _inside(row, one)
        )
        for one in sorted(uses[:_MOST_IN_FILE], key=lambda one: one.line)
    ]


def _inside(row: FileRow, reference: Reference) -> str:
    around = row.definitions.around(reference.line, CALLABLE | TYPES)
    own = (reference.name, reference.line)
    return next(
        (one.qualified for one in reversed(around) if (one.name, one.span.start.line) != own), ""
    )
