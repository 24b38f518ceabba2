"""The context log: what holds after any sequence of changes."""

from hypothesis import given
from hypothesis import strategies as st

from lsp_server.common.blocks import Block, Depth
from lsp_server.common.text import Position, Span
from lsp_server.context.log import ContextLog, Entry
from lsp_server.context.tokens import bytes_over_four

NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
ENTRIES = st.tuples(NAMES, st.frozensets(NAMES, min_size=1), NAMES, st.integers(1, 50))
STEPS = st.lists(st.one_of(ENTRIES, st.integers(0, 200)), max_size=30)


def entry(path: str, names: frozenset[str], owner: str, tokens: int) -> Entry:
    block = Block(
        path, Span(Position(0, 0), Position(1, 0)), "x" * tokens * 4, tokens, Depth.BODY, ""
    )
    return Entry(block, dict.fromkeys(names, Depth.BODY), owner)


@given(STEPS)
def test_offsets_equal_a_fresh_count_and_nothing_is_shown_twice(
    steps: list[tuple[str, frozenset[str], str, int] | int],
) -> None:
    log = ContextLog({"a": frozenset({"e"})})
    for step in steps:
        if isinstance(step, int):
            log.cut(step)
            assert log.tokens <= max(step, 0)
        else:
            log.append(entry(*step))
        fresh = [0]
        for item in log.entries:
            fresh.append(fresh[-1] + bytes_over_four(item.block.text))
        assert list(log.offsets) == fresh
        shown = [("a", "e")]
        shown += [(item.block.path, name) for item in log.entries for name in item.shown]
        assert len(shown) == len(set(shown))
        lines = ((path, names.split("\n")) for path, names in log.shown().items())
        flat = {(path, name) for path, names in lines for name in names}
        assert flat == set(shown)


@given(STEPS, st.integers(0, 300))
def test_what_a_cut_would_leave_is_what_it_leaves(
    steps: list[tuple[str, frozenset[str], str, int] | int], tokens: int
) -> None:
    log = ContextLog()
    for step in steps:
        if not isinstance(step, int):
            log.append(entry(*step))
    foretold = log.shown_within(tokens)
    end = log.entry_end(tokens)
    log.cut(tokens)
    assert log.tokens == end
    assert log.shown() == foretold


def test_what_is_disowned_stays_where_it_is_and_may_be_shown_again() -> None:
    log = ContextLog()
    log.append(entry("a", frozenset({"a", "b"}), "x", 5))
    log.append(entry("a", frozenset({"c"}), "x", 5))
    texts = [item.block.text for item in log.entries]
    log.disown([0])
    assert [item.block.text for item in log.entries] == texts
    assert log.shown() == {"a": "c"}
    assert log.append(entry("a", frozenset({"a"}), "x", 5))
    log.cut(0)
    assert log.shown() == {}
