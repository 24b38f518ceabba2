"""Choosing by worth per token."""

import numpy as np
import pytest

from lsp_server.common.blocks import Depth
from lsp_server.context.index.answering.choose import choose
from lsp_server.context.index.answering.render import render_file
from lsp_server.context.index.ranking.building import build_tables
from lsp_server.context.index.reading.rows import read_row

TEXT = b"""
def short(a): ...

def documented(a, b):
    "What it does, in a few words."
    return a + b

def long(argument_one, argument_two, argument_three, argument_four, argument_five):
    total = argument_one + argument_two
    return total + argument_three + argument_four + argument_five
"""


def chosen(room: float, worths: list[float]) -> dict[str, Depth]:
    tables = build_tables([read_row("a.py", "python", TEXT)])
    found = choose(tables, np.array(worths, np.float32), room)
    return {
        tables.definitions[number].name: Depth(depth)
        for number, depth in zip(found.definitions, found.depths, strict=True)
    }


def test_the_greatest_worth_per_token_goes_first() -> None:
    assert list(chosen(10, [0.1, 0.1, 0.1])) == ["short"]
    assert list(chosen(10, [0.01, 0.9, 0.1])) == ["documented"]


def test_bodies_come_when_all_signatures_are_in() -> None:
    depths = chosen(500, [0.1, 0.1, 0.1])
    assert depths == {"short": Depth.BODY, "documented": Depth.BODY, "long": Depth.BODY}
    assert set(chosen(30, [0.1, 0.1, 0.1]).values()) == {Depth.SIGNATURE}


LONG = b"""
def first(
    argument_one: int,
    argument_two: int,
    argument_three: int,
) -> None: ...

def second(
    argument_one: int,
    argument_two: int,
    argument_three: int,
) -> None: ...
"""


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (15, [Depth.NAME, Depth.NAME]),
        (38, [Depth.SIGNATURE, Depth.NAME]),
        (60, [Depth.BODY, Depth.BODY]),
    ],
)
def test_of_a_signature_of_several_lines_the_one_with_the_name_comes_first(
    room: float, expected: list[Depth]
) -> None:
    tables = build_tables([read_row("a.py", "python", LONG)])
    found = choose(tables, np.array([0.2, 0.1], np.float32), room)
    assert found.depths.tolist() == expected


def test_a_name_is_shown_by_its_line_as_it_was_written() -> None:
    row = read_row("a.py", "python", LONG)
    assert render_file(row, {0: Depth.NAME, 1: Depth.SIGNATURE}, lambda _: b"") == (
        "def first(\ndef second(\n    argument_one: int,\n    argument_two: int,\n"
        "    argument_three: int,\n) -> None\n"
    )


def test_nothing_is_chosen_without_room() -> None:
    assert chosen(0, [0.1, 0.1, 0.1]) == {}
