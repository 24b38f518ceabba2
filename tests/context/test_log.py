"""The log and the window: what holds after any sequence of changes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.common.blocks import Block, Depth
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position, Span
from lsp_server.context.index.messages import Found, MapText, MapWanted, Piece, Seek
from lsp_server.context.log import ContextLog, Entry
from lsp_server.context.session import Session, Sources, Surroundings
from lsp_server.context.tokens import bytes_over_four
from lsp_server.context.window import window_around, window_tokens
from lsp_server.models.prompts.shared import render_block, render_context, render_window

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


def place(text: str, line: int, path: str = "f") -> Place:
    snapshot = Snapshot.of_text(text, language="python")
    line = min(line, len(snapshot.lines) - 1)
    column = len(snapshot.lines[line].rstrip("\n"))
    return Place(Snapshot(f"file:///{path}", snapshot.lines, "python"), Position(line, column))


TEXTS = st.lists(st.text("ab (\n", max_size=60), max_size=60).map("\n".join)


@settings(max_examples=60)
@given(TEXTS, st.integers(0, 70), st.integers(20, 400))
def test_a_window_is_a_part_of_the_text_around_the_cursor(text: str, line: int, room: int) -> None:
    here = place(text, line)
    window = window_around(here, room, bytes_over_four)
    above, below = window.texts(here)
    assert here.above.endswith(above)
    assert here.below.startswith(below)


class Library:
    """An index of a few files whose pieces are as large as they say."""

    async def seek(self, wanted: Seek) -> Found:
        plan = wanted.plans[-1]
        pieces = []
        room = plan.room
        for path in "abcde":
            for name in "abcde":
                if name not in plan.shown.get(path, "").split("\n") and room > 0:
                    text = f"def {name}_{path}(): ...\n" * 9
                    pieces.append(Piece(path, text, {name: Depth.SIGNATURE}, (0, 8), 0.5, "why"))
                    room -= len(text) // 4
        return Found(len(wanted.plans) - 1, tuple(pieces))

    async def map(self, wanted: MapWanted) -> MapText:
        return MapText("# map\n" * (wanted.room // 2), {"a": frozenset({"a"})})


MOVES = st.lists(
    st.tuples(
        st.sampled_from("abcxyz"),
        TEXTS,
        st.integers(0, 70),
        st.sampled_from(["wait", "wait with others open", "at once", "repack", "saved"]),
    ),
    max_size=12,
)


@settings(max_examples=40)
@given(MOVES, st.sampled_from([600, 2000, 8000]))
async def test_any_sequence_keeps_budget_and_uniqueness(
    moves: list[tuple[str, str, int, str]], budget: int
) -> None:
    library = Library()
    session = Session(Sources(library.seek, library.map), budget)
    for path, text, line, how in moves:
        here = place(text, line, path)
        if how == "repack":
            session.restart()
        elif how == "saved":
            session.forget([path, "a"])
        if how == "at once":
            packed = session.pack_now(here, path)
        else:
            opened = ("a", "x") if how == "wait with others open" else ()
            packed = await session.pack(here, Surroundings(path, opened))
        prompt = render_context(packed) + render_window(packed, path)
        assert bytes_over_four(prompt) <= budget
        fresh = [0]
        for block in packed.log:
            fresh.append(fresh[-1] + bytes_over_four(render_block(block)))
        assert list(session.log.offsets) == fresh
        blocks = sum(block.tokens for block in packed.log)
        parts = [packed.map, packed.above, packed.below]
        assert blocks + sum(map(bytes_over_four, parts)) <= packed.tokens <= budget
        shown = [(item.block.path, name) for item in session.log.entries for name in item.shown]
        shown += [("a", "a")] if packed.map else []
        assert len(shown) == len(set(shown))


async def test_typing_changes_nothing_but_the_end() -> None:
    library = Library()
    session = Session(Sources(library.seek, library.map), 2000)
    text = "x = 1\n" * 300
    before = await session.pack(place(text, 150), Surroundings("f"))
    snapshot = Snapshot.of_text(text, language="python")
    lines = list(snapshot.lines)
    lines[150] = "x = 1 + 2\n"
    typed = Place(Snapshot("file:///f", lines, "python"), Position(150, 9))
    after = await session.pack(typed, Surroundings("f"))
    assert (after.map, after.log, after.below) == (before.map, before.log, before.below)
    assert after.above == before.above + " + 2"


async def test_a_jump_moves_the_window_only() -> None:
    library = Library()
    session = Session(Sources(library.seek, library.map), 2000)
    text = "".join(f"x{number} = 1\n" for number in range(900))
    before = await session.pack(place(text, 150), Surroundings("f"))
    after = await session.pack(place(text, 800), Surroundings("f"))
    assert (after.map, after.log) == (before.map, before.log)
    assert "x800" in after.above


async def test_a_change_of_file_keeps_the_beginning_of_the_log() -> None:
    library = Library()
    session = Session(Sources(library.seek, library.map), 8000)
    first = await session.pack(place("x = 1\n", 0, "f"), Surroundings("f"))
    second = await session.pack(place("y = 1\n", 0, "g"), Surroundings("g", ("f",)))
    assert second.map == first.map
    kept = len(second.log) // 2
    assert second.log[:kept] == first.log[:kept]


def test_the_window_is_a_small_part_of_a_large_budget() -> None:
    shares = [window_tokens(budget) / budget for budget in (2000, 8000, 32000, 128000)]
    assert shares == sorted(shares, reverse=True)
    assert shares[1] < 0.1
    assert shares[2] < 0.05
