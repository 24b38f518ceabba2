"""The map of modules: what each offers, who imports whom, cycles, entry points, sizes."""

from collections.abc import Generator, Mapping, Sequence

from lsp_server.context.index.answering.offered import Offered
from lsp_server.context.index.messages import Module, Survey
from lsp_server.context.index.ranking.tables import Ints, Tables
from lsp_server.context.index.workspace import Workspace

# Modules of one crate refer to each other as they please: the compiler sees them at once.
_ONE_UNIT = frozenset({"rust"})
_PAUSE_EVERY = 20


def survey(workspace: Workspace) -> Generator[None, None, Survey]:
    """Return the map of everything that is indexed.

    It pauses every few files, some of which it reads: others are answered meanwhile.
    """
    tables = workspace.fresh_tables()
    offered = Offered(tables, workspace.content)
    modules = []
    for file in range(len(tables.rows)):
        if file % _PAUSE_EVERY == 0:
            yield
        modules.append(module_of(tables, file, offered))
    graph = {
        module.path: module.imports
        for module in modules
        if not module.is_test and module.language not in _ONE_UNIT
    }
    return Survey(tuple(modules), tuple(find_cycles(graph)))


def module_of(tables: Tables, file: int, offered: Offered) -> Module:
    """Return one file as others see it."""
    row = tables.rows[file]
    return Module(
        path=row.path,
        language=row.language,
        lines=row.line_count,
        names=offered.names(file),
        imports=_paths(tables, tables.file_imports[file]),
        imported_by=_paths(tables, tables.file_importers[file]),
        is_entry=row.path in tables.modules.entries or offered.is_program(file),
        is_test=bool(tables.file_test[file]),
        rank=float(tables.file_rank[file]),
    )


def _paths(tables: Tables, files: Ints) -> tuple[str, ...]:
    return tuple(tables.rows[file].path for file in files.tolist())


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
