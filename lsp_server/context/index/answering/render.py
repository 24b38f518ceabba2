"""Chosen definitions as text: one slice a file, lines as written, members below their type."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lsp_server.common.blocks import Depth
from lsp_server.context.index.answering.choose import Choices
from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.reading import columns
from lsp_server.context.index.reading.columns import DefinitionColumns
from lsp_server.context.index.reading.definitions import Definition
from lsp_server.context.index.reading.rows import FileRow

_DOC_LINES = 6
# Packs one after the other show much the same of the same files.
_MOST_HEADERS = 65_536
_MOST_SLICES = 8192
_MOST_FILES = 2048


@dataclass(frozen=True, slots=True)
class Slice:
    """A file's chosen definitions as text, with the depth at which each name is shown.

    `numbers` are those of the definitions in the tables.
    """

    path: str
    text: str
    shown: Mapping[str, Depth]
    numbers: Sequence[int]
    lines: tuple[int, int]
    worth: float


_DEPTHS = tuple(Depth)


def heading(path: str) -> str:
    """Return the line under which a file stands in the map."""
    return f"# {path}\n"


def render_slices(
    tables: Tables, choices: Choices, content_of: Callable[[str], bytes]
) -> Iterator[Slice]:
    """Yield the choices grouped by file, the file of the greatest worth first, then by path."""
    groups: dict[int, _Members] = {}
    indices = tables.definition_index[choices.definitions].tolist()
    files = tables.definition_file[choices.definitions].tolist()
    for file, number, index, depth, worth in zip(
        files, choices.definitions, indices, choices.depths, choices.worths, strict=True
    ):
        members = groups.get(file)
        if members is None:
            members = groups[file] = _Members([], [], 0.0)
        members.numbers.append(number)
        members.depths.append((index, depth))
        members.worth = max(members.worth, worth)
    order = sorted(groups, key=lambda file: (-groups[file].worth, tables.rows[file].path))
    for file in order:
        yield _slice(tables.rows[file], groups[file], content_of)


@dataclass(slots=True)
class _Members:
    """What is chosen of a file: the numbers in the tables, (index, depth) each, the most worth."""

    numbers: list[int]
    depths: list[tuple[int, int]]
    worth: float


def _slice(row: FileRow, members: _Members, content_of: Callable[[str], bytes]) -> Slice:
    items, depths = row.definitions, tuple(members.depths)
    shown, lines = _outline(items, depths)
    if Depth.BODY in shown.values():
        text = render_file(row, dict(depths), content_of)
    else:
        text = _headers(items, depths)
    return Slice(row.path, text, shown, members.numbers, lines, members.worth)


@lru_cache(maxsize=_MOST_SLICES)
def _outline(
    items: DefinitionColumns, depths: tuple[tuple[int, int], ...]
) -> tuple[Mapping[str, Depth], tuple[int, int]]:
    """Return the depth at which each name is shown, and the first and the last line of all."""
    shown = {items.unique[index]: _DEPTHS[depth] for index, depth in depths}
    places = [_places(items)[index] for index, _ in depths]
    return shown, (min(place.line for place in places), max(place.last_line for place in places))


@lru_cache(maxsize=_MOST_SLICES)
def _headers(items: DefinitionColumns, depths: tuple[tuple[int, int], ...]) -> str:
    return _rendered(items, dict(depths), lambda: b"")


class _Place(NamedTuple):
    line: int
    last_line: int
    name_line: int
    end: int


@lru_cache(maxsize=_MOST_FILES)
def _places(items: DefinitionColumns) -> list[_Place]:
    wanted = [columns.LINE, columns.LAST_LINE, columns.NAME_LINE, columns.END]
    return list(map(_Place._make, items.numbers[:, wanted].tolist()))


def render_file(row: FileRow, depths: Mapping[int, int], content_of: Callable[[str], bytes]) -> str:
    """Return the chosen definitions of one file, each with the headers of what contains it."""
    return _rendered(row.definitions, depths, lambda: content_of(row.path))


def _rendered(
    items: DefinitionColumns, depths: Mapping[int, int], content: Callable[[], bytes]
) -> str:
    levels: dict[int, int] = {-1: -1}
    for index in depths:
        _level(items.parents, index, levels)
    del levels[-1]
    places = _places(items)
    lines: list[str] = []
    covered = last_line = -1
    for index in sorted(levels):
        place, depth = places[index], depths.get(index, 1)
        if place.end <= covered:
            continue
        if depth == Depth.BODY and (text := content()):
            lines.append(_body(items[index], text))
            covered = place.end
            continue
        if place.name_line == last_line and items.parents[index] >= 0:
            continue
        last_line = place.name_line
        lines.append(_header(items, index, levels[index]))
        if depth >= Depth.DOCUMENTED and items[index].doc:
            lines += _doc(items[index], levels[index])
    return "\n".join(lines) + "\n"


def _level(parents: Sequence[int], index: int, levels: dict[int, int]) -> int:
    """Return how deep a definition lies, and note it for all that contain it."""
    if index not in levels:
        levels[index] = _level(parents, parents[index], levels) + 1
    return levels[index]


@lru_cache(maxsize=_MOST_HEADERS)
def _header(items: DefinitionColumns, index: int, level: int) -> str:
    return indent(items.made(index).header, level)


def indent(text: str, level: int) -> str:
    """Return `text` with the margin of its first line replaced by one blank a level."""
    first = text.split("\n", 1)[0]
    margin = first[: len(first) - len(first.lstrip())]
    pad = " " * level
    if "\n" not in text:
        return pad + text[len(margin) :]
    return "\n".join(pad + line.removeprefix(margin).rstrip() for line in text.split("\n"))


def _doc(item: Definition, level: int) -> list[str]:
    pad = " " * (level + 1)
    return [f"{pad}# {line}".rstrip() for line in item.doc.split("\n")[:_DOC_LINES]]


def _body(item: Definition, content: bytes) -> str:
    begin = content.rfind(b"\n", 0, item.start) + 1
    text = content[begin : item.end].decode("utf-8", "replace").replace("\r\n", "\n")
    return text.rstrip()
