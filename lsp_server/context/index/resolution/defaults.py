"""Which definition a script exports without a name: `import Basket from "./basket"`."""

import re

from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.resolution.module_files import parts_of

_MARKED = re.compile(r"\s*export\s+default\b")
_NO_LETTER = re.compile(r"[^a-z0-9]")
_TYPE = 0


def default_of(tables: Tables, file: int, given: str) -> int | None:
    """Return the definition that a script exports as its default, or None.

    Where that is not said beside it, as in `export default Basket;` at the end, it is the one of
    the name that the importing file gives it, or of the file's own, or the only type.
    """
    marked = tables.once(("default", file), lambda: _marked(tables, file))
    if marked is not None:
        return marked
    named = tables.by_file[file].get(given)
    return named if named is not None else _likely(tables, file)


def _marked(tables: Tables, file: int) -> int | None:
    for number in _top_level(tables, file):
        if _MARKED.match(tables.definitions.header(number)[0]):
            return number
    return None


def _likely(tables: Tables, file: int) -> int | None:
    top = _top_level(tables, file)
    wanted = _letters(parts_of(tables.rows[file].path)[-1])
    for number in top:
        if _letters(tables.definitions.header(number)[1]) == wanted:
            return number
    types = [number for number in top if tables.definition_kind[number] == _TYPE]
    return types[0] if len(types) == 1 else None


def _top_level(tables: Tables, file: int) -> list[int]:
    numbers = tables.numbers_of_file(file)
    top: list[int] = numbers[tables.definition_container[numbers] < 0].tolist()
    return top


def _letters(name: str) -> str:
    return _NO_LETTER.sub("", name.lower())
