"""Chosen definitions as text: one slice a file, lines as written, members below their type."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lsp_server.common.blocks import Depth
from lsp_server.context.index.choose import Choices
from lsp_server.context.index.definitions import Definition
from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.rows import FileRow

_DOC_LINES = 6


@dataclass(frozen=True, slots=True)
class Slice:
    """A file's chosen definitions as text, with the depth at which each name is shown."""

    path: str
    text: str
    shown: Mapping[str, Depth]
    lines: tuple[int, int]
    worth: float


_DEPTHS = tuple(Depth)


def heading(path: str) -> str:
    """Return the line under which a file stands in the map."""
    return f"# {path}\n"


def render_slices(
    tables: Tables, choices: Choices, content_of: Callable[[str], bytes]
) -> list[Slice]:
    """Return the choices grouped by file, the file of the greatest worth first."""
    groups: dict[int, list[tuple[int, int]]] = {}
    best: dict[int, float] = {}
    files = tables.definition_file[choices.definitions].tolist()
    for file, number, depth, worth in zip(
        files, choices.definitions, choices.depths, choices.worths, strict=True
    ):
        groups.setdefault(file, []).append((number, depth))
        if worth > best.get(file, 0.0):
            best[file] = worth
    return [
        _slice(tables, file, members, best.get(file, 0.0), content_of)
        for file, members in groups.items()
    ]


def _slice(
    tables: Tables,
    file: int,
    members: list[tuple[int, int]],
    worth: float,
    content_of: Callable[[str], bytes],
) -> Slice:
    row = tables.rows[file]
    items = tables.definitions
    depths = {int(tables.definition_index[number]): depth for number, depth in members}
    shown = {tables.unique[number]: _DEPTHS[depth] for number, depth in members}
    first = min(items[number].span.start.line for number, _ in members)
    last = max(items[number].span.end.line for number, _ in members)
    return Slice(row.path, render_file(row, depths, content_of), shown, (first, last), worth)


def render_file(row: FileRow, depths: Mapping[int, int], content_of: Callable[[str], bytes]) -> str:
    """Return the chosen definitions of one file, each with the headers of what contains it."""
    items = row.definitions
    levels: dict[int, int] = {-1: -1}
    for index in depths:
        _level(items, index, levels)
    del levels[-1]
    lines: list[str] = []
    covered = last_line = -1
    for index in sorted(levels):
        item = items[index]
        if item.end <= covered:
            continue
        depth = depths.get(index, 1)
        if depth == Depth.BODY and (content := content_of(row.path)):
            lines.append(_body(item, content))
            covered = item.end
            continue
        if item.name_line == last_line and item.parent >= 0:
            continue
        last_line = item.name_line
        lines.append(indent(item.header, levels[index]))
        if depth >= Depth.DOCUMENTED and item.doc:
            lines += _doc(item, levels[index])
    return "\n".join(lines) + "\n"


def _level(items: Sequence[Definition], index: int, levels: dict[int, int]) -> int:
    """Return how deep a definition lies, and note it for all that contain it."""
    if index not in levels:
        levels[index] = _level(items, items[index].parent, levels) + 1
    return levels[index]


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
