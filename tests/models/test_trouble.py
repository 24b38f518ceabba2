"""Every way in which a server goes wrong inside, and what the user gets in spite of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace

import pytest

from lsp_server.config.settings import AgentSettings, OllamaSettings, Residency, Settings
from lsp_server.features.model_house import ModelHouse
from lsp_server.models import role
from lsp_server.models.api import (
    ChatPrompt,
    Event,
    FillPrompt,
    Finish,
    Outcome,
    Request,
    Role,
    RoleModel,
    Text,
    Urgency,
)
from lsp_server.models.directory import Directory
from lsp_server.models.errors import (
    Loading,
    ModelError,
    ModelMissing,
    RunnerCrashed,
    StreamBroken,
    Superseded,
)
from lsp_server.models.learning import learn_here
from tests.simulator.catalogue import glm_flash, gpt_oss, repeating, tiny
from tests.simulator.clock import VirtualClock
from tests.simulator.engine import Engine
from tests.simulator.faults import Fault, Kind
from tests.simulator.hardware import VERSIONS, Hardware
from tests.simulator.scripts import always
from tests.simulator.simulator import Simulator
from tests.simulator.values import Answer, Ask, Format
from tests.waiting import until

TIMED = Hardware(prefill=3000.0, decode=100.0, disk=2e9, load_base=0.25)
SAID = "one two three four five six seven eight nine ten"
CHAT = ChatPrompt("be brief", "# map\n", "What is this?")
FILL = FillPrompt("be brief", "# map\n", "x = ", "\n", "python", "a.py")
QUESTION = Request(CHAT, 100)
KEY = Request(FILL, 20, Urgency.TYPING)


def continued(ask: Ask) -> Answer:
    """Say what is still missing of `SAID`, as a model that goes on from its own words."""
    sizes = range(len(SAID), -1, -1)
    begun = next(size for size in sizes if ask.prompt.endswith(SAID[:size]))
    return Answer(SAID[begun:], "I think.")


async def _unmeasured(_ours: int) -> None:
    """Find no GPU, whatever this machine has."""


@dataclass
class World:
    """A simulator and a directory that share a clock."""

    simulator: Simulator
    directory: Directory

    def model(self, role: Role = Role.EXECUTOR) -> RoleModel:
        found = self.directory.ready(role)
        assert found is not None
        return found

    async def ask(self, request: Request = QUESTION, role: Role = Role.EXECUTOR) -> list[Event]:
        async with aclosing(self.model(role).stream(request)) as events:
            return [event async for event in events]

    @property
    def loads(self) -> list[str]:
        return [load.model for load in self.simulator.engine.loads]


def _opened(simulator: Simulator, agent: AgentSettings | None = None) -> World:
    settings = Settings(agent or AgentSettings(), OllamaSettings(host=simulator.url))
    clock = simulator.engine.clock
    return World(simulator, Directory(settings, clock, learn=learn_here, measure=_unmeasured))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    models = [gpt_oss(continued), glm_flash(continued)]
    async with Simulator(models, engine=Engine(TIMED, clock=VirtualClock())) as simulator:
        made = _opened(simulator)
        await made.directory.refresh()
        yield made
        simulator.faults.released.set()
        await made.directory.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the watchdog for silent streams wait for a moment only."""
    monkeypatch.setattr(role, "_SILENCE_SECONDS", 0.1)
    monkeypatch.setattr(role, "_SILENCE_FACTOR", 0.0)


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Text))


async def test_a_load_that_fails_is_told_and_the_next_request_loads_again(world: World) -> None:
    world.simulator.faults.add(Fault(Kind.LOAD_FAILS))
    with pytest.raises(RunnerCrashed) as raised:
        await world.ask()
    assert raised.value.sentence.endswith(".")
    assert raised.value.advice
    assert text_of(await world.ask()) == SAID


async def test_while_a_load_takes_a_minute_keys_go_on_at_once_and_nothing_is_cancelled(
    world: World,
) -> None:
    world.simulator.faults.add(Fault(Kind.LOAD_SLOW, seconds=60.0))
    with pytest.raises(Loading):
        await world.ask(KEY)
    asked = asyncio.ensure_future(world.ask())
    assert text_of(await asked) == SAID
    assert world.simulator.engine.clock.now() > 60
    assert world.loads == ["glm-4.7-flash:latest"]


@pytest.mark.parametrize(
    "fault", [Fault(Kind.READING_CRASHES), Fault(Kind.WRITING_CRASHES, after=3)]
)
async def test_after_a_crash_the_model_is_loaded_again_and_the_answer_is_whole(
    world: World, fault: Fault
) -> None:
    world.simulator.faults.add(fault)
    assert text_of(await world.ask()) == SAID
    assert world.loads == ["glm-4.7-flash:latest"] * 2


async def test_a_crash_loses_what_was_read_and_the_forecast_knows(world: World) -> None:
    await world.ask()
    world.simulator.faults.add(Fault(Kind.READING_CRASHES))
    *_, last = await world.ask()
    assert isinstance(last, Finish)
    assert not last.usage.cached_tokens


async def test_a_key_that_meets_a_crash_is_not_tried_again(world: World) -> None:
    await world.ask()
    world.simulator.faults.add(Fault(Kind.READING_CRASHES))
    with pytest.raises(RunnerCrashed):
        await world.ask(KEY)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", [Fault(Kind.READING_STALLS), Fault(Kind.STALL, "/api/chat", 3)])
async def test_a_question_outlives_a_silent_server(world: World, fault: Fault) -> None:
    await world.ask()
    world.simulator.faults.add(fault)
    assert text_of(await world.ask()) == SAID


@pytest.mark.usefixtures("impatient")
async def test_a_key_leaves_a_server_that_reads_for_ever_when_the_next_key_comes(
    world: World,
) -> None:
    await world.ask()
    world.simulator.faults.add(Fault(Kind.READING_STALLS))
    stuck = asyncio.ensure_future(world.ask(KEY))
    await until(lambda: bool(world.simulator.bodies("/api/generate")[2:]) or stuck.done())
    assert text_of(await world.ask(KEY)) == SAID
    with pytest.raises((Superseded, StreamBroken)):
        await stuck


@pytest.mark.usefixtures("impatient")
async def test_a_wedged_server_ends_in_a_sentence_not_in_waiting(world: World) -> None:
    await world.ask()
    world.simulator.faults.add(Fault(Kind.WEDGE, after=2))
    with pytest.raises(StreamBroken) as raised:
        await world.ask()
    assert raised.value.sentence.endswith(".")
    assert raised.value.advice


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.HALF, "/api/chat", 3),
        Fault(Kind.CUT, "/api/chat", 3),
        Fault(Kind.ERROR_LINE, "/api/chat", 3, text="error parsing tool call: raw='{', err=end"),
        Fault(Kind.STATUS, "/api/chat", status=503, text="server busy, please try again."),
        Fault(Kind.EXTRA, "/api/chat"),
        Fault(Kind.NO_METRICS, "/api/chat"),
        Fault(Kind.HUGE, "/api/chat"),
        Fault(Kind.SPLIT, "/api/chat"),
        Fault(Kind.JOINED, "/api/chat"),
    ],
    ids=lambda fault: fault.kind.name.lower(),
)
async def test_an_answer_arrives_whole_in_spite_of_a_spoiled_stream(
    world: World, fault: Fault
) -> None:
    await world.ask()
    world.simulator.faults.add(fault)
    events = await world.ask()
    assert text_of(events) == SAID
    assert isinstance(events[-1], Finish)
    assert events[-1].outcome is Outcome.STOP
    assert world.loads == ["glm-4.7-flash:latest"]


async def test_numbers_that_are_missing_are_not_taken_for_zero(world: World) -> None:
    world.simulator.faults.add(Fault(Kind.NO_METRICS, "/api/chat"))
    *_, last = await world.ask()
    assert isinstance(last, Finish)
    assert last.usage.prompt_tokens is None


async def test_reasoning_without_an_answer_ends_as_an_answer_without_text() -> None:
    async with Simulator([gpt_oss(always("", "I think and think."))]) as simulator:
        world = _opened(simulator)
        await world.directory.refresh()
        events = await world.ask(role=Role.PLANNER)
        assert text_of(events) == ""
        assert isinstance(events[-1], Finish)
        await world.directory.close()


async def test_a_model_that_repeats_itself_ends_without_its_final_record() -> None:
    agent = AgentSettings(executor_model="r", planner_model="r")
    async with Simulator([tiny("r:latest", Format.CHATML, repeating("no "))]) as simulator:
        world = _opened(simulator, agent)
        await world.directory.refresh()
        events = await world.ask()
        assert text_of(events).startswith("no no")
        assert isinstance(events[-1], Finish)
        assert events[-1].outcome is Outcome.NO_DONE
        await world.directory.close()


async def test_a_model_that_was_deleted_is_missed_by_name(world: World) -> None:
    await world.ask()
    gone = next(model for model in world.simulator.models if "glm" in model.name)
    world.simulator.models.remove(gone)
    with pytest.raises(ModelMissing, match=r"glm-4\.7-flash"):
        await world.ask()
    state = await world.directory.refresh()
    assert state.playing[Role.EXECUTOR] == "gpt-oss:20b"


async def test_a_load_by_someone_else_shows_in_the_state_and_costs_one_load(world: World) -> None:
    await world.ask()
    model = next(model for model in world.simulator.models if "glm" in model.name)
    async with world.simulator.engine.using(model, {"num_ctx": 8192}, {}):
        pass
    state = await world.directory.refresh()
    assert [one.context for one in state.running] == [8192]
    assert text_of(await world.ask()) == SAID
    assert len(world.loads) == 3


async def test_who_took_a_model_out_of_memory_is_explained_until_it_is_back(world: World) -> None:
    await world.ask()
    model = next(model for model in world.simulator.models if "glm" in model.name)
    world.simulator.engine.unload(model)
    await world.directory.refresh()
    told = [one.sentence for one in ModelHouse(world.directory).status.notices]
    assert any(
        one.startswith("glm-4.7-flash:latest is no longer in memory: another program")
        for one in told
    )
    await world.ask()
    await world.directory.refresh()
    told = [one.sentence for one in ModelHouse(world.directory).status.notices]
    assert not any("no longer in memory" in one for one in told)


async def test_a_swap_of_our_own_is_not_told_as_an_eviction() -> None:
    engine = Engine(replace(TIMED, vram=24 << 30), clock=VirtualClock())
    async with Simulator([gpt_oss(continued), glm_flash(continued)], engine=engine) as simulator:
        made = _opened(simulator, AgentSettings(residency=Residency.SWAP))
        await made.directory.refresh()
        await made.ask()
        await made.ask(role=Role.PLANNER)
        assert (await made.directory.refresh()).evicted == ()
        await made.directory.close()


async def test_a_pull_that_breaks_off_tells_and_goes_on_from_there(world: World) -> None:
    world.simulator.pullable.append(tiny("new:latest", Format.CHATML))
    world.simulator.faults.add(Fault(Kind.ERROR_LINE, "/api/pull", 4, text="connection reset"))
    with pytest.raises(ModelError, match="connection reset"):
        [step async for step in world.directory.pull("new")]
    steps = [step async for step in world.directory.pull("new")]
    assert min(step.completed for step in steps if step.completed) > 250_000
    assert steps[-1].status == "success"


@pytest.mark.parametrize("days", [-4000, 4000])
async def test_a_server_whose_clock_is_wrong_serves_as_ever(world: World, days: int) -> None:
    world.simulator.skew = days * 86400.0
    await world.ask()
    state = await world.directory.refresh()
    assert [one.name for one in state.running] == ["glm-4.7-flash:latest"]
    assert text_of(await world.ask()) == SAID
    assert len(world.loads) == 1


@pytest.mark.parametrize("version", sorted(VERSIONS))
async def test_every_version_of_the_server_serves_both_roles_without_a_reload(version: str) -> None:
    models = [gpt_oss(always(SAID, "I think.")), glm_flash(always(SAID))]
    async with Simulator(models, engine=Engine(TIMED, VERSIONS[version])) as simulator:
        world = _opened(simulator)
        state = await world.directory.refresh()
        assert state.version == VERSIONS[version].name
        for role_asked in (Role.EXECUTOR, Role.PLANNER, Role.EXECUTOR, Role.PLANNER):
            assert text_of(await world.ask(role=role_asked)) == SAID
        assert text_of(await world.ask(KEY)) == SAID
        assert sorted(world.loads) == ["glm-4.7-flash:latest", "gpt-oss:20b"]
        await world.directory.close()
