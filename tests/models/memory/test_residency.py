"""Two models on one GPU: who stays, who waits, and what the user is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from lsp_server.config.settings import AgentSettings, OllamaSettings, Residency, Settings
from lsp_server.features.model_house import ModelHouse
from lsp_server.models.api import ChatPrompt, FillPrompt, Request, Role, Text, Urgency
from lsp_server.models.directory import Directory
from lsp_server.models.errors import Loading
from lsp_server.models.learning import learn_here
from lsp_server.models.memory.profile import RunnerProfile
from lsp_server.models.memory.residency import Sizes
from tests.simulator.catalogue import glm_flash, gpt_oss
from tests.simulator.engine import Engine
from tests.simulator.hardware import GIB, machine
from tests.simulator.scripts import always
from tests.simulator.simulator import Simulator

PLANNER, EXECUTOR = "gpt-oss:20b", "glm-4.7-flash:latest"
FILL = FillPrompt("s", "# map\n", "x = ", "\n", "python", "a.py")
CHAT = ChatPrompt("s", "# map\n", "Why?")
TYPE = Request(FILL, 8, Urgency.TYPING)
QUESTION = Request(CHAT, 40)


class World:
    """A machine with both models and a directory that lives in its time."""

    def __init__(self, vram: int) -> None:
        models = [gpt_oss(always("The planner says so.")), glm_flash(always("executor"))]
        engine = Engine(machine("rtx4090", vram))
        self.vram = vram
        self.simulator = Simulator(models, engine=engine)
        self.clock = engine.clock
        self.directory = self._directory(Residency.AUTO)

    def _directory(self, residency: Residency) -> Directory:
        settings = Settings(
            AgentSettings(residency=residency), OllamaSettings(host=self.simulator.url)
        )

        async def measured(_ours: int) -> int:
            return self.vram * GIB

        return Directory(settings, self.clock, learn=learn_here, measure=measured)

    async def open(self, residency: Residency = Residency.AUTO) -> None:
        self.directory = self._directory(residency)
        await self.directory.refresh()

    async def ask(self, role: Role, request: Request) -> str:
        model = self.directory.ready(role)
        assert model is not None
        async with aclosing(model.stream(request)) as events:
            return "".join([event.text async for event in events if isinstance(event, Text)])

    async def type(self) -> str:
        """Type once; while the model is on its way the built-in engine would answer."""
        try:
            return await self.ask(Role.EXECUTOR, TYPE)
        except Loading:
            return "built-in"

    @property
    def loads(self) -> list[str]:
        return [load.model for load in self.simulator.engine.loads]

    @property
    def in_memory(self) -> set[str]:
        return {runner.model.name for runner in self.simulator.engine.in_memory()}


Open = Callable[..., Any]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    worlds: list[World] = []

    async def opening(vram: int, residency: Residency = Residency.AUTO) -> World:
        world = World(vram)
        worlds.append(world)
        await world.simulator.start()
        await world.open(residency)
        return world

    yield opening
    for world in worlds:
        await world.directory.close()
        await world.simulator.stop()


async def test_where_both_fit_the_executor_is_loaded_first_and_both_stay(opened: Open) -> None:
    world = await opened(48)
    assert await world.ask(Role.PLANNER, QUESTION) == "The planner says so."
    assert world.loads == [EXECUTOR, PLANNER]
    assert world.in_memory == {EXECUTOR, PLANNER}
    assert await world.type() == "executor"
    assert world.loads == [EXECUTOR, PLANNER]
    assert ModelHouse(world.directory).status.notices == ()


async def test_a_user_who_types_keeps_the_executor_and_gets_its_answer(opened: Open) -> None:
    world = await opened(24)
    await world.ask(Role.EXECUTOR, QUESTION)
    assert await world.type() == "executor"
    assert await world.ask(Role.PLANNER, QUESTION) == "executor"
    assert world.loads == [EXECUTOR]


async def test_after_a_pause_a_question_goes_to_the_planner(opened: Open) -> None:
    world = await opened(24)
    await world.ask(Role.EXECUTOR, QUESTION)
    await world.type()
    await world.clock.sleep(61)
    assert await world.ask(Role.PLANNER, QUESTION) == "The planner says so."
    assert world.in_memory == {PLANNER}
    assert await world.type() == "built-in"
    await world.clock.sleep(30)
    assert await world.type() == "executor"
    assert world.loads == [EXECUTOR, PLANNER, EXECUTOR]


async def test_a_cost_is_told_before_a_swap(opened: Open) -> None:
    world = await opened(24)
    notice = ModelHouse(world.directory).status.notices[0]
    assert "do not stay in memory together" in notice.sentence
    assert "about 22 s" in notice.sentence


async def test_no_load_for_typing_begins_while_the_planner_works(opened: Open) -> None:
    world = await opened(24, Residency.SWAP)
    model = world.directory.ready(Role.PLANNER)
    assert model is not None
    async with aclosing(model.stream(QUESTION)) as events:
        await anext(events)
        assert await world.type() == "built-in"
        assert world.directory.state.loading == ()
        assert len([event async for event in events]) > 1
    assert world.loads == [PLANNER]


async def test_questions_that_wait_are_answered_in_one_stay_of_the_planner(opened: Open) -> None:
    world = await opened(24, Residency.SWAP)
    await world.ask(Role.EXECUTOR, QUESTION)
    roles = (Role.PLANNER, Role.EXECUTOR, Role.PLANNER, Role.EXECUTOR, Role.PLANNER)
    asks = [asyncio.ensure_future(world.ask(role, QUESTION)) for role in roles]
    answers = await asyncio.gather(*asks)
    assert answers.count("The planner says so.") == 3
    assert answers.count("executor") == 2
    assert len(world.loads) <= 3


async def test_a_task_of_the_executor_waits_until_all_questions_were_answered(opened: Open) -> None:
    world = await opened(24, Residency.SWAP)
    await world.ask(Role.EXECUTOR, QUESTION)
    model = world.directory.ready(Role.PLANNER)
    assert model is not None
    async with aclosing(model.stream(QUESTION)) as events:
        await anext(events)
        task = asyncio.ensure_future(world.ask(Role.EXECUTOR, QUESTION))
        other = asyncio.ensure_future(world.ask(Role.PLANNER, QUESTION))
        assert len([event async for event in events]) > 1
    assert await other == "The planner says so."
    assert await task == "executor"
    assert world.loads == [EXECUTOR, PLANNER, EXECUTOR]


async def test_a_question_that_is_given_up_lets_the_next_model_in(opened: Open) -> None:
    world = await opened(24, Residency.SWAP)
    await world.ask(Role.PLANNER, QUESTION)
    model = world.directory.ready(Role.PLANNER)
    assert model is not None
    async with aclosing(model.stream(QUESTION)) as events:
        await anext(events)
        task = asyncio.ensure_future(world.ask(Role.EXECUTOR, QUESTION))
    assert await task == "executor"
    assert world.loads == [PLANNER, EXECUTOR]


async def test_swap_waits_for_a_pause_in_typing(opened: Open) -> None:
    world = await opened(24, Residency.SWAP)
    await world.ask(Role.EXECUTOR, QUESTION)
    await world.type()
    typed = world.clock.now()
    assert await world.ask(Role.PLANNER, QUESTION) == "The planner says so."
    assert world.clock.now() - typed > 3.0 + 13.8 / 4.0


@pytest.mark.parametrize(
    ("residency", "answer"),
    [(Residency.EXECUTOR, "executor"), (Residency.PLANNER, "The planner says so.")],
)
async def test_one_model_may_do_both(opened: Open, residency: Residency, answer: str) -> None:
    world = await opened(24, residency)
    assert await world.ask(Role.PLANNER, QUESTION) == answer
    assert await world.ask(Role.EXECUTOR, QUESTION) == answer
    assert len(world.loads) == 1


async def test_a_small_gpu_gets_a_smaller_context_and_the_user_is_told(opened: Open) -> None:
    world = await opened(16, Residency.EXECUTOR)
    status = ModelHouse(world.directory).status
    assert any("16384 tokens of context instead of 32768" in one.sentence for one in status.notices)


async def test_sizes_are_learned_from_what_is_in_memory(opened: Open) -> None:
    world = await opened(48)
    await world.ask(Role.EXECUTOR, QUESTION)
    await world.directory.refresh()
    runner = world.simulator.engine.in_memory()[0]
    digest = runner.model.digest
    assert world.directory._sizes.of(digest) == {(runner.context, runner.batch): runner.size}


def test_learned_sizes_outlive_the_session_and_damage() -> None:
    kept: dict[str, bytes] = {}

    class Keeps:
        get = staticmethod(kept.get)
        put = staticmethod(kept.__setitem__)

    Sizes(Keeps()).note("d", RunnerProfile(8192, 512), 5)
    assert Sizes(Keeps()).of("d") == {(8192, 512): 5}
    kept["sizes d"] = b"[]"
    assert Sizes(Keeps()).of("d") == {}


async def test_what_the_server_forgot_is_not_counted_as_cached(opened: Open) -> None:
    world = await opened(24, Residency.SWAP)
    await world.ask(Role.EXECUTOR, QUESTION)
    await world.ask(Role.PLANNER, QUESTION)
    await world.ask(Role.EXECUTOR, replace(QUESTION))
    meters = world.directory.state.meters
    assert meters[EXECUTOR].account.cached == 0
