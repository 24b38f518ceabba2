"""One document at one moment, and a place in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lsp_server.common.text import Position, Span, body, offset_at, split_lines


@dataclass(frozen=True)
class Snapshot:
    """Text, version and language of one document at one moment.

    `lines` keep their ends and are never changed. `language` is an LSP language identifier.
    `version` is the editor's, or None for text read from disk. `path` is None where the document
    has no file.
    """

    uri: str
    lines: Sequence[str]
    language: str = "plaintext"
    version: int | None = None
    path: Path | None = None

    @cached_property
    def text(self) -> str:
        """The whole text; joined when first asked for."""
        return "".join(self.lines)

    @classmethod
    def of_text(
        cls, text: str, *, language: str, path: Path | None = None, version: int | None = None
    ) -> "Snapshot":
        """Make a snapshot of `text`; its URI is the path's, or `untitled:` without a path."""
        uri = path.as_uri() if path is not None else "untitled:"
        return cls(uri, split_lines(text), language, version, path)


@dataclass(frozen=True)
class Place:
    """A snapshot and a position in it; the position exists in the snapshot."""

    snapshot: Snapshot
    position: Position

    @property
    def line_before(self) -> str:
        """The text of the cursor's line before the cursor."""
        return self.snapshot.lines[self.position.line][: self.position.column]

    @property
    def line_after(self) -> str:
        """The text of the cursor's line after the cursor, without the line break."""
        return body(self.snapshot.lines[self.position.line])[self.position.column :]

    @cached_property
    def offset(self) -> int:
        """The code point offset of the cursor."""
        return offset_at(self.snapshot.lines, self.position)

    @property
    def above(self) -> str:
        """All text before the cursor."""
        return self.snapshot.text[: self.offset]

    @property
    def below(self) -> str:
        """All text after the cursor."""
        return self.snapshot.text[self.offset :]

    @property
    def span(self) -> Span:
        """The empty span at the cursor."""
        return Span(self.position, self.position)
