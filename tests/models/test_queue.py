"""Who has the turn, who loses it, and who leaves."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from lsp_server.models.api import Urgency
from lsp_server.models.errors import Superseded
from lsp_server.models.queue import Line
from tests.waiting import until


async def silent(closed: list[str], name: str) -> AsyncGenerator[str, None]:
    """Say one thing and then nothing for ever."""
    try:
        yield name
        await asyncio.Event().wait()
    finally:
        closed.append(name)


async def held(line: Line, urgency: Urgency, said: list[str], closed: list[str]) -> bool:
    async with line.turn(urgency, line.ticket()) as turn:
        async for item in turn.through(silent(closed, urgency.name)):
            said += [item]
        turn.check()
        return turn.lost


async def test_a_turn_is_lost_while_the_server_is_silent() -> None:
    line, said, closed = Line(), list[str](), list[str]()
    task = asyncio.ensure_future(held(line, Urgency.USER, said, closed))
    await until(lambda: said == ["USER"])
    typing = asyncio.ensure_future(held(line, Urgency.TYPING, said, closed))
    assert await task is True
    assert closed == ["USER"]
    await until(lambda: said == ["USER", "TYPING"])
    typing.cancel()
    await asyncio.gather(typing, return_exceptions=True)


async def test_superseded_typing_leaves_while_the_server_is_silent() -> None:
    line, said, closed = Line(), list[str](), list[str]()
    older = asyncio.ensure_future(held(line, Urgency.TYPING, said, closed))
    await until(lambda: len(said) == 1)
    newer = asyncio.ensure_future(held(line, Urgency.TYPING, said, closed))
    with pytest.raises(Superseded):
        await older
    await until(lambda: len(said) == 2)
    newer.cancel()
    await asyncio.gather(newer, return_exceptions=True)


async def test_several_seats_serve_several_and_the_least_urgent_gives_way() -> None:
    line, said, closed = Line(2), list[str](), list[str]()
    background = asyncio.ensure_future(held(line, Urgency.BACKGROUND, said, closed))
    user = asyncio.ensure_future(held(line, Urgency.USER, said, closed))
    await until(lambda: len(said) == 2)
    typing = asyncio.ensure_future(held(line, Urgency.TYPING, said, closed))
    assert await background is True
    assert not user.done()
    for task in (user, typing):
        task.cancel()
    await asyncio.gather(user, typing, return_exceptions=True)


async def test_without_preemption_nobody_gives_way_to_the_more_urgent() -> None:
    line, said, closed = Line(1, preempts=False), list[str](), list[str]()
    background = asyncio.ensure_future(held(line, Urgency.BACKGROUND, said, closed))
    await until(lambda: len(said) == 1)
    typing = asyncio.ensure_future(held(line, Urgency.TYPING, said, closed))
    await until(lambda: line.waiting == 1)
    assert not background.done()
    for task in (background, typing):
        task.cancel()
    await asyncio.gather(background, typing, return_exceptions=True)


async def test_two_urgent_ones_make_two_give_way() -> None:
    line, said, closed = Line(2), list[str](), list[str]()
    holders = [asyncio.ensure_future(held(line, Urgency.BACKGROUND, said, closed)) for _ in "ab"]
    await until(lambda: len(said) == 2)
    users = [asyncio.ensure_future(held(line, Urgency.USER, said, closed)) for _ in "ab"]
    assert await asyncio.gather(*holders) == [True, True]
    await until(lambda: said.count("USER") == 2)
    for task in users:
        task.cancel()
    await asyncio.gather(*users, return_exceptions=True)
