"""How a model fills holes is found out once, after its first load."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace

import pytest

from lsp_server.common.clock import SystemClock
from lsp_server.config.settings import AgentSettings, OllamaSettings, Settings
from lsp_server.models.api import FillPrompt, Request, Role, Text
from lsp_server.models.directory import Directory
from lsp_server.models.errors import ServerBusy
from lsp_server.models.fim import FAMILIES, FillTokens
from lsp_server.models.learning import learn_here
from lsp_server.models.probing import Fills, find_fill
from tests.models.test_directory import unmeasured
from tests.models.test_meter import Kept
from tests.simulator.catalogue import glm_flash
from tests.simulator.scripts import always
from tests.simulator.simulator import Simulator
from tests.waiting import until

HOLE = FillPrompt("s", "# map\n", "a = ", "\nb = 2\n", "python", "a.py")
GLM = FAMILIES[0]


class World:
    """A simulator whose only model fills holes in the orders `fills`."""

    def __init__(self, simulator: Simulator, kept: Kept) -> None:
        settings = Settings(AgentSettings(), OllamaSettings(host=simulator.url))
        self.simulator, self.kept = simulator, kept
        self.directory = Directory(settings, SystemClock(), kept, learn_here, unmeasured)

    async def fill(self) -> str:
        """Fill a hole as a task would, and return the prompt that was sent."""
        model = self.directory.ready(Role.EXECUTOR)
        assert model is not None
        async with aclosing(model.stream(Request(HOLE, 8))) as events:
            assert "".join([one.text async for one in events if isinstance(one, Text)]) == "1"
        return next(one for one in reversed(self.prompts) if "b = 2" in one)

    @property
    def prompts(self) -> list[str]:
        paths = ("/api/generate", "/api/chat")
        bodies = [body for path in paths for body in self.simulator.bodies(path)]
        return [
            str(body.get("prompt") or body.get("messages"))
            for body in bodies
            if body.get("prompt") or body.get("messages")
        ]

    @property
    def found(self) -> list[bytes]:
        return [value for key, value in self.kept.items() if key.startswith("fill ")]

    @property
    def probes(self) -> int:
        return sum("7351" in prompt for prompt in self.prompts)


Open = Callable[..., Awaitable[World]]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        async def opening(*fills: str, kept: Kept | None = None) -> World:
            model = replace(glm_flash(always("1")), fills=fills)
            simulator = await stack.enter_async_context(Simulator([model]))
            world = World(simulator, kept if kept is not None else Kept())
            stack.push_async_callback(world.directory.close)
            await world.directory.refresh()
            return world

        yield opening


@pytest.mark.parametrize(
    ("fills", "found", "probes"),
    [
        (("below first", "above first"), b"below first", 1),
        (("above first",), b"above first", 2),
        ((), b"chat", 2),
    ],
)
async def test_a_hole_that_cannot_be_missed_decides(
    opened: Open, fills: tuple[str, ...], found: bytes, probes: int
) -> None:
    world = await opened(*fills)
    assert GLM.middle in await world.fill()
    await world.directory.refresh()
    await until(lambda: world.found)
    assert world.found == [found]
    assert world.probes == probes
    await until(world.directory._probe.done)  # type: ignore[union-attr]
    prompt = await world.fill()
    marks = [prompt.find(mark) for mark in (GLM.suffix, GLM.prefix)]
    expected = {b"below first": marks == sorted(marks), b"above first": marks != sorted(marks)}
    assert expected.get(found, marks == [-1, -1])


async def test_what_was_found_is_remembered_by_digest(opened: Open) -> None:
    kept = Kept()
    first = await opened("above first", kept=kept)
    await first.fill()
    await first.directory.refresh()
    await until(lambda: first.found)
    again = await opened("above first", kept=kept)
    await again.fill()
    await again.directory.refresh()
    assert again.probes == 0


async def test_nothing_is_asked_and_nothing_loaded_before_someone_needs_the_model(
    opened: Open,
) -> None:
    world = await opened("below first")
    await world.directory.refresh()
    assert world.probes == 0
    assert world.simulator.engine.loads == []


async def test_a_model_that_is_needed_elsewhere_is_not_decided_on() -> None:
    async def busy(_fill: FillTokens) -> None:
        return None

    with pytest.raises(ServerBusy):
        await find_fill(GLM, busy)


def test_damage_in_what_was_kept_means_undecided() -> None:
    assert Fills(Kept({"fill 1 d": b"\xff?"})).is_due("d")
