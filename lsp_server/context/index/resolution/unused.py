"""What a file imports and does not use: somebody wrote the import for the code to come."""

from collections.abc import Iterable, Iterator, Mapping

from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.reading.imports import read_import
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.aliases import read_aliases
from lsp_server.context.index.resolution.modules import SCRIPT

_JOINTS = {"rust": "::", "php": "\\"}


def unused_modules(
    row: FileRow, text: str, modules: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """Yield those names of `modules` that stand before no member in `text`, imports apart."""
    joint = _JOINTS.get(row.language, "." if row.language not in SCRIPT else "")
    imports = "\n".join(row.imports)
    for name in modules:
        if _is_unused(imports, text, f"{name}{joint}"):
            yield name


def unused_names(tables: Tables, row: FileRow, text: str, named: Iterable[int]) -> frozenset[int]:
    """Return which of the definitions `named` by imports the text names nowhere else."""
    aliases = {name: alias for alias, name in read_aliases(row.imports).items()}
    imports = "\n".join(row.imports)
    names = {
        name
        for statement in row.imports
        for one in read_import(statement, row.language)
        for name in one.names
    }
    unused = {name for name in names if _is_unused(imports, text, aliases.get(name, name))}
    numbers = {tables.names.get(name, -1) for name in unused}
    return frozenset(one for one in named if int(tables.definition_name[one]) in numbers)


def _is_unused(imports: str, text: str, word: str) -> bool:
    """Whether a word stands no more often in the text than in its imports.

    It is looked for as mere text: a longer word that holds this one makes it look used, which is
    the safe side, and a search for whole words takes ten times as long.
    """
    at = -1
    for _ in range(imports.count(word) + 1):
        at = text.find(word, at + 1)
        if at < 0:
            return True
    return False
