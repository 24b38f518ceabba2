"""The names by which a file means modules: `np` after `import numpy as np`, a Go package's name."""

import re
from collections.abc import Iterator, Mapping

from lsp_server.context.index.reading.imports import Imported, read_import
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.aliases import (
    namespace_in,
    read_aliases,
    read_defaults,
)
from lsp_server.context.index.resolution.module_files import parts_of
from lsp_server.context.index.resolution.modules import SCRIPT, Modules

_GO_ALIAS = re.compile(r"\A(?:import\s+)?([A-Za-z]\w*)\s+[\"`]")
_GO_VERSION = re.compile(r"\Av\d+\Z")


def module_names(modules: Modules, row: FileRow) -> Mapping[str, tuple[str, ...]]:
    """Return the files that each module name in `row` stands for."""
    found: dict[str, tuple[str, ...]] = {}
    for statement in row.imports:
        for item in read_import(statement, row.language):
            for name, files in _named(modules, row, statement, item):
                if files:
                    found.setdefault(name, tuple(files))
    for alias, original in read_aliases(row.imports).items():
        if original in found:
            found.setdefault(alias, found[original])
    return found


def _named(
    modules: Modules, row: FileRow, statement: str, item: Imported
) -> Iterator[tuple[str, list[str]]]:
    if row.language == "python":
        yield from _python(modules, row, item)
    elif row.language == "go":
        yield _go_name(statement, item), modules.files_of(row, item)
    elif row.language == "rust":
        yield from _rust(modules, row, item)
    elif row.language in SCRIPT:
        for name in (namespace_in(statement), *read_defaults((statement,))):
            if name:
                yield name, modules.files_of(row, item)


def _python(modules: Modules, row: FileRow, item: Imported) -> Iterator[tuple[str, list[str]]]:
    if not item.names and item.module:
        yield item.module[-1], modules.files_of(row, item)
    for name in item.names:
        inner = Imported((*item.module, name), (), item.relative)
        yield name, modules.files_of(row, inner)


def _go_name(statement: str, item: Imported) -> str:
    alias = _GO_ALIAS.match(statement)
    if alias:
        return alias[1]
    parts = [part for part in item.module if not _GO_VERSION.match(part)]
    return parts[-1].removeprefix("go-").split(".", 1)[0] if parts else ""


def _rust(modules: Modules, row: FileRow, item: Imported) -> Iterator[tuple[str, list[str]]]:
    name = (item.names or item.module)[-1:]
    if name:
        # `use a::b` means a module only where there is a file or folder `b`.
        files = [path for path in modules.files_of(row, item) if name[0] in parts_of(path)[-2:]]
        yield name[0], files
