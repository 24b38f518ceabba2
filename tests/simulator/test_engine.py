"""The state of the simulated server: what is kept of prompts, and who has to leave memory."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.simulator.catalogue import glm_flash, gpt_oss
from tests.simulator.clock import VirtualClock
from tests.simulator.engine import Engine, Runner
from tests.simulator.hardware import VERSIONS, Hardware, machine
from tests.simulator.scripts import always
from tests.simulator.slots import Prompts, Rules
from tests.simulator.values import SimModel

GPT, GLM = gpt_oss(always("x")), glm_flash(always("x"))
RAM = 8 << 30
NOTHING: dict[str, Any] = {}


def ids(length: int, seed: int) -> list[int]:
    return [seed * 100_000 + number for number in range(length)]


def kept(prompts: Prompts, prompt: list[int], task: int) -> int:
    slot, shared = prompts.take(prompt, task)
    prompts.read(slot, prompt, task)
    slot.busy = False
    return shared


WINDOW = {2048: Rules(128, 2048, 24576, RAM), 512: Rules(128, 512, 24576, RAM)}
FULL = Rules(0, 2048, 54144, RAM)
P, Q = ids(6000, 1), ids(6000, 2)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [(WINDOW[2048], (6000, 3951, 3951)), (WINDOW[512], (6000, 5487, 5487)), (FULL, (6000,) * 3)],
)
def test_a_warmed_prefix_serves_long_tails(rules: Rules, expected: tuple[int, ...]) -> None:
    prompts = Prompts(1, rules)
    kept(prompts, P, 0)
    tails = [kept(prompts, P + ids(3000, seed), seed) for seed in (3, 4, 5)]
    assert tuple(tails) == expected


@pytest.mark.parametrize(("rules", "expected"), [(WINDOW[2048], 0), (WINDOW[512], 0), (FULL, 6000)])
def test_without_a_warm_up_a_window_loses_all(rules: Rules, expected: int) -> None:
    prompts = Prompts(1, rules)
    kept(prompts, P + ids(3000, 3), 0)
    assert kept(prompts, P + ids(3000, 4), 1) == expected


@pytest.mark.parametrize(("rules", "expected"), [(WINDOW[2048], 0), (WINDOW[512], 0), (FULL, 3000)])
def test_an_edit_in_the_middle(rules: Rules, expected: int) -> None:
    prompts = Prompts(1, rules)
    kept(prompts, P, 0)
    assert kept(prompts, P[:3000] + ids(3000, 6), 1) == expected


@pytest.mark.parametrize(
    ("rules", "expected"), [(WINDOW[2048], 4251), (WINDOW[512], 5787), (FULL, 6000)]
)
def test_a_prompt_comes_back_from_host_memory(rules: Rules, expected: int) -> None:
    prompts = Prompts(1, rules)
    kept(prompts, P + ids(300, 3), 0)
    kept(prompts, Q, 1)
    assert kept(prompts, P + ids(300, 4), 2) == expected


def test_host_memory_is_limited_and_the_oldest_goes_first() -> None:
    prompts = Prompts(1, Rules(0, 512, 1000, 13_000_000))
    for seed in (1, 2, 3, 4):
        kept(prompts, ids(6000, seed), seed)
    assert [saved.tokens[0] // 100_000 for saved in prompts.saved] == [2, 3]


def test_two_slots_keep_two_prompts() -> None:
    prompts = Prompts(2, FULL)
    kept(prompts, ids(4000, 1), 0)
    kept(prompts, ids(4000, 2), 1)
    longer = [kept(prompts, ids(4000, seed) + ids(20, 9), seed) for seed in (1, 2)]
    assert longer == [4000, 4000]


async def load(engine: Engine, model: SimModel, context: int = 131072) -> Runner:
    async with engine.using(model, {"num_ctx": context}, {"keep_alive": -1}) as runner:
        return runner


async def test_the_order_of_loads_decides_who_stays() -> None:
    first = Engine(machine("rtx6000"))
    await load(first, GPT)
    await load(first, GLM)
    assert [one.evicted for one in first.loads] == [(), ("gpt-oss:20b",)]
    second = Engine(machine("rtx6000"))
    await load(second, GLM)
    await load(second, GPT, 32768)
    assert [one.evicted for one in second.loads] == [(), ()]


async def test_a_model_that_does_not_fit_lies_partly_in_host_memory() -> None:
    runner = await load(Engine(machine("rtx4090")), GLM)
    assert runner.size_vram < runner.size
    small = await load(Engine(machine("rtx4090")), GPT, 32768)
    assert small.size_vram == small.size


async def test_a_load_takes_the_time_of_its_bytes() -> None:
    engine = Engine(machine("rtx4090"))
    await load(engine, GPT)
    assert engine.clock.now() == pytest.approx(0.25 + 13_793_441_244 / 4e9)


async def test_reading_and_writing_take_their_time() -> None:
    engine = Engine(Hardware(prefill=1000.0, decode=50.0))
    runner = await load(engine, GPT)
    async with engine.seat(runner) as seat:
        reading = await engine.read(seat, ids(3000, 1))
        await engine.wrote(seat, "x")
    assert reading.seconds == pytest.approx(3.0)
    assert engine.clock.now() == pytest.approx(3.02)


async def _cancelled_read(engine: Engine, runner: Runner, after: float) -> None:
    async def read() -> None:
        async with engine.seat(runner) as seat:
            await engine.read(seat, ids(100_000, 1))

    reading = asyncio.ensure_future(read())
    await engine.clock.sleep(after)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


@pytest.mark.parametrize(("version", "read"), [("0.33", 10_240), ("0.24", 100_000)])
async def test_a_cancelled_prompt_keeps_what_was_read(version: str, read: int) -> None:
    engine = Engine(Hardware(prefill=10_000.0), VERSIONS[version])
    runner = await load(engine, GLM)
    await _cancelled_read(engine, runner, 0.5)
    slot = runner.prompts.slots[0]
    assert len(slot.tokens) == read
    assert slot.free_at == pytest.approx(read / 10_000)


async def test_the_virtual_clock_wakes_sleepers_in_their_order() -> None:
    clock, order = VirtualClock(), list[float]()

    async def sleep(seconds: float) -> None:
        await clock.sleep(seconds)
        order.append(clock.now())

    await asyncio.gather(*map(sleep, (3.0, 1.0, 2.0)))
    assert order == [1.0, 2.0, 3.0]


async def test_another_option_restarts_a_model_and_num_gpu_below_zero_does_not() -> None:
    engine = Engine()
    for options in ({"num_ctx": 2048}, {"num_ctx": 2048, "num_gpu": -1}, {"num_ctx": 4096}):
        async with engine.using(GPT, options, NOTHING):
            pass
    assert [one.context for one in engine.loads] == [2048, 4096]


async def _auto(hardware: Hardware, model: SimModel = GPT) -> int:
    async with Engine(hardware).using(model, NOTHING, NOTHING) as runner:
        return runner.context


async def test_without_a_wish_the_context_follows_the_gpus_memory() -> None:
    assert await _auto(machine("rtx4060ti")) == 4096
    assert await _auto(machine("rtx4090")) == 32768
    assert await _auto(machine("rtx6000")) == 131072
    assert await _auto(replace(machine("rtx4060ti"), context_length=8192)) == 8192


async def test_a_context_that_nobody_asked_for_shrinks_until_it_fits() -> None:
    assert await _auto(replace(machine("rtx4060ti"), context_length=131072)) == 32768


async def test_two_names_of_one_blob_fight_over_one_runner() -> None:
    engine = Engine()
    derived = replace(GPT, name="mine:latest", blob=GPT.key)
    for model, context in ((GPT, 2048), (derived, 2048), (derived, 4096)):
        async with engine.using(model, {"num_ctx": context}, NOTHING):
            pass
    assert [(one.model, one.context) for one in engine.loads] == [
        (GPT.name, 2048),
        ("mine:latest", 4096),
    ]
    assert len(engine.runners) == 1


async def test_reading_gets_slower_the_more_was_read() -> None:
    engine = Engine(Hardware(prefill=1000.0, depth=4000))
    runner = await load(engine, GPT)
    async with engine.seat(runner) as seat:
        first = await engine.read(seat, ids(2048, 1))
    async with engine.seat(runner) as seat:
        second = await engine.read(seat, ids(2048, 1) + ids(2048, 2))
    assert second.cached == 2048
    assert second.seconds == pytest.approx(first.seconds * (1 + 2048 / 4000))


async def test_memory_is_free_only_a_while_after_an_unload() -> None:
    engine = Engine(replace(machine("rtx4060ti"), disk=0.0, load_base=0.0))
    await load(engine, GPT, 4096)
    await load(engine, GLM, 4096)
    assert engine.clock.now() == pytest.approx(0.5)


def test_a_slot_that_idles_is_kept_in_host_memory_as_well() -> None:
    prompts = Prompts(2, FULL)
    kept(prompts, ids(4000, 1), 0)
    kept(prompts, ids(4000, 2), 1)
    assert [saved.tokens[0] // 100_000 for saved in prompts.saved] == [1]


async def test_a_full_context_slides_and_the_slot_holds_what_is_left() -> None:
    engine = Engine()
    runner = await load(engine, GLM, 1024)
    async with engine.seat(runner) as seat:
        await engine.read(seat, list(range(1000)))
        for _ in range(100):
            await engine.wrote(seat, "x")
    assert len(runner.prompts.slots[0].tokens) < 1024
    assert runner.prompts.slots[0].tokens[:4] == [0, 1, 2, 3]
