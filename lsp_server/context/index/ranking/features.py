"""The named features of every definition at a place, as one matrix."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.ranking.meanings import imported_files, meanings_at
from lsp_server.context.index.ranking.tables import (
    KINDS,
    Flags,
    Floats,
    Ints,
    Tables,
    family_of,
    tested_stem,
)
from lsp_server.context.index.ranking.view import (
    Mentions,
    View,
    base_names,
    mentions,
    near_words,
    words_of_imports,
)
from lsp_server.context.index.resolution.chains import receiver_before

FILE_FEATURES = (
    "imported",
    "imported twice removed",
    "same folder",
    "same package",
    "near path",
    "test from product",
    "test from test",
    "stem in imports",
    "open",
    "similar",
    "changed together",
    "imports this",
    "rank",
    "test of this",
    "recently viewed",
)
NAME_FEATURES = (
    "mentioned",
    "named near",
    "named here",
    "named in imports",
    "used by similar files",
    "used by importing files",
    "files that mention",
    "definers",
    "words near",
    "used by a few similar files",
)
CONTAINER_FEATURES = (
    "container mentioned",
    "container near",
    "base class",
    "container typed near",
    "container used by similar files",
)
DEFINITION_FEATURES = (
    "named by import",
    "member of receiver",
    "member of receiver here",
    "member of guessed type",
    "of module near",
    "of module here",
    "member is written",
    "private",
    "top level",
    "used by importers of its file",
    "used by a few importers of its file",
)
# So many of them come from resolution.
_MEANT = 6
_SIMILAR_FILES = 40
_FAINT = 0.03
_MOST_TYPED = 120
# A name of many meanings tells no type.
_MOST_MEANINGS = 4
_STEEPNESS = 50.0


def candidates(view: View, tables: Tables) -> Flags:
    """Return which definitions may be shown: those of other files in languages that fit."""
    own = tables.file_of.get(view.row.path, -1)
    family = tables.families.get(family_of(view.row.language), -1)
    fits = (tables.file_family == family) & (np.arange(len(tables.rows)) != own)
    result: Flags = fits.take(tables.places.files, mode="clip")
    return result


def _zeros(count: int, width: int) -> Floats:
    # Column by column: features are set, gathered and weighed one by one, and most are rare.
    return np.zeros((count, width), np.float32, order="F")


def file_features(view: View, tables: Tables, seen: Mentions, direct: Ints) -> Floats:
    """Return one row a file, one column for each of `FILE_FEATURES`."""
    count = len(tables.rows)
    matrix = _zeros(count, len(FILE_FEATURES))
    own = tables.file_of.get(view.row.path, -1)
    matrix[direct, 0] = 1
    matrix[_second(direct, tables), 1] = 1
    matrix[direct, 1] = 0
    folder, package = _own_folder(view, tables, own)
    matrix[:, 2] = tables.file_folder == folder
    matrix[:, 3] = (tables.file_package == package) & (package >= 0)
    matrix[:, 4] = _nearness(view, tables)
    mine = view_is_test(view)
    matrix[:, 5] = tables.file_test & (not mine)
    matrix[:, 6] = tables.file_test & mine
    words = words_of_imports(view)
    for word in words:
        matrix[tables.files_by_stem.get(word, ()), 7] = 1
    _mark(matrix, 8, dict.fromkeys(view.opened, 1.0), tables)
    matrix[:, 9] = _similarity(seen, tables)
    _mark(matrix, 10, view.companions or {}, tables)
    if own >= 0:
        matrix[tables.file_importers[own], 11] = 1
    matrix[:, 12] = tables.file_rank
    stem = tested_stem(PurePosixPath(view.row.path).name.split(".", 1)[0])
    matrix[tables.files_by_tested.get(stem, ()), 13] = 1
    _mark(matrix, 14, view.recent or {}, tables)
    return matrix


def view_is_test(view: View) -> bool:
    """Whether the current file is a test or an example."""
    from lsp_server.context.index.reading.rows import is_test_path

    return is_test_path(view.row.path)


def _second(direct: Ints, tables: Tables) -> Ints:
    found = [tables.file_imports[file] for file in direct.tolist()]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int32)


def _own_folder(view: View, tables: Tables, own: int) -> tuple[int, int]:
    if own >= 0:
        return int(tables.file_folder[own]), int(tables.file_package[own])
    parts = PurePosixPath(view.row.path).parts[:-1]
    folder = tables.folders.index(parts) if parts in tables.folders else -1
    beside = np.flatnonzero(tables.file_folder == folder)
    return folder, int(tables.file_package[beside[0]]) if len(beside) else -1


def _nearness(view: View, tables: Tables) -> Floats:
    own = PurePosixPath(view.row.path).parts[:-1]
    near = []
    for parts in tables.folders:
        shared = 0
        if parts[:1] == own[:1]:
            for one, other in zip(own, parts, strict=False):
                if one != other:
                    break
                shared += 1
        near.append(1 / (1 + len(own) + len(parts) - 2 * shared))
    result: Floats = np.array(near, np.float32)[tables.file_folder]
    return result


def _mark(matrix: Floats, column: int, weights: Mapping[str, float], tables: Tables) -> None:
    for path, weight in weights.items():
        file = tables.file_of.get(path)
        if file is not None:
            matrix[file, column] = weight


def _similarity(seen: Mentions, tables: Tables) -> Floats:
    """Return the cosine between the names here and those of each file, weighted by rarity."""
    weights = np.zeros(len(tables.names) or 1, np.float32)
    weights[seen.names] = tables.name_rarity[seen.names] ** 2
    own = float(np.sqrt(weights.sum())) or 1.0
    result: Floats = tables.sums_by_file(weights) / (tables.file_norm * np.float32(own))
    return result


def name_features(view: View, tables: Tables, seen: Mentions, files: Floats) -> Floats:
    """Return one row a name, one column for each of `NAME_FEATURES`."""
    count = len(tables.names)
    matrix = _zeros(count, len(NAME_FEATURES))
    matrix[seen.names, 0] = np.log1p(seen.counts)
    matrix[seen.names, 1] = np.exp(-seen.distances / 1500)
    matrix[seen.names, 2] = np.exp(-seen.distances / 200)
    named = [tables.names[word] for word in words_of_imports(view) if word in tables.names]
    matrix[named, 3] = 1
    own = tables.file_of.get(view.row.path, -1)
    weights = files[:, 9] ** 2
    if own >= 0:
        weights[own] = 0
    matrix[:, 4] = _used_by(weights, tables)
    matrix[:, 9] = _rising(matrix[:, 4])
    matrix[:, 6] = tables.name_spread
    matrix[:, 7] = tables.name_ambiguity
    matrix[:, 8] = _word_overlap(view, tables)
    return matrix


def _rising(shares: Floats) -> Floats:
    """Return shares so that the step from none to few counts more than that from many to all."""
    some = np.flatnonzero(shares)
    result = np.zeros(len(shares), np.float32)
    result[some] = np.log1p(_STEEPNESS * shares[some]) / np.log1p(_STEEPNESS)
    return result


def _used_by(weights: Floats, tables: Tables) -> Floats:
    """Return, for each name, the weighted share of the most similar files that mention it."""
    best = np.argsort(-weights)[:_SIMILAR_FILES]
    best = best[weights[best] > 0]
    if not len(best):
        return np.zeros(len(tables.names), np.float32)
    parts = [tables.names_in(file) for file in best.tolist()]
    spread = np.repeat(weights[best], [len(part) for part in parts])
    used = np.bincount(np.concatenate(parts), spread, minlength=len(tables.names))
    result: Floats = (used / weights[best].sum()).astype(np.float32)
    return result


def _word_overlap(view: View, tables: Tables) -> Floats:
    words = tables.names_by_word
    found = [numbers for word in near_words(view) if (numbers := words.get(word)) is not None]
    if not found:
        return np.zeros(len(tables.names), np.float32)
    sizes = np.array([len(numbers) for numbers in found])
    shares = np.repeat(1 / np.log2(2 + sizes), sizes)
    sums = np.bincount(np.concatenate(found), shares, minlength=len(tables.names))
    result: Floats = sums.astype(np.float32)
    return result


def container_features(view: View, tables: Tables, seen: Mentions, names: Floats) -> Floats:
    """Return one row a name, one column for each of `CONTAINER_FEATURES`, for names of types."""
    matrix = _zeros(len(tables.names) + 1, len(CONTAINER_FEATURES))
    matrix[seen.names, 0] = np.log1p(seen.counts)
    matrix[seen.names, 1] = np.exp(-seen.distances / 600)
    for name, depth in base_names(view, tables).items():
        matrix[name, 2] = 1 / depth
    typed = _typed_near(tables, seen)
    matrix[list(typed), 3] = list(typed.values())
    matrix[:-1, 4] = names[:, NAME_FEATURES.index("used by similar files")]
    matrix[-1] = 0
    return matrix


def _typed_near(tables: Tables, seen: Mentions) -> dict[int, float]:
    """Return how near the names are whose definitions have a type in their header, by type."""
    order = np.argsort(seen.distances)[:_MOST_TYPED]
    found: dict[int, float] = {}
    for name, distance in zip(
        seen.names[order].tolist(), seen.distances[order].tolist(), strict=True
    ):
        numbers = tables.by_name.get(name, ())
        if len(numbers) > _MOST_MEANINGS:
            continue
        weight = exp(-distance / 600)
        for number in numbers:
            for one in tables.definition_types[number].tolist():
                found.setdefault(one, weight)
    return found


def feature_names() -> list[str]:
    """Return the name of each column of `features`."""
    names = [*FILE_FEATURES, *NAME_FEATURES, *CONTAINER_FEATURES]
    names += [f"is {kind}" for kind in KINDS]
    return [*names, *DEFINITION_FEATURES, *(f"{a} & {b}" for a, b in CROSSES)]


CROSSES: tuple[tuple[str, str], ...] = (
    tuple(
        (left, right)
        for left in ("imported", "same package", "stem in imports", "same folder")
        for right in (
            "is type",
            "is function",
            "is method",
            "is field",
            "is constant",
            "used by importers of its file",
            "used by similar files",
            "mentioned",
            "container near",
            "container mentioned",
            "words near",
            "private",
            "named in imports",
        )
    )
    + tuple(
        (left, right)
        for left in (
            "mentioned",
            "named near",
            "named here",
            "container near",
            "used by similar files",
            "container mentioned",
            "base class",
        )
        for right in (
            "definers",
            "is method",
            "is field",
            "test from product",
            "files that mention",
            "private",
            "words near",
        )
    )
    + (
        ("used by similar files", "container near"),
        ("used by similar files", "used by importers of its file"),
        ("words near", "container near"),
        ("words near", "used by similar files"),
        ("files that mention", "used by importers of its file"),
        ("near path", "is function"),
        ("container used by similar files", "used by importers of its file"),
        ("container used by similar files", "used by similar files"),
        ("container used by similar files", "is method"),
        ("container mentioned", "used by importers of its file"),
        ("container near", "used by importers of its file"),
        ("base class", "used by importers of its file"),
        ("base class", "used by similar files"),
        ("container typed near", "used by importers of its file"),
        ("container typed near", "used by similar files"),
        ("near path", "files that mention"),
        ("rank", "files that mention"),
    )
    + tuple(
        (left, right)
        for left in ("member of receiver", "member of receiver here", "member of guessed type")
        for right in (
            "is method",
            "is field",
            "private",
            "words near",
            "mentioned",
            "used by similar files",
            "used by importers of its file",
        )
    )
    + tuple(
        (left, right)
        for left in ("of module near", "of module here")
        for right in (
            "is type",
            "is function",
            "is constant",
            "private",
            "words near",
            "mentioned",
            "used by similar files",
            "used by importers of its file",
        )
    )
    + tuple(
        ("member is written", right)
        for right in (
            "is method",
            "is field",
            "is type",
            "top level",
            "words near",
            "container typed near",
            "base class",
        )
    )
    + (("named by import", "mentioned"), ("named by import", "is function"))
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The features of a place by file, by name, by the name of the container, and what is meant.

    `meant` has one row a definition: the first six of `DEFINITION_FEATURES`. `writing` tells
    whether a member of something is being written.
    """

    files: Floats
    names: Floats
    containers: Floats
    meant: Floats
    writing: bool


def parts_at(view: View, tables: Tables) -> Parts:
    """Return everything that is computed once for a place."""
    seen = mentions(view, tables)
    files = file_features(view, tables, seen, imported_files(view, tables))
    names = name_features(view, tables, seen, files)
    return Parts(
        files,
        names,
        container_features(view, tables, seen, names),
        meant_features(view, tables),
        bool(receiver_before(view.text, view.cursor)),
    )


def meant_features(view: View, tables: Tables) -> Floats:
    """Return one row a definition: whether an import names it, of what it is a part."""
    matrix = _zeros(len(tables.definitions), _MEANT)
    meanings = meanings_at(view, tables)
    matrix[list(meanings.named), 0] = 1
    for column, weighed in enumerate(meanings.weighed(), 1):
        matrix[list(weighed), column] = list(weighed.values())
    return matrix


# What brings a definition into play: without any of these it is only worth its general use.
_FILE_SIGNS = [0, 2, 3, 7, 8, 10, 13, 14]
_NAME_SIGNS = [0, 3, 4, 8]


def in_play(parts: Parts, tables: Tables) -> Flags:
    """Return which definitions have to do with the place in any way that can weigh much."""
    files = _above(parts.files, _FILE_SIGNS, 0)
    names = _above(parts.names, _NAME_SIGNS, _FAINT)
    containers = _above(parts.containers, range(len(CONTAINER_FEATURES)), _FAINT)
    meant = _above(parts.meant, range(_MEANT), _FAINT)
    places = tables.places
    meant |= files.take(places.files, mode="clip")
    meant |= names.take(places.names, mode="clip")
    meant |= containers.take(places.containers, mode="clip")
    return meant


def _above(matrix: Floats, labels: Iterable[int], least: float) -> Flags:
    """Return which rows have more than `least` in one of the columns `labels`."""
    result: Flags = np.zeros(len(matrix), np.bool_)
    for column in labels:
        result |= matrix[:, column] > least
    return result


def plain_features(parts: Parts, tables: Tables, chosen: Ints) -> Floats:
    """Return one row for each definition in `chosen`, one column for each single feature."""
    places = tables.places
    parted = (
        parts.files[places.files[chosen]],
        parts.names[places.names[chosen]],
        parts.containers[places.containers[chosen]],
    )
    return np.concatenate([*parted, definition_features(parts, tables, chosen)], axis=1)


def definition_features(
    parts: Parts, tables: Tables, chosen: Ints | npt.NDArray[np.intp]
) -> Floats:
    """Return one row for each in `chosen`: its kind, then one column a `DEFINITION_FEATURES`."""
    result = _zeros(len(chosen), len(KINDS) + len(DEFINITION_FEATURES))
    kind = tables.definition_kind[chosen]
    for number in range(len(KINDS)):
        result[:, number] = kind == number
    at = len(KINDS)
    for column in range(parts.meant.shape[1]):
        result[:, at + column] = parts.meant[:, column].take(chosen)
    at += parts.meant.shape[1]
    result[:, at] = parts.writing
    result[:, at + 1] = tables.definition_private[chosen]
    result[:, at + 2] = tables.definition_container[chosen] < 0
    result[:, at + 3] = tables.definition_uses[chosen]
    result[:, at + 4] = _rising(result[:, at + 3])
    return result


def features(view: View, tables: Tables, chosen: Ints) -> Floats:
    """Return `plain_features` with the products of the pairs in `CROSSES` behind them."""
    plain = plain_features(parts_at(view, tables), tables, chosen)
    index = {label: number for number, label in enumerate(feature_names())}
    left = [index[a] for a, _ in CROSSES]
    right = [index[b] for _, b in CROSSES]
    result: Floats = np.concatenate([plain, plain[:, left] * plain[:, right]], axis=1)
    return result
