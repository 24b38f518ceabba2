"""What was offered before is offered again, for as long as what the user does agrees with it."""

import pytest

from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import position_at
from tests.features.inline_completion.desk import Desk, at, deleted, desk, typed

BLOCK = "total = 0\n    for item in items:\n        total += item\n    return total\n"
WHERE = "def add(items):\n    $0\n\n\nadd([1])\n"


async def offered(text: str, code: str = WHERE) -> tuple[Desk, Place]:
    """Return a desk whose model has said `text` at a place, and the place."""
    work = desk([text])
    place = at(code)
    assert await work.feature.suggest(place) is not None
    return work, place


def next_at(work: Desk, place: Place) -> str:
    """Return what is offered at `place` without asking anybody."""
    found = work.feature.known(place)
    assert len(work.model.requests) == 1
    return found.text if found is not None else ""


def indented(place: Place, old: str, new: str) -> Place:
    """Return the place after the indentation of its line was changed from `old` to `new`."""
    head = place.above[: len(place.above) - len(place.line_before)]
    above = head + new + place.line_before.removeprefix(old)
    whole = above + place.below
    snapshot = Snapshot.of_text(whole, language="python", path=place.snapshot.path)
    return Place(snapshot, position_at(snapshot.lines, len(above)))


async def test_after_a_word_was_accepted() -> None:
    work, place = await offered("return sum(items)\n")
    for word in ("return", " sum", "("):
        place = typed(place, word)
    assert next_at(work, place) == "items)"


async def test_after_a_line_was_accepted() -> None:
    work, place = await offered(BLOCK)
    place = typed(place, "total = 0\n")
    assert next_at(work, place) == BLOCK.partition("\n")[2].rstrip()
    place = typed(place, "    for item in items:\n")
    assert next_at(work, place) == "        total += item\n    return total"


async def test_after_a_line_was_accepted_that_the_editor_indents() -> None:
    work, place = await offered(BLOCK)
    place = typed(place, "total = 0\n    ")
    assert next_at(work, place).startswith("for item in items:\n        total += item")


async def test_after_a_word_and_a_line_in_turn() -> None:
    work, place = await offered(BLOCK)
    for piece in ("total", " = 0", "\n    ", "for", " item in items:", "\n        "):
        place = typed(place, piece)
        assert next_at(work, place)
    assert next_at(work, place) == "total += item\n    return total"


async def test_after_letters_were_deleted_again() -> None:
    work, place = await offered("return sum(items)\n")
    place = typed(place, "retu")
    next_at(work, place)
    for _ in range(4):
        place = deleted(place, 1)
        next_at(work, place)
    assert next_at(work, place) == "return sum(items)"


async def test_after_a_word_was_typed_wrong_and_mended() -> None:
    work, place = await offered("return sum(items)\n")
    wrong = typed(place, "retrun")
    assert work.feature.known(wrong) is None
    assert next_at(work, typed(deleted(wrong, 3), "urn")) == " sum(items)"


@pytest.mark.parametrize("new", ["        ", "\t", "  ", ""])
async def test_after_the_indentation_was_changed(new: str) -> None:
    work, place = await offered("return sum(items)\n")
    place = indented(typed(place, "ret"), "    ", new)
    assert next_at(work, place) == "urn sum(items)"


async def test_the_lines_of_a_block_follow_a_changed_indentation() -> None:
    work, place = await offered(BLOCK)
    place = indented(typed(place, "tot"), "    ", "\t")
    expected = "al = 0\n\tfor item in items:\n\t    total += item\n\treturn total"
    assert next_at(work, place) == expected


async def test_after_an_accepted_suggestion_was_undone_it_is_not_offered_again() -> None:
    work, place = await offered("return sum(items)\n")
    accepted = typed(place, "return sum(items)")
    work.feature.known(accepted)
    assert work.feature.known(deleted(accepted, len("return sum(items)"))) is None


async def test_after_a_word_was_rejected_it_is_not_offered_again() -> None:
    work, place = await offered("return sum(items)\n")
    place = typed(place, "return")
    work.feature.known(place)
    assert work.feature.known(deleted(place, len("return"))) is None


async def test_what_was_replaced_is_not_offered_again() -> None:
    work = desk(["total_of(items)\n"])
    before, after = at("x = total_of(items)$0\n"), at("x = $0\n")
    work.feature.known(before)
    work.feature.known(after)
    assert await work.feature.suggest(after, invoked=True) is None


async def test_half_a_minute_later_it_may_be_offered_again() -> None:
    work, place = await offered("return sum(items)\n")
    accepted = typed(place, "return sum(items)")
    work.feature.known(accepted)
    place = deleted(accepted, len("return sum(items)"))
    work.feature.known(place)
    await work.clock.advance(31)
    assert next_at(work, place) == "return sum(items)"
