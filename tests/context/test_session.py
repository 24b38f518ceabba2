"""A session: what a prompt shows while the user types, jumps, turns to other files and saves."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.common.blocks import Depth, Packed
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position
from lsp_server.context.cost import SteadyReading
from lsp_server.context.index.messages import Found, MapText, MapWanted, Piece, Seek
from lsp_server.context.session import Session, Sources, Surroundings
from lsp_server.context.tokens import bytes_over_four
from lsp_server.context.window import window_around, window_tokens
from lsp_server.models.prompts.shared import render_block, render_context, render_window


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
    """An index of a few files whose pieces are as large as they say: `lines` of each definition.

    Of the current file it tells as much as the plan leaves to it.
    """

    def __init__(self, lines: int = 9, files: str = "abcde", plan: int = -1) -> None:
        self.lines = lines
        self.plan = plan
        self.files = files
        self.asked: list[Seek] = []
        self.texts_of: dict[str, str] = {}

    async def seek(self, wanted: Seek) -> Found:
        self.asked.append(wanted)
        plan = wanted.plans[self.plan]
        room = plan.room - plan.own_room
        pieces = []
        for path in self.files:
            for name in self.files:
                if name not in plan.shown.get(path, "").split("\n") and room > 0:
                    text = self.text(path, name)
                    pieces.append(Piece(path, text, {name: Depth.SIGNATURE}, (0, 8), 0.5, "why"))
                    room -= len(text) // 4
        if plan.own_room:
            text = "own = 1\n" * (plan.own_room // 2)
            pieces.append(Piece(wanted.path, text, {}, (0, 99), 1.0, "the rest of this file"))
        return Found(wanted.plans.index(plan), tuple(pieces))

    def text(self, path: str, name: str) -> str:
        return f"def {name}_{path}(): ...\n" * self.lines

    async def map(self, wanted: MapWanted) -> MapText:
        return MapText("# map\n" * (wanted.room // 2), {"a": frozenset({"a"})})

    async def texts(self, keys: Sequence[str]) -> Mapping[str, str]:
        return {key: self.texts_of[key] for key in keys if key in self.texts_of}

    def session(self, budget: int, tokens_per_second: float = 1000.0) -> Session:
        cost = SteadyReading(tokens_per_second)
        return Session(Sources(self.seek, self.map, texts=self.texts, cost=cost), budget)

    def stands(self, path: str) -> str:
        return "".join(self.text(path, name) for name in self.files)


MOVES = st.lists(
    st.tuples(
        st.sampled_from([*"abcx", "packages/of/many/folders/with/long/names/module.py"]),
        st.one_of(TEXTS, st.sampled_from(["typed", "grown", "a line without an end " * 300])),
        st.integers(0, 70),
        st.sampled_from(["wait", "wait with others open", "at once", "repack", "saved", "changed"]),
    ),
    max_size=14,
)
LIBRARIES = st.builds(Library, lines=st.integers(1, 60), plan=st.sampled_from([0, -1]))
# What one move adds to a text.
ADDED = {"typed": lambda text: text + "name = 1\n" * 4, "grown": lambda text: text * 2}


@settings(max_examples=120)
@given(MOVES, st.sampled_from([300, 600, 1100, 2000, 8000]), LIBRARIES)
async def test_any_sequence_keeps_budget_and_uniqueness(
    moves: list[tuple[str, str, int, str]], budget: int, library: Library
) -> None:
    session = library.session(budget)
    texts: dict[str, str] = {}
    for path, text, line, how in moves:
        texts[path] = ADDED.get(text, lambda _, new=text: new)(texts.get(path, "x = 1\n"))
        here = place(texts[path], line, path)
        if how == "repack":
            session.restart()
        elif how in {"saved", "changed"}:
            library.texts_of = {"a": library.stands("a") if how == "saved" else "def other(): ..."}
            session.forget([path, "a"])
        if how == "at once":
            packed = session.pack_now(here, path)
        else:
            opened = ("a", "x") if how == "wait with others open" else ()
            packed = await session.pack(here, Surroundings(path, opened))
        check(session, packed, path, budget)


def check(session: Session, packed: Packed, path: str, budget: int) -> None:
    """Assert that a prompt keeps its budget, counts its tokens right and shows no name twice."""
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


async def test_a_file_that_is_written_from_nothing_moves_the_window_seldom() -> None:
    session = Library(files="abcdefghijklmno").session(8000)
    lines = ["\n"]
    before, moves = "", 0
    for number in range(400):
        lines.insert(-1, f"name_{number} = call(name)\n")
        packed = await session.pack(place("".join(lines), number, "f"), Surroundings("f"))
        shown = render_context(packed) + packed.below
        moves += shown != before
        before = shown
    assert moves < 20
    assert bytes_over_four(packed.above) > 0.5 * window_tokens(8000)


async def test_a_file_that_fits_into_its_window_is_shown_whole() -> None:
    text = "".join(f"x{number} = 1\n" for number in range(60))
    packed = await Library().session(8000).pack(place(text, 30), Surroundings("f"))
    assert f"{packed.above}{packed.below}" == text


async def test_the_map_does_not_take_the_current_files_own_room() -> None:
    library = Library()
    await library.session(8000).pack(place("x = 1\n", 0, "a"), Surroundings("a"))
    (asked,) = library.asked
    assert asked.plans[-1].shown == {"a": "a"}
    assert asked.plans[-1].own_room > 0


async def test_a_save_that_leaves_what_is_shown_as_it_was_reads_nothing_again() -> None:
    library = Library()
    session = library.session(8000)
    first = await session.pack(place("x = 1\n", 0, "f"), Surroundings("f"))
    library.texts_of = {path: library.stands(path) for path in library.files}
    session.forget(library.files)
    second = await session.pack(place("x = 1\n", 0, "g"), Surroundings("g", ("f",)))
    assert second.log[: len(first.log)] == first.log


async def test_what_changed_is_cut_off_where_reading_is_fast() -> None:
    shown, _ = await shown_after_a_change_of("b", tokens_per_second=100_000)
    assert set(shown) == {"a"}


async def test_what_changed_stays_and_counts_as_unknown_where_reading_is_slow() -> None:
    shown, log_is_kept = await shown_after_a_change_of("b", tokens_per_second=1)
    assert set(shown) == {"a", "c", "d", "e"}
    assert log_is_kept


async def shown_after_a_change_of(
    path: str, tokens_per_second: float
) -> tuple[Mapping[str, str], bool]:
    """Return what counts as shown at the next change of file, and whether the log kept it all."""
    library = Library(lines=3)
    session = library.session(8000, tokens_per_second)
    first = await session.pack(place("x = 1\n", 0, "f"), Surroundings("f"))
    library.texts_of = {path: "def new(): ...\n"}
    session.forget([path])
    second = await session.pack(place("x = 1\n", 0, "g"), Surroundings("g", ("f",)))
    shown = max(library.asked[-1].plans, key=lambda plan: -plan.reread).shown
    return shown, second.log[: len(first.log)] == first.log


@pytest.mark.parametrize(("tokens_per_second", "kept"), [(1000.0, 0.1), (20.0, 0.9)])
async def test_a_closed_file_lets_go_no_more_than_is_soon_read_again(
    tokens_per_second: float, kept: float
) -> None:
    library = Library(lines=20)
    session = library.session(8000, tokens_per_second)
    first = await session.pack(place("x = 1\n", 0, "f"), Surroundings("f"))
    await session.pack(place("x = 1\n", 0, "g"), Surroundings("g"))
    most = max(library.asked[-1].plans, key=lambda plan: plan.reread)
    whole = sum(block.tokens for block in first.log)
    assert (1 - most.reread / whole > 0.8) == (kept > 0.8)


async def test_an_index_that_is_completed_meanwhile_is_asked_again() -> None:
    library = Library()
    answered = asyncio.Event()

    class Late(Library):
        async def seek(self, wanted: Seek) -> Found:
            if not answered.is_set():
                answered.set()
                session.restart()
            return await super().seek(wanted)

    library = Late()
    session = library.session(8000)
    packed = await session.pack(place("x = 1\n", 0, "f"), Surroundings("f"))
    assert packed.map
    assert len(library.asked) == 2


async def test_typing_changes_nothing_but_the_end() -> None:
    library = Library()
    session = library.session(2000)
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
    session = library.session(2000)
    text = "".join(f"x{number} = 1\n" for number in range(900))
    before = await session.pack(place(text, 150), Surroundings("f"))
    after = await session.pack(place(text, 800), Surroundings("f"))
    assert (after.map, after.log) == (before.map, before.log)
    assert "x800" in after.above


async def test_a_change_of_file_keeps_the_beginning_of_the_log() -> None:
    library = Library()
    session = library.session(8000)
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
