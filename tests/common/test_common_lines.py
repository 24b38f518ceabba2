"""How much two lists of lines share at their ends."""

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.common.text import common_end, common_start

LINES = st.lists(st.sampled_from(["a\n", "b\n"]), max_size=8).map(lambda few: few * 40)


@given(LINES, LINES)
def test_shared_lines_are_counted(one: list[str], other: list[str]) -> None:
    most = min(len(one), len(other))
    start = next((n for n in range(most) if one[n] != other[n]), most)
    end = next((n for n in range(most) if one[-1 - n] != other[-1 - n]), most)
    assert common_start(one, other) == start
    assert common_end(one, other, most) == end


@given(LINES)
def test_no_more_than_asked_for_is_counted_at_the_end(lines: list[str]) -> None:
    assert common_end(lines, lines, min(len(lines), 3)) == min(len(lines), 3)
