"""Places in small workspaces, as ranking sees them."""

from pathlib import Path, PurePath
from typing import Any

from lsp_server.common.files import read_plain_file
from lsp_server.common.languages import language_of_path
from lsp_server.common.text import offset_at
from lsp_server.context.index.ranking.building import build_tables
from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.ranking.view import View
from lsp_server.context.index.reading.rows import FileRow, read_row
from lsp_server.context.index.resolution.manifests import Manifests, Package
from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.workspace import Workspace
from tests.fixture import parse_fixture

MANIFESTS = Manifests((Package("go", ("x",), ("",)),))


def row_of(path: str, text: str) -> FileRow:
    """Return what the index knows of a file."""
    return read_row(path, language_of_path(PurePath(path)).name, text.encode())


def workspace_of(root: Path) -> Workspace:
    """Return a workspace that has read all files below `root`."""
    workspace = Workspace((root,), WalkLimits())
    for one in workspace.sources():
        workspace.add(one.key, one.language, read_plain_file(one.path))
    return workspace


def place_in(files: str, **known: Any) -> tuple[View, Tables]:
    """Return the place at `$0` in `files`, and the tables of all of them.

    `known` is what else a view holds: `opened`, `recent`, `companions`.
    """
    fixture = parse_fixture(files)
    rows = {path: row_of(path, text) for path, text in fixture.files.items()}
    place = fixture.place()
    text = fixture.files[fixture.active]
    cursor = offset_at(place.snapshot.lines, place.position)
    view = View(rows[fixture.active], text, cursor, **known)
    return view, build_tables(list(rows.values()), MANIFESTS)


def number_of(tables: Tables, qualified: str) -> int:
    """Return the number of the one definition of that qualified name."""
    (found,) = (
        number for number, item in enumerate(tables.definitions) if item.qualified == qualified
    )
    return found
