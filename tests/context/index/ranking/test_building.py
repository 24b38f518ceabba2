"""Tables that are laid out again and again equal those that are laid out at once."""

from dataclasses import fields
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from lsp_server.context.index.ranking.building import TableBuilder, build_tables, finished
from lsp_server.context.index.ranking.tables import Tables
from tests.context.index.ranking.places import row_of

if TYPE_CHECKING:
    from lsp_server.context.index.reading.rows import FileRow

TEXTS = (
    "def first(): ...\n",
    "from a import first\nclass Second:\n    def first(self): ...\n",
    "import b\nLIMIT = b.Second()\n",
    "class Third(Second):\n    size: int\n    def _own(self): return LIMIT\n",
    "",
)
CHANGES = st.lists(
    st.tuples(st.sampled_from(["a.py", "b.py", "pkg/c.py", "tests/test_a.py"]), st.integers(-1, 4)),
    min_size=1,
    max_size=12,
)


@settings(deadline=None)
@given(CHANGES)
def test_any_sequence_of_changes_gives_the_tables_of_its_end(
    changes: list[tuple[str, int]],
) -> None:
    rows: dict[str, FileRow] = {}
    builder = TableBuilder()
    tables = finished(builder.steps([]))
    for path, text in changes:
        if text < 0:
            rows.pop(path, None)
        else:
            rows[path] = row_of(path, TEXTS[text])
        tables = finished(builder.steps(list(rows.values())))
    assert plain(tables) == plain(build_tables(list(rows.values())))


def plain(tables: Tables) -> dict[str, object]:
    """Return every array of the tables as lists."""
    values = {one.name: getattr(tables, one.name) for one in fields(tables)}
    shown: dict[str, object] = {
        name: np.round(value.astype(np.float64), 5).tolist()
        for name, value in values.items()
        if isinstance(value, np.ndarray)
    }
    shown["names"] = dict(tables.names)
    shown["paths"] = [row.path for row in tables.rows]
    shown["imports"] = [files.tolist() for files in tables.file_imports]
    shown["importers"] = [files.tolist() for files in tables.file_importers]
    shown["definitions"] = [item.qualified for item in tables.definitions]
    return shown


def test_a_file_that_all_others_import_ranks_first() -> None:
    texts = {f"{number}.py": "from base import thing\n" for number in range(4)}
    tables = build_tables([row_of(path, text) for path, text in texts.items()])
    assert len(set(tables.file_rank.tolist())) == 1
    rows = [row_of("base.py", "def thing(): ...\n")]
    tables = build_tables([*rows, *(row_of(path, text) for path, text in texts.items())])
    assert int(tables.file_rank.argmax()) == tables.file_of["base.py"]


def test_ranks_are_shares_of_one_whole() -> None:
    tables = build_tables([row_of(f"{number}.py", TEXTS[number]) for number in range(4)])
    assert np.isclose((2**tables.file_rank).sum(), len(tables.rows), rtol=1e-4)
