"""What a file imports and does not use: somebody wrote the import for the code to come."""

from collections.abc import Iterator, Mapping

from lsp_server.context.index.reading.rows import FileRow
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


def unused_names(row: FileRow, text: str, brought: Mapping[str, frozenset[int]]) -> frozenset[int]:
    """Return which definitions are brought under names that the text uses nowhere else."""
    imports = "\n".join(row.imports)
    unused = [numbers for name, numbers in brought.items() if _is_unused(imports, text, name)]
    return frozenset[int]().union(*unused)


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
