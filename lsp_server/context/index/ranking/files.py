"""What the paths of a workspace say: folders, stems, tests, and which file an import means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.ranking.vocabulary import Ints
from lsp_server.context.index.reading.rows import FileRow, is_test_path
from lsp_server.context.index.resolution.manifests import Manifests
from lsp_server.context.index.resolution.modules import Modules

_BARRELS = frozenset({"__init__", "index", "mod", "lib", "prelude"})


@dataclass(frozen=True)
class FileSet:
    """The files of one state of the workspace, in path order; changes only with their paths."""

    paths: Sequence[str]
    file_of: Mapping[str, int]
    modules: Modules
    tests: npt.NDArray[np.bool_]
    folder: Ints
    folders: Sequence[tuple[str, ...]]
    by_stem: Mapping[str, Ints]
    by_tested: Mapping[str, Ints]


def file_set(paths: Sequence[str], manifests: Manifests) -> FileSet:
    """Return what `paths`, in order, and the manifests among them say."""
    file_of = {path: number for number, path in enumerate(paths)}
    numbers: dict[str, int] = {}
    folder = [numbers.setdefault(path.rpartition("/")[0], len(numbers)) for path in paths]
    return FileSet(
        paths=paths,
        file_of=file_of,
        modules=Modules(file_of, manifests),
        tests=np.fromiter(map(is_test_path, paths), np.bool_, len(paths)),
        folder=np.array(folder, np.int32),
        folders=[tuple(name.split("/")) if name else () for name in numbers],
        by_stem=_grouped(map(_meant_by, paths)),
        by_tested=_grouped(tested_stem(_stem_of(path)) for path in paths),
    )


def packages(rows: Sequence[FileRow], folder: Ints) -> Ints:
    """Return one number for the files that see each other without an import, else -1."""
    numbers: dict[str, int] = {}
    found = []
    for row, own in zip(rows, folder.tolist(), strict=True):
        if row.language == "go":
            found.append(numbers.setdefault(f"folder {own}", len(numbers)))
        elif row.language in {"java", "kotlin", "csharp"} and row.package:
            key = " ".join(row.package.rstrip("; ").split())
            found.append(numbers.setdefault(key, len(numbers)))
        else:
            found.append(-1)
    return np.array(found, np.int32)


def tested_stem(stem: str) -> str:
    """Return the stem of what a test of this name tests; a product's own stem stays as it is."""
    lower = stem.lower()
    for part in ("test_", "_test", "tests", "test", "_spec", "spec"):
        lower = lower.removeprefix(part).removesuffix(part)
    return lower


def _stem_of(path: str) -> str:
    return path.rpartition("/")[2].split(".", 1)[0]


def _meant_by(path: str) -> str:
    """Return the word by which an import statement means a file: its stem or its folder."""
    stem, folder = _stem_of(path), path.rpartition("/")[0].rpartition("/")[2]
    return folder if stem in _BARRELS and folder else stem


def _grouped(keys: Iterable[str]) -> dict[str, Ints]:
    lists: dict[str, list[int]] = {}
    for number, key in enumerate(keys):
        lists.setdefault(key, []).append(number)
    return {key: np.array(numbers, np.int32) for key, numbers in lists.items()}
