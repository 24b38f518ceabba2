"""What the files of a workspace have to do with a place: one row a file."""

from collections.abc import Mapping
from pathlib import PurePosixPath

import numpy as np

from lsp_server.context.index.ranking.labels import FILE_FEATURES
from lsp_server.context.index.ranking.tables import (
    Flags,
    Floats,
    Ints,
    Tables,
    family_of,
    tested_stem,
)
from lsp_server.context.index.ranking.view import Mentions, View, words_of_imports
from lsp_server.context.index.reading.rows import is_test_path


def candidates(view: View, tables: Tables) -> Flags:
    """Return which definitions may be shown: those of other files in languages that fit."""
    own = tables.file_of.get(view.row.path, -1)
    family = tables.families.get(family_of(view.row.language), -1)
    fits = (tables.file_family == family) & (np.arange(len(tables.rows)) != own)
    result: Flags = fits.take(tables.places.files, mode="clip")
    return result


def file_features(view: View, tables: Tables, seen: Mentions, direct: Ints) -> Floats:
    """Return one row a file, one column for each of `FILE_FEATURES`."""
    count = len(tables.rows)
    matrix = np.zeros((count, len(FILE_FEATURES)), np.float32, order="F")
    own = tables.file_of.get(view.row.path, -1)
    matrix[direct, 0] = 1
    matrix[_second(direct, tables), 1] = 1
    matrix[direct, 1] = 0
    folder, package = _own_folder(view, tables, own)
    matrix[:, 2] = tables.file_folder == folder
    matrix[:, 3] = (tables.file_package == package) & (package >= 0)
    matrix[:, 4] = _nearness(view, tables)
    mine = is_test_path(view.row.path)
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
