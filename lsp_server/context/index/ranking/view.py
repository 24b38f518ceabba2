"""What the place says of itself: the names around the cursor, what is imported, what is open."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from lsp_server.context.index.ranking.tables import Floats, Ints, Tables, imported_words, subwords
from lsp_server.context.index.reading.definitions import CALLABLE, TYPES
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.surroundings import distances_of

_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{2,}")
# What Go writes after the name of a type that is made of others, by which it has none of theirs.
_COMPOSED = re.compile(r"(?:\[[^\]]*\])?\s+(?:\[\w*\]|map\[|func\(|(?:<-\s*)?chan\b)")
_NEAR_CHARACTERS = 1500
_BASE_DEPTH = 7
_FAR = 6000
_COUNTED = 12_000
_MOST_WORDS = 8192


@dataclass(frozen=True, slots=True)
class View:
    """A place as ranking sees it: the row of the current text, the text, the cursor's offset.

    `opened` are files that are open, `recent` weighs files by how lately they were viewed or
    edited, `companions` by how often they changed together with this one; both from 0 to 1. `kept`
    holds what was found out about the place already.
    """

    row: FileRow
    text: str
    cursor: int
    opened: Sequence[str] = ()
    recent: Mapping[str, float] | None = None
    companions: Mapping[str, float] | None = None
    kept: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Mentions:
    """Which names of the index the text holds: how often, and how far from the cursor."""

    names: Ints
    counts: Floats
    distances: Floats


def mentions(view: View, tables: Tables) -> Mentions:
    """Find the names of the index in the text; in a very long one those far away count once.

    Distances count characters; beyond the edge of the surroundings all names are equally far.
    """
    known = tables.names
    around = view.text[max(0, view.cursor - _COUNTED) : view.cursor + _COUNTED]
    counts = _names_of(view.row, tables).copy() if len(around) < len(view.text) else {}
    words = Counter(_IDENTIFIER.findall(around))
    counts.update({known[name]: count for name, count in words.items() if name in known})
    distances = dict.fromkeys(counts, _FAR)
    for word, distance in distances_of(_IDENTIFIER, view.text, view.cursor, (_FAR, _FAR)).items():
        name = known.get(word)
        if name is not None:
            distances[name] = distance
    names = np.fromiter(counts, np.int32, len(counts))
    return Mentions(
        names,
        np.fromiter(counts.values(), np.float32, len(counts)),
        np.fromiter(distances.values(), np.float32, len(counts)),
    )


def _names_of(row: FileRow, tables: Tables) -> dict[int, int]:
    """Return the names of the index that a text holds, each counted once."""
    known = tables.names
    return tables.once(
        ("names", row.path, row.digest),
        lambda: {known[name]: 1 for name in row.names if name in known},
    )


def near_words(view: View) -> list[str]:
    """Return the words of the names within some thirty lines of the cursor, sorted.

    Sums over them are then the same in every process.
    """
    start = max(0, view.cursor - _NEAR_CHARACTERS)
    near = view.text[start : view.cursor + _NEAR_CHARACTERS // 3]
    return sorted({word for name in set(_IDENTIFIER.findall(near)) for word in _words(name)})


@lru_cache(maxsize=_MOST_WORDS)
def _words(name: str) -> frozenset[str]:
    return subwords(name)


@dataclass(frozen=True, slots=True)
class Enclosing:
    """The innermost function and type around a place by name, empty for none.

    `words` are the identifiers in that function, but for its own name.
    """

    function: str
    type: str
    words: frozenset[str]


def enclosing(view: View) -> Enclosing:
    """Return what the place stands in; asked again for the same view it is at hand."""
    kept = view.kept.get("enclosing")
    if not isinstance(kept, Enclosing):
        kept = view.kept["enclosing"] = _enclosing(view)
    return kept


def _enclosing(view: View) -> Enclosing:
    line = view.text.count("\n", 0, view.cursor)
    items = view.row.definitions
    functions, types = items.around(line, CALLABLE, margin=1), items.around(line, TYPES, margin=1)
    if not functions:
        return Enclosing("", types[-1].name if types else "", frozenset())
    inner = functions[-1]
    # The method of a type in Go stands in nothing.
    owner = types[-1].name if types else inner.container.rpartition(".")[2]
    lines = view.text.split("\n")[inner.span.start.line : inner.span.end.line + 1]
    words = frozenset(_IDENTIFIER.findall("\n".join(lines))) - {inner.name}
    return Enclosing(inner.name, owner, words)


def base_names(view: View, tables: Tables) -> dict[int, int]:
    """Return the classes that the class around the cursor builds on, with their distance."""
    level = _own_bases(view)
    found: dict[int, int] = {}
    for depth in range(1, _BASE_DEPTH):
        numbers = {tables.names[name] for name in level if name in tables.names} - set(found)
        if not numbers:
            break
        found.update(dict.fromkeys(numbers, depth))
        level = {
            base
            for number in numbers
            for definition in tables.by_name.array_of(number)[:4].tolist()
            for base in _bases_of(tables, definition)
        }
    return found


def _bases_of(tables: Tables, definition: int) -> tuple[str, ...]:
    return header_bases(*tables.definitions.header(definition))


def _own_bases(view: View) -> set[str]:
    line = view.text.count("\n", 0, view.cursor)
    bases: set[str] = set()
    for item in view.row.definitions.around(line, TYPES, margin=1):
        bases.update(header_bases(item.header, item.name))
        if item.kind == "implementation":
            bases.add(item.name)
    return bases


@lru_cache(maxsize=_MOST_WORDS)
def header_bases(header: str, name: str) -> tuple[str, ...]:
    """Return the names that a type's header mentions after its own name: what it builds on.

    Each comes once, in the order of the header. A Go type made of others, such as a slice of them
    or a function with them as parameters, builds on none.
    """
    _, _, rest = header.partition(name)
    if _COMPOSED.match(rest):
        return ()
    called = "(" in rest
    words = _IDENTIFIER.findall(rest)
    return tuple(dict.fromkeys(word for word in words if called or word[:1].isupper()))


def words_of_imports(view: View) -> frozenset[str]:
    """Return every identifier of the import statements."""
    return imported_words(view.row.imports)
