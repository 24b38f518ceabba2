"""The names of the features, and which of them are multiplied with each other."""

from collections.abc import Mapping, Sequence

import numpy as np

from lsp_server.context.index.ranking.tables import KINDS, Floats

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
    "names this function",
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
    "files that mention",
    "definers",
    "words near",
    "used by a few similar files",
    "named in this function",
)
CONTAINER_FEATURES = (
    "container mentioned",
    "container near",
    "base class",
    "container typed near",
    "container used by similar files",
    "of this class",
)
# What holds of a definition wherever it is needed.
FIXED_FEATURES = (
    *(f"is {kind}" for kind in KINDS),
    "private",
    "top level",
    "used by importers of its file",
    "used by a few importers of its file",
)
# What resolution says of a definition at the place.
MEANT_FEATURES = (
    "named by import",
    "member of receiver",
    "member of receiver here",
    "member of guessed type",
    "of module near",
    "of module here",
    "of unused import",
)
# What holds of the place, whatever the definition.
PLACE_FEATURES = ("member is written",)
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
        for left in ("of module near", "of module here", "of unused import")
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

PLAIN_FEATURES = (
    *FILE_FEATURES,
    *NAME_FEATURES,
    *CONTAINER_FEATURES,
    *FIXED_FEATURES,
    *MEANT_FEATURES,
    *PLACE_FEATURES,
)


def feature_names() -> list[str]:
    """Return the name of each column of `features`: single features, then products of pairs."""
    return [*PLAIN_FEATURES, *(f"{a} & {b}" for a, b in CROSSES)]


def blank(rows: int, labels: Sequence[str]) -> tuple[Floats, Mapping[str, Floats]]:
    """Return a matrix of zeros with one column a label, and its columns by their labels."""
    matrix = np.zeros((rows, len(labels)), np.float32, order="F")
    return matrix, {label: matrix[:, number] for number, label in enumerate(labels)}
