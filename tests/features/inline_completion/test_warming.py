"""What the model reads while the user does nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from lsp_server.common.blocks import Packed
from lsp_server.common.snapshot import Place
from lsp_server.config.settings import AgentSettings, OllamaSettings, Settings
from lsp_server.features.inline_completion.prompting import prompt_for, request_for
from lsp_server.models.api import (
    ChatPrompt,
    FillPrompt,
    Finish,
    Request,
    Role,
    RoleModel,
    Urgency,
    Usage,
)
from lsp_server.models.directory import Directory
from lsp_server.models.learning import learn_here
from tests.features.inline_completion.desk import Desk, WholeFile, at, desk, typed
from tests.models.test_directory import unmeasured
from tests.simulator.catalogue import glm_flash, gpt_oss
from tests.simulator.engine import Engine
from tests.simulator.hardware import machine
from tests.simulator.scripts import always
from tests.simulator.simulator import Simulator
from tests.waiting import until

HERE = at("x = 1\ny = $0\nz = 3\n")


async def quiet(at_desk: Desk, seconds: float) -> None:
    await at_desk.clock.advance(seconds)


async def prompt_at(place: Place) -> FillPrompt:
    return prompt_for(place, await WholeFile().pack(place, 8192))


async def test_the_prompt_of_the_next_completion_is_read_once_the_user_is_quiet() -> None:
    there = desk("1\n", warm_up=True)
    suggesting = asyncio.ensure_future(there.feature.suggest(HERE))
    await quiet(there, 1.5)
    assert there.model.warmed == []
    await quiet(there, 1)
    await suggesting
    assert there.model.warmed == [await prompt_at(HERE)]
    assert there.model.warmed == [there.model.requests[0].prompt]
    await there.feature.close()


async def test_every_key_begins_the_wait_anew_and_ends_what_is_being_read() -> None:
    there = desk("1\n", warm_up=True)
    there.feature.warm_up.key(HERE)
    for letter in "abc":
        await quiet(there, 1.5)
        there.feature.warm_up.key(typed(HERE, letter))
    assert there.model.warmed == []
    there.model.gate = asyncio.Event()
    await quiet(there, 2.5)
    assert len(there.model.warmed) == 1
    there.feature.warm_up.key(typed(HERE, "abcd"))
    await there.clock.settle()
    assert there.model.cancelled == 1
    await there.feature.close()


async def test_of_a_document_without_a_cursor_all_but_its_own_text_is_read() -> None:
    there = desk("1\n", warm_up=True)
    there.feature.warm_up.turned_to(HERE.snapshot)
    await quiet(there, 2.5)
    [prompt] = there.model.warmed
    assert isinstance(prompt, FillPrompt)
    assert (prompt.above, prompt.below) == ("", "")
    await there.feature.close()


async def test_an_idle_user_costs_no_packing_until_the_context_has_changed() -> None:
    there = desk("1\n", warm_up=True)
    there.feature.warm_up.key(HERE)
    await quiet(there, 120)
    read, packed = len(there.model.warmed), len(there.context.packed)
    assert (read >= 5, packed) == (True, 2)
    there.context.revision += 1
    await quiet(there, 120)
    assert len(there.context.packed) == packed + 1
    assert len(there.model.warmed) > read
    await there.feature.close()


async def test_the_context_is_filled_anew_once_in_a_long_pause_and_not_in_a_short_one() -> None:
    there = desk("1\n", warm_up=True)
    there.feature.warm_up.key(HERE)
    await quiet(there, 10)
    assert there.context.repacked == []
    await quiet(there, 120)
    assert there.context.repacked == [HERE]
    await there.feature.close()


async def test_what_goes_wrong_while_reading_beforehand_is_logged_and_the_next_key_tries_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    there = desk("1\n", warm_up=True)

    async def broken(place: Place, budget_tokens: int) -> Packed:
        raise OSError("the index is gone")

    whole, there.context.pack = there.context.pack, broken  # type: ignore[method-assign]
    there.feature.warm_up.key(HERE)
    await quiet(there, 5)
    assert "the index is gone" in caplog.text
    there.context.pack = whole  # type: ignore[method-assign]
    there.feature.warm_up.key(HERE)
    await quiet(there, 5)
    assert len(there.model.warmed) == 1
    await there.feature.close()


async def test_after_a_close_that_does_not_wait_nothing_is_read() -> None:
    there = desk("1\n", warm_up=True)
    there.feature.warm_up.key(HERE)
    there.feature.warm_up.close()
    there.feature.warm_up.stirred()
    await quiet(there, 60)
    assert there.model.warmed == []


@pytest.mark.parametrize("values", [{"warm_up": False}, {"enabled": False}])
async def test_nothing_is_read_where_it_is_switched_off(values: dict[str, bool]) -> None:
    there = desk("1\n", warm_up=True)
    there.change(**values)
    there.feature.warm_up.key(HERE)
    await quiet(there, 60)
    assert there.model.warmed == []


async def test_a_closed_document_is_not_read() -> None:
    there = desk("1\n", warm_up=True)
    there.feature.warm_up.key(HERE)
    there.feature.closed(HERE.snapshot)
    await quiet(there, 60)
    assert there.model.warmed == []


class World:
    """A simulated machine, and a directory that lives in its time."""

    def __init__(self) -> None:
        models = [gpt_oss(always("So.")), glm_flash(always("pass"))]
        self.engine = Engine(machine("rtx4090", 24))
        self.simulator = Simulator(models, engine=self.engine)

    async def open(self) -> None:
        settings = Settings(AgentSettings(), OllamaSettings(host=self.simulator.url))
        self.directory = Directory(
            settings, self.engine.clock, learn=learn_here, measure=unmeasured
        )
        await self.directory.refresh()

    def model(self, role: Role = Role.EXECUTOR) -> RoleModel:
        found = self.directory.ready(role)
        assert found is not None
        return found

    async def usage(self, request: Request, role: Role = Role.EXECUTOR) -> Usage:
        async with aclosing(self.model(role).stream(request)) as events:
            return [one async for one in events if isinstance(one, Finish)][-1].usage

    @property
    def loads(self) -> list[str]:
        return [load.model for load in self.engine.loads]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    async with made.simulator:
        await made.open()
        yield made
        await made.directory.close()


TASK = Request(ChatPrompt("s", "# map\n", "Why?"), 10)
LONG = at("".join(f"line_{number} = {number}\n" for number in range(400)) + "x = $0\n")


async def next_request() -> Request:
    packed = await WholeFile().pack(LONG, 8192)
    return request_for(LONG, packed, 20, Urgency.TYPING, 0.0)


async def test_the_first_completion_after_a_warm_up_finds_its_prompt_read(world: World) -> None:
    await world.usage(TASK)
    request = await next_request()
    assert await world.model().warm(request.prompt)
    body = world.simulator.bodies("/api/generate")[-1]
    assert body["options"]["num_predict"] == 1
    usage = await world.usage(request)
    assert (usage.prompt_tokens or 0) - (usage.cached_tokens or 0) <= 1
    assert (usage.prompt_tokens or 0) > 2000


async def test_what_was_read_is_not_read_again(world: World) -> None:
    await world.usage(TASK)
    prompt = (await next_request()).prompt
    assert await world.model().warm(prompt)
    asked = len(world.simulator.bodies("/api/generate"))
    assert not await world.model().warm(prompt)
    assert len(world.simulator.bodies("/api/generate")) == asked


async def test_a_planner_beside_the_executor_reads_beforehand_and_is_never_loaded_for_it(
    world: World,
) -> None:
    context = "# Repository map\n" + "pkg/store.py: put, get\n" * 40
    warm = ChatPrompt("s", context, "")
    await world.usage(TASK)
    assert not await world.model(Role.PLANNER).warm(warm)
    assert world.loads == ["glm-4.7-flash:latest"]
    await world.engine.clock.sleep(61)
    await world.usage(TASK, Role.PLANNER)
    assert await world.model(Role.PLANNER).warm(warm)
    usage = await world.usage(
        Request(ChatPrompt("s", context + "# Code\n", "Why?"), 10), Role.PLANNER
    )
    assert (usage.cached_tokens or 0) > 0.9 * (usage.prompt_tokens or 0) - 40


async def test_a_model_that_is_not_in_memory_is_never_loaded_for_it(world: World) -> None:
    prompt = (await next_request()).prompt
    assert not await world.model().warm(prompt)
    assert world.loads == []
    await world.usage(TASK)
    await world.engine.clock.sleep(61)
    await world.usage(TASK, Role.PLANNER)
    before = world.loads
    assert not await world.model().warm(prompt)
    assert world.loads == before


async def test_a_key_takes_the_turn_from_a_warm_up_which_does_not_come_back(world: World) -> None:
    await world.usage(TASK)
    asked = len(world.simulator.bodies("/api/generate"))
    warming = asyncio.ensure_future(world.model().warm((await next_request()).prompt))
    await until(lambda: len(world.simulator.bodies("/api/generate")) > asked)
    key = at("a = $0\n")
    packed = await WholeFile().pack(key, 8192)
    await world.usage(request_for(key, packed, 20, Urgency.TYPING, 0.0))
    assert not await warming
    assert len(world.simulator.bodies("/api/generate")) == asked + 2


async def test_what_was_not_read_to_its_end_is_read_at_the_next_pause(world: World) -> None:
    await world.usage(TASK)
    prompt = (await next_request()).prompt
    asked = len(world.simulator.bodies("/api/generate"))
    warming = asyncio.ensure_future(world.model().warm(prompt))
    await until(lambda: len(world.simulator.bodies("/api/generate")) > asked)
    warming.cancel()
    await asyncio.gather(warming, return_exceptions=True)
    assert await world.model().warm(prompt)


async def test_a_model_is_idle_between_answers_and_while_it_gives_none(world: World) -> None:
    await world.usage(TASK)
    idle = [world.model().is_idle]
    async with aclosing(world.model(Role.PLANNER).stream(TASK)) as events:
        await anext(events)
        idle.append(world.model().is_idle)
    idle.append(world.model().is_idle)
    assert idle == [True, False, True]
