"""The map of modules: what each offers, who imports whom, cycles, entry points, sizes."""

from collections.abc import Mapping, Sequence

from lsp_server.context.index.messages import Module, Survey
from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.reading.definitions import CALLABLE, TYPES
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.workspace import Workspace

_MOST_NAMES = 40
_ENTRY_NAMES = frozenset(
    ("__main__.py", "manage.py", "main.py", "main.go", "main.rs", "main.c", "main.cpp", "Main.java")
)


def survey(workspace: Workspace) -> Survey:
    """Return the map of everything that is indexed."""
    tables = workspace.fresh_tables()
    importers: dict[int, list[int]] = {}
    for file, targets in enumerate(tables.file_imports):
        for target in targets.tolist():
            importers.setdefault(target, []).append(file)
    modules = tuple(
        module_of(tables, file, importers.get(file, ())) for file in range(len(tables.rows))
    )
    graph = {module.path: module.imports for module in modules}
    return Survey(modules, tuple(find_cycles(graph)))


def module_of(tables: Tables, file: int, importers: Sequence[int]) -> Module:
    """Return one file as others see it."""
    row = tables.rows[file]
    return Module(
        path=row.path,
        language=row.language,
        lines=row.line_count,
        names=public_names(row),
        imports=tuple(tables.rows[target].path for target in tables.file_imports[file].tolist()),
        imported_by=tuple(tables.rows[importer].path for importer in importers),
        is_entry=_is_entry(row),
        is_test=bool(tables.file_test[file]),
        rank=float(tables.file_rank[file]),
    )


def public_names(row: FileRow) -> tuple[str, ...]:
    """Return the top-level types, functions and constants that a file offers."""
    offered = [
        item.name
        for item in row.definitions
        if item.parent < 0
        and not item.name.startswith("_")
        and item.kind in CALLABLE | TYPES | {"constant", "module", "namespace"}
    ]
    return tuple(dict.fromkeys(offered))[:_MOST_NAMES]


def _is_entry(row: FileRow) -> bool:
    name = row.path.rsplit("/", 1)[-1]
    if name in _ENTRY_NAMES:
        return True
    mains = [item for item in row.definitions if item.name == "main" and item.kind in CALLABLE]
    return any(item.parent < 0 or row.language in {"java", "csharp"} for item in mains)


def find_cycles(graph: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Return the strongly connected groups of two and more (Tarjan, 1972), each sorted."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[tuple[str, ...]] = []
    for start in graph:
        if start in index:
            continue
        work = [(start, iter(graph[start]))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, following = work[-1]
            step = next((item for item in following if item in graph), None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group = _pop_group(node, stack, on_stack)
                    if len(group) > 1:
                        found.append(group)
            elif step not in index:
                index[step] = low[step] = len(index)
                stack.append(step)
                on_stack.add(step)
                work.append((step, iter(graph[step])))
            elif step in on_stack:
                low[node] = min(low[node], index[step])
    return sorted(found)


def _pop_group(node: str, stack: list[str], on_stack: set[str]) -> tuple[str, ...]:
    group = []
    while True:
        member = stack.pop()
        on_stack.discard(member)
        group.append(member)
        if member == node:
            return tuple(sorted(group))
