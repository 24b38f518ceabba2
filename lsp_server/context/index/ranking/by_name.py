"""What names have to do with a place, those of definitions and those of their containers."""

import numpy as np

from lsp_server.context.index.ranking.labels import (
    CONTAINER_FEATURES,
    FILE_FEATURES,
    NAME_FEATURES,
    blank,
)
from lsp_server.context.index.ranking.tables import Floats, Tables, rising
from lsp_server.context.index.ranking.view import (
    Mentions,
    View,
    base_names,
    enclosing,
    near_words,
    words_of_imports,
)

_SIMILAR_FILES = 40
_MOST_TYPED = 120
# A name of many meanings tells no type.
_MOST_MEANINGS = 4
_SIMILAR = FILE_FEATURES.index("similar")
_USED = NAME_FEATURES.index("used by similar files")


def name_features(view: View, tables: Tables, seen: Mentions, files: Floats) -> Floats:
    """Return one row a name, one column for each of `NAME_FEATURES`."""
    matrix, column = blank(len(tables.names), NAME_FEATURES)
    column["mentioned"][seen.names] = np.log1p(seen.counts)
    column["named near"][seen.names] = np.exp(-seen.distances / 1500)
    column["named here"][seen.names] = np.exp(-seen.distances / 200)
    named = [tables.names[word] for word in words_of_imports(view) if word in tables.names]
    column["named in imports"][named] = 1
    own = tables.file_of.get(view.row.path, -1)
    weights = files[:, _SIMILAR] ** 2
    if own >= 0:
        weights[own] = 0
    used = _used_by(weights, tables)
    column["used by similar files"][:] = used
    column["used by a few similar files"][:] = rising(used)
    column["files that mention"][:] = tables.name_spread
    column["definers"][:] = tables.name_ambiguity
    column["words near"][:] = _word_overlap(view, tables)
    words = enclosing(view).words
    column["named in this function"][
        [tables.names[one] for one in words if one in tables.names]
    ] = 1
    return matrix


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
    # The row after the last name stands for no container: `Places` refers to it.
    matrix, column = blank(len(tables.names) + 1, CONTAINER_FEATURES)
    column["container mentioned"][seen.names] = np.log1p(seen.counts)
    column["container near"][seen.names] = np.exp(-seen.distances / 600)
    for name, depth in base_names(view, tables).items():
        column["base class"][name] = 1 / depth
    own = tables.names.get(enclosing(view).type)
    if own is not None:
        column["of this class"][own] = 1
    typed = _typed_near(tables, seen)
    column["container typed near"][list(typed)] = list(typed.values())
    column["container used by similar files"][:-1] = names[:, _USED]
    matrix[-1] = 0
    return matrix


def _typed_near(tables: Tables, seen: Mentions) -> dict[int, float]:
    """Return how near the names are whose definitions have a type in their header, by type."""
    order = np.argsort(seen.distances)[:_MOST_TYPED]
    order = order[tables.by_name.counts(seen.names[order]) <= _MOST_MEANINGS]
    weights = np.exp(-seen.distances[order] / 600).tolist()
    found: dict[int, float] = {}
    for name, weight in zip(seen.names[order].tolist(), weights, strict=True):
        for number in tables.by_name.array_of(name).tolist():
            for one in tables.definition_types[number]:
                found.setdefault(one, weight)
    return found
