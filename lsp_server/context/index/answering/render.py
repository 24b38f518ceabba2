"""Chosen definitions as text: one slice a file, lines as written, members below their type."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from lsp_server.common.blocks import Depth
from lsp_server.context.index.answering.choose import Choices
from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.reading import columns
from lsp_server.context.index.reading.columns import DefinitionColumns
from lsp_server.context.index.reading.definitions import Definition
from lsp_server.context.index.reading.rows import FileRow

_DOC_LINES = 6
_MOST_FILES = 2048
# Packs one after the other show much the same of the same files.
_MOST_SLICES = 8192
_HEADERS_A_STEP = 100


class Slice(NamedTuple):
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
_DOCUMENTED, _BODY = int(Depth.DOCUMENTED), int(Depth.BODY)


def heading(path: str) -> str:
    """Return the line under which a file stands in the map."""
    return f"# {path}\n"


def render_slices(
    tables: Tables, choices: Choices, content_of: Callable[[FileRow], bytes]
) -> Iterator[Slice]:
    """Yield the choices grouped by file, the file of the greatest worth first, then by path."""
    groups: dict[int, _Members] = {}
    numbers = choices.definitions
    for file, number, index, depth, worth in zip(
        tables.definition_file[numbers].tolist(),
        numbers.tolist(),
        tables.definition_index[numbers].tolist(),
        choices.depths.tolist(),
        choices.worths.tolist(),
        strict=True,
    ):
        members = groups.get(file)
        if members is None:
            members = groups[file] = _Members([], {}, 0.0)
        members.numbers.append(number)
        members.depths[index] = depth
        members.worth = max(members.worth, worth)
    order = sorted(groups, key=lambda file: (-groups[file].worth, tables.rows[file].path))
    for file in order:
        yield _slice(tables.rows[file], groups[file], content_of)


@dataclass(slots=True)
class _Members:
    """What is chosen of a file: the numbers in the tables, depths by index, the most worth."""

    numbers: list[int]
    depths: dict[int, int]
    worth: float


def _slice(row: FileRow, members: _Members, content_of: Callable[[FileRow], bytes]) -> Slice:
    drawn = _drawn(row.definitions, tuple(members.depths.items()))
    text = drawn.text
    if text is None:
        text = render_file(row, members.depths, content_of)
    return Slice(row.path, text, drawn.shown, members.numbers, drawn.lines, members.worth)


class _Drawn(NamedTuple):
    """A slice but for its bodies: its text is None where there are any."""

    text: str | None
    shown: Mapping[str, Depth]
    lines: tuple[int, int]


@lru_cache(maxsize=_MOST_SLICES)
def _drawn(items: DefinitionColumns, depths: tuple[tuple[int, int], ...]) -> _Drawn:
    sheet, unique = _sheet(items), items.unique
    shown = {unique[index]: _DEPTHS[depth] for index, depth in depths}
    lines = (
        min([sheet.first_lines[index] for index, _ in depths]),
        max([sheet.last_lines[index] for index, _ in depths]),
    )
    if _BODY in [depth for _, depth in depths]:
        return _Drawn(None, shown, lines)
    return _Drawn(_rendered(sheet, dict(depths), lambda: b""), shown, lines)


class _Sheet:
    """Where the definitions of one file stand, and their headers as they were rendered before."""

    def __init__(self, items: DefinitionColumns) -> None:
        self.items = items
        self.first_lines: list[int] = items.numbers[:, columns.LINE].tolist()
        self.last_lines: list[int] = items.numbers[:, columns.LAST_LINE].tolist()
        self.name_lines: list[int] = items.numbers[:, columns.NAME_LINE].tolist()
        self.ends: list[int] = items.numbers[:, columns.END].tolist()
        self._headers: dict[int, tuple[str, int]] = {}
        self._namings: dict[int, str] = {}

    def with_containers(self, indices: Iterable[int]) -> list[int]:
        """Return `indices` with those of all that contains them, in file order."""
        parents = self.items.parents
        found = set(indices)
        for index in indices:
            parent = parents[index]
            while parent >= 0 and parent not in found:
                found.add(parent)
                parent = parents[parent]
        return sorted(found)

    def level(self, index: int) -> int:
        """Return how many definitions contain this one."""
        level, parents = 0, self.items.parents
        while (index := parents[index]) >= 0:
            level += 1
        return level

    def header(self, index: int) -> tuple[str, int]:
        """Return the header with one blank a level before it, and the last line that it shows."""
        known = self._headers.get(index)
        if known is None:
            text = indent(self.items.header(index), self.level(index))
            last = max(self.name_lines[index], self.first_lines[index] + text.count("\n"))
            known = self._headers[index] = text, last
        return known

    def shown(self, index: int, depth: int) -> tuple[str, int]:
        """Return the text of a definition without its doc, and the last line that it shows."""
        return self.header(index) if depth else (self.name_only(index), self.name_lines[index])

    def name_only(self, index: int) -> str:
        """Return the line of the header that holds the name, as it was written."""
        line = self._namings.get(index)
        if line is None:
            lines = self.items.header(index).split("\n")
            number = min(self.name_lines[index] - self.first_lines[index], len(lines) - 1)
            line = " " * self.level(index) + lines[number].strip()
            self._namings[index] = line
        return line


@lru_cache(maxsize=_MOST_FILES)
def _sheet(items: DefinitionColumns) -> _Sheet:
    return _Sheet(items)


def prepare(tables: Tables) -> Iterator[None]:
    """Make, in steps, what rendering needs of the files to which most leads.

    Else the first request that shows something of a file does it, which doubles the time it takes.
    """
    for file in np.argsort(-tables.file_rank, kind="stable")[:_MOST_FILES].tolist():
        items = tables.rows[file].definitions
        sheet, _ = _sheet(items), items.index_of
        for index in range(len(items)):
            sheet.header(index)
            if index % _HEADERS_A_STEP == 0:
                yield


def render_file(
    row: FileRow, depths: Mapping[int, int], content_of: Callable[[FileRow], bytes]
) -> str:
    """Return the chosen definitions of one file, each with the headers of what contains it."""
    return _rendered(_sheet(row.definitions), depths, lambda: content_of(row))


def _rendered(sheet: _Sheet, depths: Mapping[int, int], content: Callable[[], bytes]) -> str:
    items = sheet.items
    lines: list[str] = []
    covered = last_line = -1
    shown = ""
    for index in sheet.with_containers(depths):
        end, name_line = sheet.ends[index], sheet.name_lines[index]
        depth = depths.get(index, 1)
        if end <= covered:
            continue
        if depth == _BODY and (text := content()):
            lines.append(_body(items[index], text))
            covered = end
            continue
        # `int a, b;` is one text for both names, and that of `class A(val n: Int)` has `n` in it.
        if name_line <= last_line and sheet.header(index)[0].strip() in shown:
            continue
        shown, last_line = sheet.shown(index, depth)
        lines.append(shown)
        if depth >= _DOCUMENTED and items[index].doc:
            lines += _doc(items[index], sheet.level(index))
    return "\n".join(lines) + "\n"


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
