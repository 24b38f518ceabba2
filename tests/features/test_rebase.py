from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.common.edits import apply_edits
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import split_lines
from lsp_server.edits.smallest import edits_between
from lsp_server.features.fixing.rebase import rebased

LINES = st.lists(st.text("ab", max_size=3), min_size=1, max_size=5)
GAP = ["=" * 9, "-" * 9, "+" * 9]


def document(*parts: list[str]) -> Snapshot:
    lines = [line for part in parts for line in part]
    return Snapshot.of_text("\n".join(lines), language="python", path=Path("/w/a.py"))


@given(old=LINES, new=LINES, before=LINES, after=LINES, above=st.booleans())
def test_an_edit_lands_in_its_lines_wherever_they_went(
    old: list[str], new: list[str], before: list[str], after: list[str], *, above: bool
) -> None:
    def both(edited: list[str], typed: list[str]) -> Snapshot:
        return document(typed, GAP, edited) if above else document(edited, GAP, typed)

    edits = edits_between(both(old, before).lines, both(new, before).text)
    moved = rebased(edits, both(old, before), both(old, after))
    assert moved is not None
    assert apply_edits(both(old, after).lines, moved) == both(new, after).text


@given(LINES, LINES, LINES)
def test_an_edit_of_lines_that_were_typed_in_is_dropped(
    old: list[str], new: list[str], typed: list[str]
) -> None:
    edits = edits_between(split_lines("\n".join(old)), "\n".join(new))
    moved = rebased(edits, document(old), document(typed))
    if moved is not None and edits and typed != old:
        text = apply_edits(document(typed).lines, moved)
        assert len(split_lines(text)) == len(typed) + len(new) - len(old)
