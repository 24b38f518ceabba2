"""Ollama's scheduler: what is loaded, what must go for it, who waits, and how long it all takes."""

import asyncio
import itertools
import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.simulator import memory
from tests.simulator.clock import SimClock, VirtualClock
from tests.simulator.hardware import INSTANT, VERSIONS, Hardware, Version
from tests.simulator.refusals import Refused, overflow
from tests.simulator.slots import Prompts, Rules, Slot
from tests.simulator.tokens import tokeniser_of
from tests.simulator.values import SimModel

DEFAULT_CONTEXT = 4096
_RUNNER_OPTIONS = ("num_ctx", "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread")
_FREE_SHARE = 0.8
_POLL_SECONDS = 1.0
_DECODE_CANCEL_SECONDS = 0.03
_FOR_EVER = 9.2e9
_WAKE_SECONDS = 0.05


@dataclass
class Runner:
    """One loaded model."""

    model: SimModel
    options: dict[str, Any]
    context: int
    batch: int
    size: int
    size_vram: int
    prompts: Prompts
    slots_free: asyncio.Semaphore
    keep: float = 300.0
    idle_since: float = 0.0
    users: int = 0

    @property
    def expires(self) -> float:
        """When it leaves memory if nobody comes."""
        return self.idle_since + self.keep


@dataclass(frozen=True)
class Load:
    """One load that happened, and what had to leave for it."""

    model: str
    context: int
    evicted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What reading a prompt took."""

    ids: Sequence[int]
    cached: int
    seconds: float


@dataclass
class Seat:
    """A runner's slot, taken by one request; `fresh` is how many tokens it generated."""

    runner: Runner
    task: int
    slot: Slot | None = None
    fresh: list[int] = field(default_factory=list)


class Engine:
    """Loads models, reads prompts, writes tokens, each in its time."""

    def __init__(
        self,
        hardware: Hardware = INSTANT,
        version: Version = VERSIONS["0.33"],
        clock: SimClock | None = None,
    ) -> None:
        self.hardware, self.version = hardware, version
        self.clock: SimClock = clock or VirtualClock()
        self.runners: dict[str, Runner] = {}
        self.loads: list[Load] = []
        self.foreign = 0
        self._loading = asyncio.Lock()
        self._pending = 0
        self._tasks = itertools.count()

    @asynccontextmanager
    async def using(
        self, model: SimModel, options: dict[str, Any], settings: dict[str, Any]
    ) -> AsyncGenerator[Runner, None]:
        """Bring `model` into memory with `options` and keep it there meanwhile.

        `settings` holds the request's keep_alive and shift, where it has them.
        """
        wanted = {name: options[name] for name in _RUNNER_OPTIONS if name in options}
        wanted["shift"] = settings.get("shift", model.family != "deepseek2")
        runner = self._fitting(model, wanted) or await self._schedule(model, wanted)
        if "keep_alive" in settings:
            runner.keep = keep_seconds(settings["keep_alive"])
        runner.users += 1
        try:
            yield runner
        finally:
            runner.users -= 1
            runner.idle_since = self.clock.now()
            if runner.keep == 0 and not runner.users:
                self.runners.pop(model.name, None)

    def in_memory(self) -> list[Runner]:
        """Return what is loaded now, the longest-living first."""
        self._expire()
        return sorted(self.runners.values(), key=lambda runner: -runner.expires)

    def unload(self, model: SimModel) -> None:
        """Let `model` leave as soon as nobody uses it."""
        runner = self.runners.get(model.name)
        if runner is not None and runner.users:
            runner.keep = 0
        else:
            self.runners.pop(model.name, None)

    @asynccontextmanager
    async def seat(self, runner: Runner) -> AsyncGenerator[Seat, None]:
        """Wait for a slot of `runner`, first come first served, and hold it."""
        async with runner.slots_free:
            seat = Seat(runner, next(self._tasks))
            try:
                yield seat
            finally:
                if seat.slot is not None:
                    seat.slot.tokens += seat.fresh[:-1]
                    seat.slot.busy = False

    async def read(self, seat: Seat, ids: Sequence[int]) -> Reading:
        """Read the prompt `ids`; what the slot shares with it from its start is reused."""
        runner = seat.runner
        if len(ids) >= runner.context:
            raise overflow(len(ids), runner.context)
        slot, kept = runner.prompts.take(ids, self.clock.now())
        if not runner.options["shift"] and self.version.shift_off_drops_cache:
            slot.tokens, kept = [], 0
        seat.slot = slot
        began = self.clock.now()
        await self._wait(slot.free_at - began)
        await self._prefill(seat, ids, kept)
        runner.prompts.read(slot, ids, seat.task)
        return Reading(ids, kept, self.clock.now() - began)

    async def wrote(self, seat: Seat, piece: str) -> None:
        """Add a generated piece to the slot, after the time that it takes."""
        try:
            await self._wait(1 / self._rate(seat.runner, self.hardware.decode))
        except asyncio.CancelledError:
            if seat.slot is not None:
                seat.slot.free_at = self.clock.now() + _DECODE_CANCEL_SECONDS * self._timed
            raise
        seat.fresh += tokeniser_of(seat.runner.model).encode(piece)

    @property
    def _timed(self) -> bool:
        return self.hardware.prefill > 0

    async def _prefill(self, seat: Seat, ids: Sequence[int], kept: int) -> None:
        """Read batch by batch; who leaves is noticed at the next poll, after the batch."""
        rate, batch = self._rate(seat.runner, self.hardware.prefill), seat.runner.batch
        began = self.clock.now()
        done = kept
        try:
            while done < len(ids):
                step = min(batch, len(ids) - done)
                await self._wait(step / rate)
                done += step
        except asyncio.CancelledError:
            self._leave_prefill(seat, ids, kept, began)
            raise

    def _leave_prefill(self, seat: Seat, ids: Sequence[int], kept: int, began: float) -> None:
        assert seat.slot is not None
        rate, batch = self._rate(seat.runner, self.hardware.prefill), seat.runner.batch
        passed = self.clock.now() - began
        total = (len(ids) - kept) / rate
        noticed = math.ceil(passed / _POLL_SECONDS + 1e-9) * _POLL_SECONDS
        # The old engine looks for the client only when it has a token to send.
        over = min(noticed, total) if self.version.llama_server else total
        steps = math.ceil(over * rate / batch) if math.isfinite(rate) else 0
        done = min(kept + steps * batch, len(ids))
        seat.slot.tokens = list(ids[:done])
        seat.slot.free_at = began + min(steps * batch / rate, total)

    async def _schedule(self, model: SimModel, wanted: dict[str, Any]) -> Runner:
        """Wait for the one loader; the queue before it is limited."""
        if self._pending >= self.hardware.max_queue:
            raise Refused(503, "server busy, please try again.  maximum pending requests exceeded")
        self._pending += 1
        try:
            async with self._loading:
                return self._fitting(model, wanted) or await self._load(model, wanted)
        finally:
            self._pending -= 1

    def _fitting(self, model: SimModel, wanted: dict[str, Any]) -> Runner | None:
        self._expire()
        runner = self.runners.get(model.name)
        return runner if runner is not None and _same(runner.options, wanted) else None

    async def _load(self, model: SimModel, wanted: dict[str, Any]) -> Runner:
        context = min(int(wanted.get("num_ctx", DEFAULT_CONTEXT)), model.trained_context)
        context = -(-context // 256) * 256 if self._timed else context
        batch = int(wanted.get("num_batch") or _auto_batch(context))
        evicted = await self._make_room(model, context, batch)
        size = memory.true_size(model, context, batch, self.hardware)
        free = self._free()
        await self._wait(self.hardware.load_base + self._over(model.size, self.hardware.disk))
        runner = Runner(
            model,
            wanted,
            context,
            batch,
            size,
            memory.on_gpu(size, free),
            Prompts(self.hardware.num_parallel, self._rules(model, context, batch)),
            asyncio.Semaphore(self.hardware.num_parallel),
            idle_since=self.clock.now(),
        )
        self.runners[model.name] = runner
        self.loads.append(Load(model.name, context, evicted))
        return runner

    async def _make_room(self, model: SimModel, context: int, batch: int) -> tuple[str, ...]:
        evicted: list[str] = []
        if model.name in self.runners:
            await self._evict(self.runners[model.name])
        predicted = memory.predicted_size(model, context, batch, self.hardware)
        while self.runners and (
            len(self.runners) >= self.hardware.max_loaded or predicted > _FREE_SHARE * self._free()
        ):
            victim = self._victim()
            await self._evict(victim)
            evicted.append(victim.model.name)
        return tuple(evicted)

    def _victim(self) -> Runner:
        idle = [runner for runner in self.runners.values() if not runner.users]
        return min(idle or self.runners.values(), key=lambda one: (one.keep, one.model.name))

    async def _evict(self, runner: Runner) -> None:
        while runner.users:
            await self._wait(_WAKE_SECONDS)
        self.runners.pop(runner.model.name, None)

    def _free(self) -> int:
        if not self.hardware.vram:
            return 1 << 60
        return (
            self.hardware.vram
            - self.foreign
            - sum(runner.size_vram for runner in self.runners.values())
        )

    def _rules(self, model: SimModel, context: int, batch: int) -> Rules:
        window = 0 if self.hardware.swa_full else model.shape("attention.sliding_window", 0)
        cache = memory.kv_bytes(model, context, batch, self.hardware)
        ram = self.hardware.cache_ram
        plain = not self.version.llama_server
        return Rules(window, batch, max(cache // max(context, 1), 1), ram, plain)

    def _rate(self, runner: Runner, rate: float) -> float:
        if rate <= 0:
            return math.inf
        share = runner.size_vram / runner.size if runner.size else 1.0
        # What lies in host memory is read some fifteen times slower.
        return rate / (share + (1 - share) * 15)

    def _over(self, amount: float, rate: float) -> float:
        return amount / rate if rate > 0 else 0.0

    async def _wait(self, seconds: float) -> None:
        await self.clock.sleep(max(seconds, 0.0))

    def _expire(self) -> None:
        now = self.clock.now()
        gone = [name for name, one in self.runners.items() if not one.users and one.expires <= now]
        for name in gone:
            del self.runners[name]


def _same(has: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether no restart is needed; a negative num_gpu fits any."""
    names = {*has, *wanted} - {"num_gpu"}
    if any(has.get(name) != wanted.get(name) for name in names):
        return False
    layers = wanted.get("num_gpu", -1)
    return bool(layers < 0 or has.get("num_gpu", -1) == layers)


def _auto_batch(context: int) -> int:
    return 2048 if context > 32768 else 1024 if context > 4096 else 512


_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def keep_seconds(value: Any) -> float:
    """Return a keep_alive in seconds: a number, or a duration as Go writes it."""
    if isinstance(value, int | float):
        seconds = float(value)
    else:
        unit = next((unit for unit in ("ms", "s", "m", "h") if str(value).endswith(unit)), "s")
        seconds = float(str(value).removesuffix(unit)) * _UNITS[unit]
    return _FOR_EVER if seconds < 0 else seconds
