"""What the files of a workspace have to do with a place: one row a file."""

from collections.abc import Mapping
from pathlib import PurePosixPath

import numpy as np

from lsp_server.context.index.ranking.labels import FILE_FEATURES, blank
from lsp_server.context.index.ranking.tables import (
    Flags,
    Floats,
    Ints,
    Tables,
    tested_stem,
)
from lsp_server.context.index.ranking.view import Mentions, View, enclosing, words_of_imports
from lsp_server.context.index.reading.rows import is_test_path
from lsp_server.context.index.resolution.families import family_of

# An empty tuple would index all of a column.
_NONE = np.zeros(0, np.int32)


def candidates(view: View, tables: Tables) -> Flags:
    """Return which definitions may be shown: those of other files in languages that fit."""
    own = tables.file_of.get(view.row.path, -1)
    family = tables.families.get(family_of(view.row.language), -1)
    fits = (tables.file_family == family) & (np.arange(len(tables.rows)) != own)
    result: Flags = fits.take(tables.places.files, mode="clip")
    return result


def file_features(view: View, tables: Tables, seen: Mentions, direct: Ints) -> Floats:
    """Return one row a file, one column for each of `FILE_FEATURES`."""
    matrix, column = blank(len(tables.rows), FILE_FEATURES)
    own = tables.file_of.get(view.row.path, -1)
    column["imported"][direct] = 1
    column["imported twice removed"][_second(direct, tables)] = 1
    column["imported twice removed"][direct] = 0
    folder, package = _own_folder(view, tables, own)
    column["same folder"][:] = tables.file_folder == folder
    column["same package"][:] = (tables.file_package == package) & (package >= 0)
    column["near path"][:] = _nearness(view, tables)
    mine = is_test_path(view.row.path)
    column["test from test" if mine else "test from product"][:] = tables.file_test
    for word in words_of_imports(view):
        column["stem in imports"][tables.files_by_stem.get(word, _NONE)] = 1
    _mark(column["open"], dict.fromkeys(view.opened, 1.0), tables)
    column["similar"][:] = _similarity(seen, tables)
    _mark(column["changed together"], view.companions or {}, tables)
    if own >= 0:
        column["imports this"][tables.file_importers[own]] = 1
    column["names this function"][:] = _users_of(enclosing(view).function, tables)
    column["rank"][:] = tables.file_rank
    stem = tested_stem(PurePosixPath(view.row.path).name.split(".", 1)[0])
    column["test of this"][tables.files_by_tested.get(stem, _NONE)] = 1
    _mark(column["recently viewed"], view.recent or {}, tables)
    return matrix


def _users_of(name: str, tables: Tables) -> Floats:
    """Return how much each file that names a function is likely to call it: one of few is."""
    users = tables.files_that_mention(name)
    found = np.zeros(len(tables.rows), np.float32)
    found[users] = 1 / np.log2(1 + len(users)) if users else 0
    return found


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


def _mark(column: Floats, weights: Mapping[str, float], tables: Tables) -> None:
    for path, weight in weights.items():
        file = tables.file_of.get(path)
        if file is not None:
            column[file] = weight


def _similarity(seen: Mentions, tables: Tables) -> Floats:
    """Return the cosine between the names here and those of each file, weighted by rarity."""
    weights = np.zeros(len(tables.names) or 1, np.float32)
    weights[seen.names] = tables.name_rarity[seen.names] ** 2
    own = float(np.sqrt(weights.sum())) or 1.0
    result: Floats = tables.sums_by_file(weights) / (tables.file_norm * np.float32(own))
    return result
