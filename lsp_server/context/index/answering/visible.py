"""Which names code can mean: for telling invented names from real ones."""

import re

from lsp_server.context.index.messages import VisibleWanted
from lsp_server.context.index.workspace import Workspace

_WORD = re.compile(r"[A-Za-z_$][\w$]*")


def visible_names(workspace: Workspace, wanted: VisibleWanted) -> frozenset[str]:
    """Return the names in the text itself and all that the files it can see define.

    Files that can be seen are those that it imports, those of its package and those of its
    folder. Members of classes further away are not among them.
    """
    row = workspace.row_for(wanted.path, wanted.language, wanted.text)
    names = set(_WORD.findall(wanted.text))
    tables = workspace.tables()
    seen = {path for path, _ in tables.modules.imported_by(row)}
    seen |= set(tables.modules.folder(row.path.rpartition("/")[0]))
    for path in seen:
        known = workspace.rows.get(path)
        if known is not None:
            names.update(item.name for item in known.definitions)
    return frozenset(names)
