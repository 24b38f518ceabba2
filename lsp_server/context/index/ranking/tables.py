"""The index as arrays: what ranking reads, rebuilt from the rows when files have changed.

Every definition that another file can use has one number; the arrays `definition_*` are indexed
by it, those named `file_*` by the number of the file and those named `name_*` by that of the name.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.definitions import CALLABLE, TYPES, Definition, unique_names
from lsp_server.context.index.modules import Modules
from lsp_server.context.index.rows import FileRow, is_test_path

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

KINDS = ("type", "function", "method", "field", "constant", "other")
_KIND_OF = {
    **dict.fromkeys(TYPES - {"implementation"}, 0),
    "function": 1,
    "macro": 1,
    "method": 2,
    "property": 3,
    "field": 3,
    "constant": 4,
    "variable": 4,
}
_FAMILY = {
    "typescript": "script",
    "typescriptreact": "script",
    "javascript": "script",
    "javascriptreact": "script",
    "c": "c",
    "cpp": "c",
    "java": "jvm",
    "kotlin": "jvm",
}
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_SUBWORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])")
_BARRELS = frozenset({"__init__", "index", "mod", "lib", "prelude"})
_DAMPING = 0.85
_ROUNDS = 20


@dataclass(frozen=True)
class Tables:
    """The arrays of one state of the index; `rows[f]` and `definition_index` lead back to it."""

    rows: Sequence[FileRow]
    file_of: Mapping[str, int]
    modules: Modules
    families: Mapping[str, int]
    file_family: Ints
    file_test: Flags
    file_folder: Ints
    folders: Sequence[tuple[str, ...]]
    file_package: Ints
    files_by_stem: Mapping[str, Ints]
    files_by_tested: Mapping[str, Ints]
    file_rank: Floats
    file_imports: Sequence[Ints]
    file_importers: Sequence[Ints]
    file_imported_names: Sequence[frozenset[str]]
    file_pointers: npt.NDArray[np.int64]
    file_names: Ints
    file_norm: Floats
    names: Mapping[str, int]
    name_files: Ints
    name_definers: Ints
    name_rarity: Floats
    names_by_word: Mapping[str, Ints]
    definitions: Sequence[Definition]
    definition_file: Ints
    definition_name: Ints
    definition_container: Ints
    definition_kind: Ints
    definition_tokens: Floats
    definition_doc_tokens: Floats
    definition_body_tokens: Floats
    definition_private: Flags
    definition_index: Ints
    unique: Sequence[str]
    definition_uses: Floats
    definition_types: Sequence[Ints]
    by_name: Mapping[int, Sequence[int]]
    by_file: Sequence[Mapping[str, int]]

    def names_in(self, file: int) -> Ints:
        """Return the numbers of the names that the file mentions."""
        return self.file_names[self.file_pointers[file] : self.file_pointers[file + 1]]


def family_of(language: str) -> str:
    """Return the name under which languages that import each other go."""
    return _FAMILY.get(language, language)


def is_usable(definition: Definition, siblings: Sequence[Definition]) -> bool:
    """Whether code in another file can mean `definition`: locals of a function cannot be meant."""
    parent = definition.parent
    while parent >= 0:
        if siblings[parent].kind in CALLABLE and definition.kind != "field":
            return False
        parent = siblings[parent].parent
    return definition.kind not in {"implementation", "section"} and bool(definition.name)


def build_tables(rows: Sequence[FileRow], go_modules: Sequence[tuple[str, str]] = ()) -> Tables:
    """Lay the rows out as arrays, resolve their imports and rank their files."""
    rows = sorted(rows, key=lambda row: row.path)
    file_of = {row.path: number for number, row in enumerate(rows)}
    modules = Modules(file_of, go_modules)
    usable = [
        (file, index, item)
        for file, row in enumerate(rows)
        for index, item in enumerate(row.definitions)
        if is_usable(item, row.definitions)
    ]
    told_apart = [unique_names(row.definitions) for row in rows]
    unique = [told_apart[file][index] for file, index, _ in usable]
    names: dict[str, int] = {}
    for _, _, item in usable:
        names.setdefault(item.name, len(names))
    pointers, file_names = _mentions(rows, names)
    definition_file = _ints([file for file, _, _ in usable])
    definition_name = _ints([names[item.name] for _, _, item in usable])
    definers = np.zeros(len(names), np.int32)
    pairs = np.unique(np.stack([definition_name, definition_file]), axis=1)
    np.add.at(definers, pairs[0], 1)
    name_files = np.bincount(file_names, minlength=len(names)).astype(np.int32)
    rarity = np.log(1 + len(rows) / (1 + name_files)).astype(np.float32)
    imports, imported_names = _imports(rows, file_of, modules)
    folders, file_folder = _folders(rows)
    packages = _packages(rows, file_folder)
    users = _users(
        imports,
        packages,
        (pointers, file_names),
        [
            (file, names[item.name])
            for file, _, item in usable
            if item.parent < 0 and item.kind in TYPES
        ],
    )
    families: dict[str, int] = {}
    by_name: dict[int, list[int]] = defaultdict(list)
    for number, name in enumerate(definition_name.tolist()):
        by_name[name].append(number)
    types = _header_types([item for _, _, item in usable], names)
    return Tables(
        rows=rows,
        file_of=file_of,
        modules=modules,
        families=families,
        file_family=_ints(
            [families.setdefault(family_of(row.language), len(families)) for row in rows]
        ),
        file_test=np.array([is_test_path(row.path) for row in rows], np.bool_),
        file_folder=file_folder,
        folders=folders,
        file_package=packages,
        files_by_stem=_grouped([(file, _meant_by(row.path)) for file, row in enumerate(rows)]),
        files_by_tested=_grouped(
            [(file, tested_stem(_stem_of(row.path))) for file, row in enumerate(rows)]
        ),
        file_rank=_page_rank(rows, imports, (pointers, file_names), pairs, definers),
        file_imports=imports,
        file_importers=_turned(imports),
        file_imported_names=imported_names,
        file_pointers=pointers,
        file_names=file_names,
        file_norm=_norms(pointers, file_names, rarity),
        names=names,
        name_files=name_files,
        name_definers=definers,
        name_rarity=rarity,
        names_by_word=_grouped(
            [(number, word) for name, number in names.items() for word in subwords(name)]
        ),
        definitions=[item for _, _, item in usable],
        definition_file=definition_file,
        definition_name=definition_name,
        definition_container=_ints(
            [names.get(item.container.rsplit(".", 1)[-1], -1) for _, _, item in usable]
        ),
        definition_kind=_ints([_KIND_OF.get(item.kind, 5) for _, _, item in usable]),
        definition_tokens=np.array([3 + len(item.header) / 4 for _, _, item in usable], np.float32),
        definition_doc_tokens=np.array([len(item.doc) / 4 for _, _, item in usable], np.float32),
        definition_body_tokens=np.array(
            [(item.end - item.start) / 4 for _, _, item in usable], np.float32
        ),
        definition_private=np.array(
            [item.name.startswith(("_", "#")) for _, _, item in usable], np.bool_
        ),
        definition_index=_ints([index for _, index, _ in usable]),
        unique=unique,
        definition_uses=_uses(users, (pointers, file_names), definition_file, definition_name),
        definition_types=types,
        by_name=by_name,
        by_file=_by_file(len(rows), [file for file, _, _ in usable], unique),
    )


def subwords(name: str) -> frozenset[str]:
    """Return the words of a name in camel or snake case, in lower case, two letters and more."""
    return frozenset(part.lower() for part in _SUBWORD.findall(name))


def tested_stem(stem: str) -> str:
    """Return the stem of what a test of this name tests; a product's own stem stays as it is."""
    lower = stem.lower()
    for part in ("test_", "_test", "tests", "test", "_spec", "spec"):
        lower = lower.removeprefix(part).removesuffix(part)
    return lower


def _stem_of(path: str) -> str:
    return PurePosixPath(path).name.split(".", 1)[0]


def _meant_by(path: str) -> str:
    """Return the word by which an import statement means a file: its stem or its folder."""
    stem, folder = _stem_of(path), PurePosixPath(path).parent.name
    return folder if stem in _BARRELS and folder else stem


def _grouped(pairs: Sequence[tuple[int, str]]) -> dict[str, Ints]:
    lists: dict[str, list[int]] = {}
    for number, key in pairs:
        lists.setdefault(key, []).append(number)
    return {key: _ints(numbers) for key, numbers in lists.items()}


def _turned(imports: Sequence[Ints]) -> list[Ints]:
    importers: list[list[int]] = [[] for _ in imports]
    for file, targets in enumerate(imports):
        for target in targets.tolist():
            importers[target].append(file)
    return [_ints(files) for files in importers]


def _by_file(count: int, files: Sequence[int], unique: Sequence[str]) -> list[dict[str, int]]:
    """Return, for each file, the numbers of its definitions by unique name."""
    found: list[dict[str, int]] = [{} for _ in range(count)]
    for number, (file, name) in enumerate(zip(files, unique, strict=True)):
        found[file][name] = number
    return found


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int32)


def _mentions(
    rows: Sequence[FileRow], names: Mapping[str, int]
) -> tuple[npt.NDArray[np.int64], Ints]:
    pointers = [0]
    found: list[int] = []
    for row in rows:
        found += [names[name] for name in row.names if name in names]
        pointers.append(len(found))
    return np.array(pointers, np.int64), _ints(found)


def _imports(
    rows: Sequence[FileRow], file_of: Mapping[str, int], modules: Modules
) -> tuple[list[Ints], list[frozenset[str]]]:
    targets: list[Ints] = []
    names: list[frozenset[str]] = []
    for row in rows:
        resolved = modules.imported_by(row)
        own = file_of[row.path]
        targets.append(_ints(sorted({file_of[path] for path, _ in resolved} - {own})))
        names.append(imported_words(row.imports))
    return targets, names


def imported_words(imports: Sequence[str]) -> frozenset[str]:
    """Return every identifier that stands in the import statements."""
    return frozenset(word for text in imports for word in _WORD.findall(text))


def _folders(rows: Sequence[FileRow]) -> tuple[list[tuple[str, ...]], Ints]:
    numbers: dict[tuple[str, ...], int] = {}
    found = [numbers.setdefault(PurePosixPath(row.path).parts[:-1], len(numbers)) for row in rows]
    return list(numbers), _ints(found)


def _packages(rows: Sequence[FileRow], file_folder: Ints) -> Ints:
    """Return one number for the files that see each other without an import, else -1."""
    numbers: dict[str, int] = {}
    found = []
    for row, folder in zip(rows, file_folder.tolist(), strict=True):
        if row.language == "go":
            found.append(numbers.setdefault(f"folder {folder}", len(numbers)))
        elif row.language in {"java", "kotlin", "csharp"} and row.package:
            key = " ".join(row.package.rstrip("; ").split())
            found.append(numbers.setdefault(key, len(numbers)))
        else:
            found.append(-1)
    return _ints(found)


def _norms(pointers: npt.NDArray[np.int64], file_names: Ints, rarity: Floats) -> Floats:
    totals = np.concatenate([[0.0], np.cumsum(rarity[file_names] ** 2)])
    norms = np.sqrt(totals[pointers[1:]] - totals[pointers[:-1]])
    result: Floats = np.maximum(norms, 1e-6).astype(np.float32)
    return result


def _users(
    imports: Sequence[Ints],
    packages: Ints,
    mentions: tuple[npt.NDArray[np.int64], Ints],
    types: Sequence[tuple[int, int]],
) -> dict[int, list[int]]:
    """Return who uses each file: its importers, and in its package who names one of its types.

    `types` are pairs of a file and the name of a top-level type in it.
    """
    users: dict[int, set[int]] = defaultdict(set)
    for file, targets in enumerate(imports):
        for target in targets.tolist():
            users[target].add(file)
    pointers, file_names = mentions
    order = np.argsort(file_names, kind="stable")
    owners = np.repeat(np.arange(len(pointers) - 1), np.diff(pointers))[order]
    sorted_names = file_names[order]
    for file, name in types:
        if packages[file] < 0:
            continue
        low, high = np.searchsorted(sorted_names, [name, name + 1])
        beside = owners[low:high]
        users[file].update(beside[packages[beside] == packages[file]].tolist())
        users[file].discard(file)
    return {file: sorted(found) for file, found in users.items() if found}


def _uses(
    users: Mapping[int, Sequence[int]],
    mentions: tuple[npt.NDArray[np.int64], Ints],
    definition_file: Ints,
    definition_name: Ints,
) -> Floats:
    """Return, for each definition, the share of the users of its file that mention it."""
    pointers, file_names = mentions
    shares = np.zeros(len(definition_file), np.float32)
    order = np.argsort(definition_file, kind="stable")
    sorted_files = definition_file[order]
    width = int(file_names.max()) + 1 if len(file_names) else 1
    for target, files in users.items():
        low, high = np.searchsorted(sorted_files, [target, target + 1])
        if low == high:
            continue
        used = np.concatenate([file_names[pointers[file] : pointers[file + 1]] for file in files])
        counts = np.bincount(used, minlength=width)
        mine = order[low:high]
        known = definition_name[mine] < width
        shares[mine[known]] = counts[definition_name[mine[known]]] / (len(files) + 1)
    return shares


def _page_rank(
    rows: Sequence[FileRow],
    imports: Sequence[Ints],
    mentions: tuple[npt.NDArray[np.int64], Ints],
    pairs: Ints,
    definers: Ints,
) -> Floats:
    """Return log2 of each file's rank times the number of files (Page et al., 1999).

    A file refers to another by each name that it mentions and the other defines, the less the
    more files define the name, and by each import.
    """
    count = len(rows)
    if not count:
        return np.zeros(0, np.float32)
    pointers, file_names = mentions
    order = np.argsort(pairs[0], kind="stable")
    name_start = np.searchsorted(pairs[0][order], np.arange(len(definers) + 1))
    source = np.repeat(np.arange(count), np.diff(pointers))
    single = definers[file_names] <= 3  # noqa: PLR2004 - beyond three definers a name tells nothing
    source, wanted = source[single], file_names[single]
    widths = definers[wanted]
    sources = [np.repeat(source, widths)]
    begin = name_start[wanted]
    offsets = np.arange(int(widths.sum())) - np.repeat(np.cumsum(widths) - widths, widths)
    targets = [pairs[1][order][np.repeat(begin, widths) + offsets]]
    weights = [np.repeat(1.0 / np.maximum(widths, 1), widths)]
    sources += [np.full(len(found), file) for file, found in enumerate(imports)]
    targets += [np.asarray(found) for found in imports]
    weights += [np.full(len(found), 3.0) for found in imports]
    return _power(np.concatenate(sources), np.concatenate(targets), np.concatenate(weights), count)


def _power(
    sources: npt.NDArray[np.int64],
    targets: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float64],
    count: int,
) -> Floats:
    away = sources != targets
    sources, targets, weights = sources[away], targets[away], weights[away]
    out = np.bincount(sources, weights, minlength=count)
    share = weights / out[sources]
    rank = np.full(count, 1 / count)
    for _ in range(_ROUNDS):
        flow = np.bincount(targets, share * rank[sources], minlength=count)
        lost = 1 - flow.sum()
        rank = (1 - _DAMPING) / count + _DAMPING * (flow + lost / count)
    result: Floats = np.log2(rank * count).astype(np.float32)
    return result


def _header_types(
    items: Sequence[Definition],
    names: Mapping[str, int],
) -> list[Ints]:
    """Return, for each definition, the names in its header that are types of the workspace."""
    type_names = {item.name for item in items if item.kind in TYPES}
    empty = np.zeros(0, np.int32)
    found = []
    for item in items:
        words = {word for word in _WORD.findall(item.header) if word in type_names}
        words.discard(item.name)
        found.append(_ints(sorted(names[word] for word in words)) if words else empty)
    return found
