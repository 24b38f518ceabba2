"""The current file outside of its window, at every room."""

import pytest

from lsp_server.common.blocks import Depth
from lsp_server.context.index.answering.own_file import own_piece
from lsp_server.context.index.messages import Piece, Plan
from lsp_server.context.index.ranking.view import View
from tests.context.index.ranking.places import row_of

TEXT = "".join(f"def name_{number}(a):\n    return {number} + a\n" for number in range(40))
WINDOW = (38, 42)


def piece_at(room: float, shown: str = "") -> Piece | None:
    view = View(row_of("own.py", TEXT), TEXT, 0)
    return own_piece(view, Plan(9000, 500, 0, {"own.py": shown}), WINDOW, room)


def test_all_of_it_is_shown_where_it_fits() -> None:
    piece = piece_at(2000)
    assert piece is not None
    lines = TEXT.split("\n")
    assert piece.text.split("\n") == [*lines[:38], "...", *lines[42:]]
    assert set(piece.shown.values()) == {Depth.BODY}
    assert {"name_18", "name_21"} <= piece.shown.keys()
    assert piece.shown.keys().isdisjoint({"name_19", "name_20"})


def test_else_headers_are_and_whole_lines_next_to_the_window() -> None:
    piece = piece_at(280)
    assert piece is not None
    assert piece.shown["name_0"] is Depth.SIGNATURE
    assert piece.shown["name_18"] is Depth.BODY
    assert "return 18 + a\n...\ndef name_21(a):\n    return 21 + a" in piece.text
    assert "return 0 + a" not in piece.text
    assert len(piece.text) / 4 <= 280


def test_in_little_room_there_are_as_many_headers_as_fit() -> None:
    piece = piece_at(30)
    assert piece is not None
    assert list(piece.shown) == [f"name_{number}" for number in range(len(piece.shown))]
    assert 20 < len(piece.text) / 4 <= 30


@pytest.mark.parametrize("room", [100, 280, 2000])
def test_names_that_are_shown_already_are_not_told_again(room: float) -> None:
    piece = piece_at(room, shown="name_0\nname_18")
    assert piece is not None
    assert piece.shown.keys().isdisjoint({"name_0", "name_18"})


def test_without_room_there_is_nothing() -> None:
    assert piece_at(0) is None
