"""The named features of every definition at a place, as one matrix."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lsp_server.context.index.ranking.by_file import file_features
from lsp_server.context.index.ranking.by_name import container_features, name_features
from lsp_server.context.index.ranking.labels import (
    CONTAINER_FEATURES,
    CROSSES,
    FILE_FEATURES,
    MEANT_FEATURES,
    NAME_FEATURES,
    PLAIN_FEATURES,
)
from lsp_server.context.index.ranking.meanings import imported_files, meanings_at
from lsp_server.context.index.ranking.tables import Flags, Floats, Ints, Tables
from lsp_server.context.index.ranking.view import View, mentions
from lsp_server.context.index.resolution.chains import receiver_before

# What brings a definition into play: without any of these it is only worth its general use.
_FILE_SIGNS = [
    FILE_FEATURES.index(label)
    for label in (
        "imported",
        "same folder",
        "same package",
        "stem in imports",
        "open",
        "changed together",
        "test of this",
        "recently viewed",
    )
]
_NAME_SIGNS = [
    NAME_FEATURES.index(label)
    for label in ("mentioned", "named in imports", "used by similar files")
]
_WORD_SIGNS = [NAME_FEATURES.index("words near")]
_FAINT = 0.03
# Half of all names have one of the words near the cursor, when it is a common one.
_FEW_WORDS = 0.2


@dataclass(frozen=True, slots=True)
class Parts:
    """The features of a place by file, by name, by the name of the container, and what is meant.

    `meant` has one row a definition: `MEANT_FEATURES`. `writing` tells whether a member of
    something is being written.
    """

    files: Floats
    names: Floats
    containers: Floats
    meant: Floats
    writing: bool

    def sources(
        self, tables: Tables, chosen: npt.NDArray[np.intp]
    ) -> "list[tuple[Floats, npt.NDArray[np.intp]]]":
        """Return matrices that make up `PLAIN_FEATURES`, with the row of each in `chosen`."""
        places = tables.places
        return [
            (self.files, places.files.take(chosen)),
            (self.names, places.names.take(chosen)),
            (self.containers, places.containers.take(chosen)),
            (tables.fixed, chosen),
            (self.meant, chosen),
            (np.full((1, 1), self.writing, np.float32), np.zeros(len(chosen), np.intp)),
        ]


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
    matrix = np.zeros((len(tables.definitions), len(MEANT_FEATURES)), np.float32, order="F")
    meanings = meanings_at(view, tables)
    matrix[list(meanings.named), 0] = 1
    for column, weighed in enumerate(meanings.weighed(), 1):
        matrix[list(weighed), column] = list(weighed.values())
    return matrix


def in_play(parts: Parts, tables: Tables) -> Flags:
    """Return which definitions have to do with the place in any way that can weigh much."""
    files = _above(parts.files, _FILE_SIGNS, 0)
    names = _above(parts.names, _NAME_SIGNS, _FAINT) | _above(parts.names, _WORD_SIGNS, _FEW_WORDS)
    containers = _above(parts.containers, range(len(CONTAINER_FEATURES)), _FAINT)
    meant = _above(parts.meant, range(len(MEANT_FEATURES)), _FAINT)
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


def features(view: View, tables: Tables, chosen: Ints) -> Floats:
    """Return one row for each definition in `chosen`, one column for each of `feature_names`."""
    sources = parts_at(view, tables).sources(tables, chosen.astype(np.intp))
    plain = np.concatenate([matrix[numbers] for matrix, numbers in sources], axis=1)
    left = [PLAIN_FEATURES.index(a) for a, _ in CROSSES]
    right = [PLAIN_FEATURES.index(b) for _, b in CROSSES]
    result: Floats = np.concatenate([plain, plain[:, left] * plain[:, right]], axis=1)
    return result
