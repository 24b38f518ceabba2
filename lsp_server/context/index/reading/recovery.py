"""Definitions and imports of a text that does not parse: by its pieces, cut at their indentation.

A missing bracket makes a parser lose everything behind it, and code that is being written misses
one most of the time. People indent what they write all the same: so a broken text is cut into its
outermost pieces, a broken piece into its members, and each is parsed on its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lsp_server.context.index.reading.definitions import (
    TYPES,
    Definition,
    Outline,
    Raw,
    nested,
    raws_of,
    read_outline,
)
from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.grammars import parser

if TYPE_CHECKING:
    from tree_sitter import Node

_BRACES = frozenset(
    """
    go java kotlin csharp c cpp rust php typescript typescriptreact javascript javascriptreact
    """.split()
)
_LEADS_ON = re.compile(rb"\s*(?:[)}\]]|\*/|//|/\*|\*|#|@|else\b|catch\b|finally\b|where\b|\{|\Z)")
_IMPORTS = re.compile(
    rb"(?:import|from|use|using|mod|extern|export|const|let|var|include|require|pub\s+(?:use|mod))\b"
)
_LONGEST_HEADER = 40
_MOST_BYTES = 300_000
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines `first` up to `last` that belong together."""

    first: int
    last: int


def recover(outline: Outline, lines: ByteLines, language: str) -> Outline:
    """Return what a text says: as its tree has it, or as its pieces do where they show more.

    `outline` is of the tree of `lines`, with errors. Languages of neither braces nor indentation
    keep what the tree has, and so do very large texts.
    """
    known = language in _BRACES or language == "python"
    if not known or len(lines.source) > _MOST_BYTES:
        return outline
    pieces = _Pieces(lines, language)
    definitions = max(nested(pieces.all(), lines, language), outline.definitions, key=_telling)
    return replace(
        outline, definitions=definitions, imports=_together(outline.imports, pieces.imports())
    )


def _together(whole: Sequence[str], pieces: Sequence[str]) -> list[str]:
    """Return the imports of the pieces, and those of the whole that did not swallow any of them."""
    kept = [one for one in whole if not any(piece in one for piece in pieces)]
    return list(dict.fromkeys([*pieces, *kept]))


def _telling(definitions: Sequence[Definition]) -> int:
    """Return how many names are defined, and how many definitions stand in a type, together."""
    members = sum(
        item.parent >= 0 and definitions[item.parent].kind in TYPES for item in definitions
    )
    return len({item.name for item in definitions}) + members


class _Pieces:
    def __init__(self, lines: ByteLines, language: str) -> None:
        self._lines = lines
        self._language = language
        source = lines.source
        ends = [*lines.starts[1:], len(source)]
        self._texts = [source[start:end] for start, end in zip(lines.starts, ends, strict=True)]
        self._indents = [_indent(text) for text in self._texts]

    def all(self) -> list[Raw]:
        """Return what the outermost pieces define."""
        return [
            raw for piece in self._cut(0, len(self._texts), 0) for raw in self._read(piece, b"", 0)
        ]

    def imports(self) -> list[str]:
        """Return the import statements among the outermost pieces, each closed where it ends."""
        found: list[str] = []
        for piece in self._cut(0, len(self._texts), 0):
            if _IMPORTS.match(self._texts[piece.first]):
                text = b"".join(self._texts[piece.first : piece.last])
                text += b")" * (text.count(b"(") - text.count(b")"))
                text += self._closing(text)
                root = parser(self._language).parse(text).root_node
                found += read_outline(root, ByteLines(text), self._language).imports
        return found

    def _cut(self, first: int, last: int, indent: int) -> Iterator[_Piece]:
        """Yield the pieces between two lines whose first lines are indented by `indent`."""
        begin = None
        for number in range(first, last):
            if self._indents[number] != indent or _LEADS_ON.match(self._texts[number]):
                continue
            if begin is not None:
                yield _Piece(begin, number)
            begin = number
        if begin is not None:
            yield _Piece(begin, last)

    def _read(self, piece: _Piece, around: bytes, depth: int) -> list[Raw]:
        """Return what a piece defines; `around` opens the definitions that it is a member of."""
        text = b"".join(self._texts[piece.first : piece.last])
        root = self._parsed(around + text)
        raws = self._moved(root, piece, len(around))
        if not root.has_error:
            return raws
        header, own = self._opened(piece, around)
        if depth == _DEEPEST or not own or not own[0].is_container:
            return own or raws
        inner = next((n for n in self._indents[header : piece.last] if n > 0), 0)
        if inner <= self._indents[piece.first]:
            return own
        opening = around + b"".join(self._texts[piece.first : header])
        members = [
            raw
            for part in self._cut(header, piece.last, inner)
            for raw in self._read(part, opening, depth + 1)
        ]
        return [*own, *members]

    def _opened(self, piece: _Piece, around: bytes) -> tuple[int, list[Raw]]:
        """Return the line behind the one that opens the piece's body, and what it opens."""
        end = b":" if self._language == "python" else b"{"
        for number in range(piece.first, min(piece.first + _LONGEST_HEADER, piece.last)):
            if not self._texts[number].split(b"//")[0].rstrip().endswith(end):
                continue
            opening = around + b"".join(self._texts[piece.first : number + 1])
            root = self._parsed(opening + self._empty(piece))
            raws = self._moved(root, piece, len(around))
            if raws and not root.has_error:
                return number + 1, [_ending(raws[0], self._end(piece))]
        return piece.last, []

    def _empty(self, piece: _Piece) -> bytes:
        if self._language != "python":
            return b"}\n"
        return b" " * (self._indents[piece.first] + 4) + b"pass\n"

    def _parsed(self, text: bytes) -> "Node":
        return parser(self._language).parse(text + self._closing(text)).root_node

    def _closing(self, text: bytes) -> bytes:
        """Return the brackets that `text` leaves open, closed: members stand in open types."""
        if self._language == "python":
            return b""
        return b"}" * max(0, min(text.count(b"{") - text.count(b"}"), _DEEPEST + 1))

    def _moved(self, root: "Node", piece: _Piece, before: int) -> list[Raw]:
        """Return the raws of a piece at their offsets in the text, without those around it."""
        offset = self._lines.starts[piece.first] - before
        end = self._end(piece)
        return [
            raw.moved(offset, end) for raw in raws_of(root, self._language) if raw.start >= before
        ]

    def _end(self, piece: _Piece) -> int:
        last = piece.last
        while last > piece.first + 1 and not self._texts[last - 1].strip():
            last -= 1
        return self._lines.starts[last - 1] + len(self._texts[last - 1].rstrip())


def _indent(text: bytes) -> int:
    """Return the number of leading blanks, a tab counting as four; -1 for an empty line."""
    stripped = text.lstrip(b" \t")
    if not stripped.strip():
        return -1
    return len(text[: len(text) - len(stripped)].expandtabs(4))


def _ending(raw: Raw, end: int) -> Raw:
    return Raw(raw.name, raw.kind, raw.start, end, raw.body, raw.name_start)
