from hypothesis import given
from hypothesis import strategies as st

from lsp_server.common.edits import apply_edits
from lsp_server.common.text import body, offset_at, split_lines
from lsp_server.edits.smallest import dominant_ending, edits_between, smallest_edits

BODY = st.text("ab (🐍", max_size=4)
BODIES = st.lists(BODY, max_size=6)
# A lone carriage return beside lone feeds can join one of them; no editor writes such a file.
ENDINGS = st.sampled_from([("\n", "\r\n"), ("\r", "\r\n"), ("\r",), ("\n",)])


@st.composite
def documents(draw: st.DrawFn) -> list[str]:
    endings = st.sampled_from(draw(ENDINGS))
    parts = [line + draw(endings) for line in draw(BODIES)]
    return split_lines("".join(parts) + draw(BODY))


def bodies(text: str) -> list[str]:
    return [body(line) for line in split_lines(text)]


@given(documents(), st.lists(BODY, min_size=1, max_size=6))
def test_applying_gives_the_intended_lines(lines: list[str], wanted: list[str]) -> None:
    edits = edits_between(lines, "\n".join(wanted))
    assert bodies(apply_edits(lines, edits)) == wanted


@given(documents(), BODIES, st.data())
def test_lines_outside_the_range_keep_every_byte(
    lines: list[str], wanted: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(lines) - 1))
    last = data.draw(st.integers(first, len(lines) - 1))
    text = apply_edits(lines, smallest_edits(lines, first, last, wanted))
    head, tail = "".join(lines[:first]), "".join(lines[last:])
    assert text.startswith(head)
    assert text.endswith(tail)
    middle = text[len(head) : len(text) - len(tail)]
    assert bodies(middle)[:-1] == wanted if middle else wanted == []


@given(documents())
def test_a_document_that_already_reads_so_needs_no_edit(lines: list[str]) -> None:
    assert edits_between(lines, "".join(lines)) == ()


@given(documents(), st.lists(BODY, min_size=1, max_size=6))
def test_an_edit_never_parts_a_carriage_return_from_its_feed(
    lines: list[str], wanted: list[str]
) -> None:
    text = "".join(lines)
    for edit in edits_between(lines, "\n".join(wanted)):
        for position in (edit.span.start, edit.span.end):
            offset = offset_at(lines, position)
            assert text[offset - 1 : offset + 1] != "\r\n"


def test_one_changed_word_is_an_edit_of_that_word_only() -> None:
    lines = split_lines("def f():\n    return valeu + 1\n")
    (edit,) = edits_between(lines, "def f():\n    return value + 1\n")
    assert (edit.span.start.line, edit.span.start.column) == (1, 14)
    assert edit.new_text == "ue"


def test_new_lines_get_the_ending_that_most_lines_have() -> None:
    lines = split_lines("a\r\nb\r\nc\n")
    assert dominant_ending(lines) == "\r\n"
    assert apply_edits(lines, edits_between(lines, "a\nx\nb\nc\n")) == "a\r\nx\r\nb\r\nc\n"
