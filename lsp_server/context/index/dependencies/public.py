"""What a package offers to others of what its files define."""

from dataclasses import replace

from lsp_server.context.index.reading.columns import DefinitionColumns
from lsp_server.context.index.reading.definitions import Definition
from lsp_server.context.index.reading.rows import FileRow


def public_part(row: FileRow) -> FileRow:
    """Return a row with what its package offers to others, without the texts' extents."""
    kept: dict[int, int] = {}
    definitions: list[Definition] = []
    for index, item in enumerate(row.definitions):
        if item.parent >= 0 and item.parent not in kept:
            continue
        if not is_public(
            item, row.language, row.definitions[item.parent] if item.parent >= 0 else None
        ):
            continue
        kept[index] = len(definitions)
        parent = kept.get(item.parent, -1)
        definitions.append(replace(item, parent=parent, start=0, end=0, body=-1))
    return replace(row, definitions=DefinitionColumns.of(definitions))


def is_public(item: Definition, language: str, parent: Definition | None) -> bool:
    """Whether a definition can be used from outside of its package, by the language's own rule."""
    name, header = item.name, item.header.lstrip()
    if language == "go":
        return name[:1].isupper()
    if language == "rust":
        shared = parent is not None and (
            parent.kind in {"trait", "enum"} or " for " in parent.header
        )
        return header.startswith("pub ") or shared or item.kind == "implementation"
    if language == "python":
        return not name.startswith("_") or name in {"__init__", "__call__", "__enter__"}
    return not name.startswith(("_", "#")) and not header.startswith("private")
