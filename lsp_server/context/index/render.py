"""Chosen definitions as text: one slice a file, lines as written, members below their type."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lsp_server.common.blocks import Depth
from lsp_server.context.index.choose import Choice
from lsp_server.context.index.definitions import Definition
from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.rows import FileRow

_DOC_LINES = 6


@dataclass(frozen=True, slots=True)
class Slice:
    """A file's chosen definitions as text. `shown` maps their indices in the row to the depth."""

    path: str
    text: str
    shown: Mapping[int, Depth]
    worth: float


def heading(path: str) -> str:
    """Return the line under which a file stands in the map."""
    return f"# {path}\n"


def render_slices(
    tables: Tables, choices: Sequence[Choice], content_of: Callable[[str], bytes]
) -> list[Slice]:
    """Return the choices grouped by file, the file of the greatest worth first."""
    groups: dict[int, dict[int, Depth]] = defaultdict(dict)
    worths: dict[int, float] = defaultdict(float)
    for choice in choices:
        file = int(tables.definition_file[choice.definition])
        groups[file][int(tables.definition_index[choice.definition])] = choice.depth
        worths[file] = max(worths[file], choice.worth)
    slices = []
    for file, shown in groups.items():
        row = tables.rows[file]
        text = render_file(row, shown, content_of)
        slices.append(Slice(row.path, text, shown, worths[file]))
    return slices


def render_file(
    row: FileRow, shown: Mapping[int, Depth], content_of: Callable[[str], bytes]
) -> str:
    """Return the chosen definitions of one file, each with the headers of what contains it."""
    wanted = set(shown)
    for index in shown:
        parent = row.definitions[index].parent
        while parent >= 0:
            wanted.add(parent)
            parent = row.definitions[parent].parent
    lines: list[str] = []
    covered = -1
    last_line = -1
    for index in sorted(wanted):
        item = row.definitions[index]
        if item.end <= covered:
            continue
        depth = shown.get(index, Depth.SIGNATURE)
        if depth == Depth.BODY:
            lines.append(_body(row, item, content_of))
            covered = item.end
            continue
        if item.name_line == last_line and item.parent >= 0:
            continue
        last_line = item.name_line
        lines.append(_signature(row, index))
        if depth == Depth.DOCUMENTED and item.doc:
            lines += _doc(item, _level(row, index))
    return "\n".join(lines) + "\n"


def _level(row: FileRow, index: int) -> int:
    level = 0
    parent = row.definitions[index].parent
    while parent >= 0:
        level, parent = level + 1, row.definitions[parent].parent
    return level


def _signature(row: FileRow, index: int) -> str:
    return indent(row.definitions[index].header, _level(row, index))


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


def _body(row: FileRow, item: Definition, content_of: Callable[[str], bytes]) -> str:
    content = content_of(row.path)
    begin = content.rfind(b"\n", 0, item.start) + 1
    text = content[begin : item.end].decode("utf-8", "replace").replace("\r\n", "\n")
    return text.rstrip()
