"""Which models are in memory, and what is kept of the prompts they have read."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.refusals import overflow
from tests.simulator.tokens import tokeniser_of
from tests.simulator.values import SimModel

DEFAULT_CONTEXT = 4096
_RUNNER_OPTIONS = ("num_ctx", "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread")


@dataclass
class Runner:
    """One loaded model: its options, and the tokens that its slot holds."""

    model: SimModel
    options: dict[str, Any]
    context: int
    keep_alive: Any = None
    slot: list[int] = field(default_factory=list)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True)
class Reading:
    """What reading a prompt took."""

    tokens: int
    cached: int


class Engine:
    """Loads models and reads prompts."""

    def __init__(self) -> None:
        self.runners: dict[str, Runner] = {}
        self.loads: list[tuple[str, int]] = []

    async def acquire(self, model: SimModel, options: dict[str, Any], shift: bool) -> Runner:  # noqa: FBT001
        """Return the runner for `model`, restarted if an option of its load differs."""
        wanted = {name: options[name] for name in _RUNNER_OPTIONS if name in options}
        wanted["shift"] = shift
        runner = self.runners.get(model.name)
        if runner is None or runner.options != wanted:
            context = min(int(options.get("num_ctx", DEFAULT_CONTEXT)), model.trained_context)
            runner = self.runners[model.name] = Runner(model, wanted, context)
            self.loads.append((model.name, context))
        return runner

    def unload(self, model: SimModel) -> None:
        """Forget the runner of `model`."""
        self.runners.pop(model.name, None)

    @asynccontextmanager
    async def turn(self, runner: Runner) -> AsyncIterator[None]:
        """Wait for the runner's only slot, first come first served."""
        async with runner.turn:
            yield

    async def read(self, runner: Runner, prompt: str) -> Reading:
        """Read `prompt` into the slot; what the slot shares with it from its start is reused."""
        ids = tokeniser_of(runner.model).encode(prompt)
        if len(ids) >= runner.context:
            raise overflow(len(ids), runner.context)
        shared = common_prefix(runner.slot, ids)
        runner.slot = ids
        await asyncio.sleep(0)
        return Reading(len(ids), min(shared, max(len(ids) - 1, 0)))

    async def wrote(self, runner: Runner, piece: str) -> None:
        """Add a generated piece to the slot."""
        runner.slot += tokeniser_of(runner.model).encode(piece)
        await asyncio.sleep(0)


def common_prefix(one: Iterable[int], other: Iterable[int]) -> int:
    """Return how many tokens two sequences share from their start."""
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in pairs)
