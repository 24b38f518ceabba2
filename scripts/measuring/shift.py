"""An hour of keys and questions through the whole model layer, on a simulated GPU."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from lsp_server.config.settings import AgentSettings, OllamaSettings, Settings
from lsp_server.models.api import ChatPrompt, FillPrompt, Request, Role, Urgency
from lsp_server.models.directory import Directory
from lsp_server.models.errors import Loading
from lsp_server.models.learning import learn_here
from lsp_server.models.prompts.shared import SYSTEM
from tests.simulator.catalogue import glm_flash, gpt_oss
from tests.simulator.engine import Engine
from tests.simulator.hardware import GIB, machine
from tests.simulator.scripts import always
from tests.simulator.simulator import Simulator

_MINUTES, _KEYS_A_MINUTE = 60, 10
_PAUSE_SECONDS = 70.0


@dataclass
class Shift:
    """What the hour came to.

    `loads` are all loads, `swaps` those for which another model had to leave; `helped_out` are
    keys that the built-in engine answered, `waited` those during which a load ended; `longest` is
    the most seconds that a key took. `sizes` are the runner options that each model was asked with.
    """

    loads: int = 0
    swaps: int = 0
    questions: int = 0
    keys: int = 0
    helped_out: int = 0
    waited: int = 0
    longest: float = 0.0
    sizes: dict[str, set[str]] = field(default_factory=dict)


async def shift(vram: int) -> Shift:
    """Type for an hour with six questions, three of them in a pause and three while typing."""
    models = [gpt_oss(always("It is so.")), glm_flash(always("x + y"))]
    simulator = Simulator(models, engine=Engine(machine("rtx4090", vram)))
    clock, found = simulator.engine.clock, Shift()

    async def measured(_ours: int) -> int:
        return vram * GIB

    async with simulator:
        settings = Settings(AgentSettings(), OllamaSettings(host=simulator.url))
        directory = Directory(settings, clock, learn=learn_here, measure=measured)
        await directory.refresh()
        for minute in range(_MINUTES):
            if minute % 10 == 5:  # noqa: PLR2004
                await clock.sleep(_PAUSE_SECONDS if minute % 20 == 15 else 0)  # noqa: PLR2004
                await _asked(directory)
                found.questions += 1
            for key in range(_KEYS_A_MINUTE):
                await clock.sleep(60 / _KEYS_A_MINUTE)
                loads = len(simulator.engine.loads)
                answered = await _typed(
                    directory, f"value_{minute} = {'z' * key}", found, clock.now
                )
                found.waited += answered and len(simulator.engine.loads) > loads
        await directory.close()
    _sum_up(simulator, found)
    return found


def _sum_up(simulator: Simulator, found: Shift) -> None:
    found.loads = len(simulator.engine.loads)
    found.swaps = sum(bool(load.evicted) for load in simulator.engine.loads)
    for one in simulator.received:
        options = one.body.get("options")
        if options:
            runner = f"{options.get('num_ctx')} {options.get('num_batch')}"
            found.sizes.setdefault(one.body["model"], set()).add(runner)


async def _typed(directory: Directory, line: str, found: Shift, now: Callable[[], float]) -> bool:
    """Type one key; return whether the model answered it."""
    model = directory.ready(Role.EXECUTOR)
    began = now()
    found.keys += 1
    prompt = FillPrompt(SYSTEM, "# map\n", f"import os\n{line}", "\n", "python", "a.py")
    try:
        if model is None:
            raise Loading("the executor")  # noqa: TRY301 - the same as if it were just loading
        async with aclosing(model.stream(Request(prompt, 8, Urgency.TYPING))) as events:
            await anext(events)
    except Loading:
        found.helped_out += 1
        return False
    finally:
        found.longest = max(found.longest, now() - began)
    return True


async def _asked(directory: Directory) -> None:
    model = directory.ready(Role.PLANNER)
    assert model is not None  # noqa: S101 - the simulator has both models
    prompt = ChatPrompt(SYSTEM, "# map\n", "Why?")
    async with aclosing(model.stream(Request(prompt, 64))) as events:
        async for _ in events:
            pass
