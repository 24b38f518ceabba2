"""Ollama's scheduler: what is loaded, what must go for it, who waits, and how long it all takes."""

import asyncio
import itertools
import math
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.simulator import memory
from tests.simulator.clock import SimClock, VirtualClock
from tests.simulator.faults import Faults, Kind
from tests.simulator.hardware import GIB, INSTANT, VERSIONS, Hardware, Version
from tests.simulator.refusals import Refused, overflow
from tests.simulator.slots import Prompts, Rules, Slot
from tests.simulator.tokens import tokeniser_of
from tests.simulator.values import SimModel

DEFAULT_CONTEXT = 4096
# Without num_ctx the server chooses by the GPU's memory, and less if that does not fit.
_CONTEXTS = ((47 * GIB, 262144), (23 * GIB, 32768), (0, DEFAULT_CONTEXT))
_RUNNER_OPTIONS = (
    *("num_ctx", "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread"),
    "draft_num_predict",
)
_STOPPED = (
    "model runner has unexpectedly stopped, this may be due to resource limitations or an internal "
    "error, check ollama server logs for details"
)
_BROKE_OFF = "an error was encountered while running the model: unexpected EOF"
_LOAD_FAILED = "llama-server process has terminated: exit status 1"
_FREE_SHARE = 0.8
_POLL_SECONDS = 1.0
_DECODE_CANCEL_SECONDS = 0.03
_FOR_EVER = 9.2e9
_KEPT_BY_SLIDING = 4
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
    crashed: bool = False

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
    wedged: bool = False


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
        self.faults = Faults()
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
                self.runners.pop(model.key, None)

    def in_memory(self) -> list[Runner]:
        """Return what is loaded now, the longest-living first."""
        self._expire()
        return sorted(self.runners.values(), key=lambda runner: -runner.expires)

    def unload(self, model: SimModel) -> None:
        """Let `model` leave as soon as nobody uses it."""
        runner = self.runners.get(model.key)
        if runner is not None and runner.users:
            runner.keep = 0
        else:
            self.runners.pop(model.key, None)

    @asynccontextmanager
    async def seat(self, runner: Runner) -> AsyncGenerator[Seat, None]:
        """Wait for a slot of `runner`, first come first served, and hold it."""
        await runner.slots_free.acquire()
        seat = Seat(runner, next(self._tasks))
        try:
            if runner.crashed:
                raise Refused(500, _STOPPED)
            yield seat
        finally:
            if seat.slot is not None:
                seat.slot.tokens = _slid(seat.slot.tokens + seat.fresh[:-1], runner.context)
                seat.slot.busy = False
            if not seat.wedged:
                runner.slots_free.release()

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
        if self.faults.inside(Kind.READING_STALLS):
            await self.faults.released.wait()
        if self.faults.inside(Kind.READING_CRASHES):
            raise self._crash(runner, _STOPPED)
        await self._prefill(seat, ids, kept)
        runner.prompts.read(slot, ids, seat.task)
        return Reading(ids, kept, self.clock.now() - began)

    async def wrote(self, seat: Seat, piece: str) -> None:
        """Add a generated piece to the slot, after the time that it takes."""
        if self.faults.inside(Kind.WRITING_CRASHES, len(seat.fresh)):
            raise self._crash(seat.runner, _BROKE_OFF if seat.fresh else _STOPPED)
        if self.faults.inside(Kind.WEDGE, len(seat.fresh)):
            seat.wedged = True
            await self.faults.released.wait()
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
        began = self.clock.now()
        try:
            for _, seconds in self._batches(seat.runner, kept, len(ids)):
                await self._wait(seconds)
        except asyncio.CancelledError:
            self._leave_prefill(seat, ids, kept, began)
            raise

    def _batches(self, runner: Runner, kept: int, total: int) -> Iterator[tuple[int, float]]:
        """Yield how much is read after each batch, and the seconds that the batch takes."""
        rate, done = self._rate(runner, self.hardware.prefill), kept
        while done < total:
            step = min(runner.batch, total - done)
            slower = 1 + done / self.hardware.depth if self.hardware.depth else 1.0
            done += step
            yield done, step * slower / rate

    def _leave_prefill(self, seat: Seat, ids: Sequence[int], kept: int, began: float) -> None:
        assert seat.slot is not None
        passed = self.clock.now() - began
        noticed = math.ceil(passed / _POLL_SECONDS + 1e-9) * _POLL_SECONDS
        # The old engine looks for the client only when it has a token to send.
        over = noticed if self.version.llama_server else math.inf
        done, at = kept, 0.0
        if self._timed:
            for read, seconds in self._batches(seat.runner, kept, len(ids)):
                if at >= over - 1e-9:
                    break
                done, at = read, at + seconds
        seat.slot.tokens = list(ids[:done])
        seat.slot.free_at = began + at

    def _crash(self, runner: Runner, text: str) -> Refused:
        """Let the runner's process end, with all that it has read, and return what is told."""
        runner.crashed = True
        self.runners.pop(runner.model.key, None)
        return Refused(500, text)

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
        runner = self.runners.get(model.key)
        return runner if runner is not None and _same(runner.options, wanted) else None

    async def _load(self, model: SimModel, wanted: dict[str, Any]) -> Runner:
        context, batch = self._sizes(model, wanted)
        evicted = await self._make_room(model, context, batch)
        if "num_ctx" not in wanted:
            context, batch = self._reduced(model, wanted, (context, batch))
        size = memory.true_size(model, context, batch, self.hardware)
        free = self._free()
        slow = self.faults.inside(Kind.LOAD_SLOW)
        seconds = self.hardware.load_base + self._over(model.size, self.hardware.disk)
        await self._wait(seconds + (slow.seconds if slow else 0.0))
        if self.faults.inside(Kind.LOAD_FAILS):
            raise Refused(500, _LOAD_FAILED)
        runner = Runner(
            model,
            wanted,
            context,
            batch,
            size,
            memory.on_gpu(size, free),
            Prompts(self.hardware.num_parallel, self._rules(model, context, batch)),
            asyncio.Semaphore(self.hardware.num_parallel),
            self.hardware.keep_alive,
            idle_since=self.clock.now(),
        )
        self.runners[model.key] = runner
        self.loads.append(Load(model.name, context, evicted))
        return runner

    def _sizes(self, model: SimModel, wanted: dict[str, Any]) -> tuple[int, int]:
        """Return context and batch: as wanted, or as the server chooses by its memory."""
        tier = next(size for least, size in _CONTEXTS if self.hardware.vram >= least)
        own = self.hardware.context_length or tier
        context = min(int(wanted.get("num_ctx", own)), model.trained_context)
        context = -(-context // 256) * 256 if self._timed else context
        return context, int(wanted.get("num_batch") or _auto_batch(context))

    def _reduced(
        self, model: SimModel, wanted: dict[str, Any], sizes: tuple[int, int]
    ) -> tuple[int, int]:
        """Return smaller sizes where a context that nobody asked for does not fit."""
        for context in (32768, DEFAULT_CONTEXT):
            size = memory.true_size(model, *sizes, self.hardware)
            if size > self._free() and context < sizes[0]:
                sizes = context, int(wanted.get("num_batch") or _auto_batch(context))
        return sizes

    async def _make_room(self, model: SimModel, context: int, batch: int) -> tuple[str, ...]:
        evicted: list[str] = []
        if model.key in self.runners:
            await self._evict(self.runners[model.key])
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
        self.runners.pop(runner.model.key, None)
        await self._wait(self.hardware.recovery)

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


def _slid(tokens: list[int], context: int) -> list[int]:
    """Return what is left after a full context dropped the older half, as often as it had to."""
    while len(tokens) > context:
        left = (context - _KEPT_BY_SLIDING) // 2
        tokens = tokens[:_KEPT_BY_SLIDING] + tokens[_KEPT_BY_SLIDING + left :]
    return tokens


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
