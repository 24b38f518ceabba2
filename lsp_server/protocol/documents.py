"""The documents that are open in the editor, as lists of lines that edits cut and paste."""

import asyncio
import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from lsp_server.common.edits import TextEdit
from lsp_server.common.files import read_plain_file
from lsp_server.common.languages import PLAIN, language_named, language_of_path, language_of_text
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import Position, Span, body, split_lines
from lsp_server.protocol.editor.profile import PositionEncoding
from lsp_server.protocol.units import position_of_units

_log = logging.getLogger(__name__)
_BREAK = re.compile(r"[\r\n]")


class Document:
    """One open document. Its text changes only through `change`."""

    def __init__(self, item: types.TextDocumentItem, encoding: PositionEncoding) -> None:
        self.uri = item.uri
        self.path = path_of(item.uri)
        self.language = language_of(item.language_id, self.path)
        self.version = item.version
        self._encoding = encoding
        self._lines = split_lines(whole(item.text))
        self._snapshot: Snapshot | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The document as it stands; the same object until the next change."""
        if self._snapshot is None:
            self._snapshot = Snapshot(
                self.uri, tuple(self._lines), self.language, self.version, self.path
            )
        return self._snapshot

    def change(
        self, version: int, changes: Iterable[types.TextDocumentContentChangeEvent]
    ) -> tuple[TextEdit, ...]:
        """Apply `changes` in order and return them as edits, each relative to the one before."""
        edits = tuple(self._apply(change) for change in changes)
        self.version = version
        self._snapshot = None
        return edits

    def position(self, position: types.Position) -> Position:
        """Return the nearest position that exists in the text."""
        return position_of_units(self._lines, position.line, position.character, self._encoding)

    def span(self, span: types.Range) -> Span:
        """Return the span of `span`; swapped ends are put in order."""
        start = self.position(span.start)
        if span.start == span.end:
            return Span(start, start)
        end = self.position(span.end)
        return Span(min(start, end), max(start, end))

    def _apply(self, change: types.TextDocumentContentChangeEvent) -> TextEdit:
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            last = len(self._lines) - 1
            everything = Span(Position(0, 0), Position(last, len(self._lines[last])))
            text = whole(change.text)
            self._lines = split_lines(text)
            return TextEdit(everything, text)
        if self._cuts_a_pair(change):
            return self._apply_to_halves(change)
        edit = TextEdit(self.span(change.range), change.text)
        if not edit.new_text.isascii():
            edit = TextEdit(edit.span, whole(edit.new_text))
        splice(self._lines, edit)
        return edit

    def _cuts_a_pair(self, change: types.TextDocumentContentChangePartial) -> bool:
        """Whether the change brings half a character, as an editor may that thinks in utf-16."""
        if change.text.isascii() or self._encoding is not PositionEncoding.UTF16:
            return False
        return whole(change.text) != change.text

    def _apply_to_halves(self, change: types.TextDocumentContentChangePartial) -> TextEdit:
        """Join the halves that the change brings with those that it leaves standing."""
        span = self.span(change.range)
        first, last = self._lines[span.start.line], self._lines[span.end.line]
        before = _utf16(body(first))[: change.range.start.character * 2]
        after = _utf16(body(last))[change.range.end.character * 2 :]
        joined = (before + _utf16(change.text) + after).decode("utf-16-le", "replace")
        start, end = Position(span.start.line, 0), Position(span.end.line, len(body(last)))
        edit = TextEdit(Span(start, end), joined)
        splice(self._lines, edit)
        return edit


class Documents:
    """All open documents by the URI that the editor gave them."""

    def __init__(self, encoding: PositionEncoding = PositionEncoding.UTF16) -> None:
        self.encoding = encoding
        self._open: dict[str, Document] = {}
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(tuple(self._open.values()))

    def open(self, item: types.TextDocumentItem) -> Document:
        """Take up a document; opening it again replaces what was known."""
        document = self._open[item.uri] = Document(item, self.encoding)
        return document

    def close(self, uri: str) -> Document | None:
        """Forget a document and return it, or None if it was not open."""
        self._tell(uri)
        return self._open.pop(uri, None)

    def get(self, uri: str) -> Document | None:
        """Return the open document, or None."""
        return self._open.get(uri)

    def at_path(self, path: Path) -> Document | None:
        """Return the open document that shows this file, or None."""
        return next((document for document in self._open.values() if document.path == path), None)

    def change(
        self, params: types.DidChangeTextDocumentParams
    ) -> tuple[Document, tuple[TextEdit, ...]] | None:
        """Apply a change; None, and a line in the log, if the document is not open."""
        document = self._open.get(params.text_document.uri)
        if document is None:
            _log.warning("Ignored a change of a document that is not open.")
            return None
        edits = document.change(params.text_document.version, params.content_changes)
        self._tell(document.uri)
        return document, edits

    def next_change(self, uri: str) -> asyncio.Future[None]:
        """Return a future that is done when the document is changed or closed."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(uri, []).append(future)
        return future

    def _tell(self, uri: str) -> None:
        for future in self._waiting.pop(uri, ()):
            if not future.done():
                future.set_result(None)


def splice(lines: list[str], edit: TextEdit) -> None:
    r"""Apply `edit` to `lines` in place, touching only the lines that it reaches.

    Afterwards `lines` is what `split_lines` makes of the whole new text. The line before joins
    in where it ends in `\r` and the new text may begin with `\n`.
    """
    first, last = edit.span.start.line, edit.span.end.line
    head = lines[first][: edit.span.start.column]
    tail = lines[last][edit.span.end.column :]
    if not head and first > 0 and lines[first - 1].endswith("\r"):
        first -= 1
        head = lines[first]
    if first == last and head and not _BREAK.search(edit.new_text):
        lines[first] = f"{head}{edit.new_text}{tail}"
        return
    new = split_lines(f"{head}{edit.new_text}{tail}")
    if last < len(lines) - 1:
        new.pop()
    lines[first : last + 1] = new


def whole(text: str) -> str:
    """Return `text` with each half of a character replaced, so that it can be encoded."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return _utf16(text).decode("utf-16-le", "replace")
    return text


def path_of(uri: str) -> Path | None:
    """Return the file that a `file:` URI names, or None for any other document."""
    if not uri.startswith("file:"):
        return None
    name = to_fs_path(uri)
    return Path(name) if name else None


def language_of(identifier: str, path: Path | None) -> str:
    """Return our name of the language; the file's name decides where the editor knows nothing."""
    known = language_named(identifier)
    if known is not PLAIN:
        return known.name
    if path is not None and (by_name := language_of_path(path)) is not PLAIN:
        return by_name.name
    return identifier or PLAIN.name


def snapshot_of_file(path: Path) -> Snapshot | None:
    """Read a file that is not open; None if it cannot be read as text."""
    try:
        text = read_plain_file(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        _log.info("Could not read a file as text: %s.", type(error).__name__)
        return None
    return Snapshot.of_text(text, language=language_of_text(path, text.encode()).name, path=path)


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
