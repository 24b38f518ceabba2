"""Incremental changes against a reference: the whole text as units of the client's encoding."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from lsp_server.common.text import split_lines
from lsp_server.protocol.documents import (
    Document,
    Documents,
    language_of,
    path_of,
    snapshot_of_file,
)
from lsp_server.protocol.editor.profile import PositionEncoding
from lsp_server.protocol.units import column_of_units, units_of_column

# Everything that Python and the protocol could split lines at, and characters of 1 to 4 bytes.
ALPHABET = "ab\n\r\f\v\x1c\x85\u2028é€😀"
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@dataclass
class Change:
    """Start and end as fractions of the text, so that every draw fits every text."""

    start: float
    length: float
    text: str


texts = st.text(ALPHABET, max_size=30)
changes = st.builds(
    Change,
    st.floats(0, 1),
    st.sampled_from([0.0, 0.0, 0.05, 0.3, 1.0]),
    st.text(ALPHABET, max_size=6),
)


def client_position(text: str, offset: int, encoding: str) -> types.Position:
    """Return where the client says that `offset` is, computed without our own code."""
    line, start, index = 0, 0, 0
    while index < offset:
        if text[index] == "\n" or (text[index] == "\r" and text[index + 1 : index + 2] != "\n"):
            line, start = line + 1, index + 1
        index += 1
    codec, size = CODECS[encoding]
    return types.Position(line, len(text[start:offset].encode(codec)) // size)


def inside_a_break(text: str, offset: int) -> bool:
    return text[offset - 1 : offset + 1] == "\r\n"


@pytest.mark.parametrize("encoding", list(PositionEncoding))
@given(text=texts, sequence=st.lists(changes, min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_incremental_changes_give_the_text_that_the_client_has(
    encoding: PositionEncoding, text: str, sequence: list[Change]
) -> None:
    item = types.TextDocumentItem("file:///a.py", "python", 1, text)
    document = Document(item, encoding)
    for change in sequence:
        start = int(change.start * len(text))
        end = min(len(text), start + int(change.length * len(text)))
        if inside_a_break(text, start) or inside_a_break(text, end):
            continue
        where = types.Range(
            client_position(text, start, encoding), client_position(text, end, encoding)
        )
        text = text[:start] + change.text + text[end:]
        event = types.TextDocumentContentChangePartial(range=where, text=change.text)
        document.change(document.version + 1, [event])
        assert list(document.snapshot.lines) == split_lines(text)
    assert document.snapshot.text == text


@pytest.mark.parametrize("encoding", list(PositionEncoding))
@given(line=st.text("ab€é😀", max_size=12), column=st.integers(0, 15))
def test_columns_survive_the_way_there_and_back(
    encoding: PositionEncoding, line: str, column: int
) -> None:
    column = min(column, len(line))
    units = units_of_column(line, column, encoding)
    assert column_of_units(line, units, encoding) == column


def test_a_column_past_the_end_means_the_end() -> None:
    for encoding in PositionEncoding:
        assert column_of_units("abc", 10, encoding) == 3
        assert column_of_units("a😀", 10, encoding) == 2


def test_a_column_inside_a_character_means_its_beginning() -> None:
    assert column_of_units("😀b", 1, PositionEncoding.UTF16) == 0
    assert column_of_units("é😀", 4, PositionEncoding.UTF8) == 1


def opened(text: str, encoding: PositionEncoding = PositionEncoding.UTF16) -> Document:
    return Document(types.TextDocumentItem("file:///a.py", "python", 1, text), encoding)


def partial(
    start: tuple[int, int], end: tuple[int, int], text: str
) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(
        range=types.Range(types.Position(*start), types.Position(*end)), text=text
    )


def test_a_form_feed_is_no_line_break() -> None:
    document = opened("a\n\fb\nc\n")
    document.change(2, [partial((2, 0), (2, 1), "C")])
    assert document.snapshot.text == "a\n\fb\nC\n"


def test_half_a_character_in_a_change_meets_its_other_half() -> None:
    document = opened("x😀y\r\nz")
    # U+1F601 differs from U+1F600 in the second half only, and some editors send just that.
    document.change(2, [partial((0, 2), (0, 3), "\ude01")])
    assert document.snapshot.text == "x😁y\r\nz"


def test_half_a_character_alone_becomes_a_replacement() -> None:
    document = opened("x\n")
    document.change(2, [partial((0, 1), (0, 1), "\ud83d")])
    assert document.snapshot.text == "x\N{REPLACEMENT CHARACTER}\n"
    document.snapshot.text.encode()


def test_swapped_ends_are_put_in_order() -> None:
    document = opened("abc\n")
    document.change(2, [partial((0, 2), (0, 1), "")])
    assert document.snapshot.text == "ac\n"


def test_a_snapshot_keeps_its_text_when_the_document_changes() -> None:
    document = opened("a\n")
    before = document.snapshot
    document.change(2, [partial((0, 0), (0, 0), "b")])
    assert before.text == "a\n"
    assert before.version == 1
    assert document.snapshot.version == 2


def test_a_change_without_a_range_replaces_everything() -> None:
    document = opened("a\nb")
    edits = document.change(
        2,
        [types.TextDocumentContentChangeWholeDocument(text="c\r\n"), partial((1, 0), (1, 0), "d")],
    )
    assert document.snapshot.text == "c\r\nd"
    assert [edit.new_text for edit in edits] == ["c\r\n", "d"]


def test_a_change_of_an_unknown_document_is_ignored() -> None:
    params = types.DidChangeTextDocumentParams(
        types.VersionedTextDocumentIdentifier(uri="file:///b.py", version=3),
        [partial((0, 0), (0, 0), "x")],
    )
    assert Documents().change(params) is None


def test_the_file_name_tells_the_language_where_the_editor_does_not() -> None:
    assert language_of("plaintext", path_of("file:///x/a.rs")) == "rust"
    assert language_of("tsx", None) == "typescriptreact"
    assert language_of("haskell", path_of("file:///x/a.hs")) == "haskell"
    assert language_of("", path_of("untitled:1")) == "plaintext"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_document(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    assert snapshot_of_file(tmp_path / "a.py") is None
