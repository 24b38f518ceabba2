"""What is kept of prompts: the same assertions on the simulator and on the real llama-server.

The real one runs where CI or TANDEM_REAL_ENGINE is set. `P` is a prompt that many others begin
with. Versions of the engine differ in which checkpoints of a sliding window they give up, so there
the real one may keep more than the simulator, but never less.
"""

import asyncio
import itertools
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.simulator.catalogue import glm_flash, gpt_oss, tiny
from tests.simulator.engine import Engine
from tests.simulator.hardware import Hardware
from tests.simulator.real_engine import AVAILABLE, RealEngines, completed, kept_by, opened
from tests.simulator.refusals import Refused
from tests.simulator.scripts import always
from tests.simulator.slots import Prompts, Rules
from tests.simulator.values import Format, SimModel

# A busy machine reads a tenth as fast.
pytestmark = pytest.mark.timeout(240)
SHAPES = ("llama", "gpt-oss", "deepseek2")
WINDOWS = {"llama": 0, "gpt-oss": 128, "deepseek2": 0}
FORMS = {"llama": Format.CHATML, "gpt-oss": Format.HARMONY, "deepseek2": Format.GLM}
KINDS = ["simulated", *(["real"] if AVAILABLE else [])]
BATCH = 128
_HANDFUL = 4
_seeds = itertools.count(1000)


@dataclass
class Cache:
    """An engine under test: `kept` reads a prompt and tells how much of it was still there."""

    kept: Callable[[Sequence[int]], Awaitable[int]]
    window: int
    is_real: bool

    async def all_kept(self, *prompts: Sequence[int]) -> list[int]:
        return [await self.kept(prompt) for prompt in prompts]

    def agrees(self, found: int, expected: int) -> bool:
        """Whether `found` is what the simulator says, as exactly as the engine promises."""
        if not self.is_real or not self.window:
            return expected - _HANDFUL <= found <= expected + 1
        return found >= expected - _HANDFUL


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealEngines]:
    made = RealEngines(tmp_path_factory.mktemp("models"))
    yield made
    made.stop()


Open = Callable[..., Any]


@pytest.fixture(params=[f"{kind} {shape}" for kind in KINDS for shape in SHAPES])
def open_cache(request: pytest.FixtureRequest, engines: RealEngines) -> Open:
    """Return what opens a cache of the parameter's kind and shape, with some options."""
    kind, shape = request.param.split()

    @asynccontextmanager
    async def opening(
        *, slots: int = 1, ram: int = 8192, whole: bool = False
    ) -> AsyncIterator[Cache]:
        window = 0 if whole else WINDOWS[shape]
        if kind == "simulated":
            yield Cache(_simulated(slots, Rules(window, BATCH, 1, ram << 20)), window, False)  # noqa: FBT003
            return
        options = {"n_parallel": slots, "cache_ram_mib": ram, "swa_full": whole}
        url = engines.url(shape, n_batch=BATCH, n_ubatch=BATCH, kv_unified=False, **options)
        async with opened(url) as http:
            yield Cache(lambda prompt: kept_by(http, prompt), window, True)  # noqa: FBT003

    return opening


@pytest.fixture
async def cache(open_cache: Open) -> AsyncIterator[Cache]:
    async with open_cache() as opened_cache:
        yield opened_cache


def _simulated(slots: int, rules: Rules) -> Callable[[Sequence[int]], Awaitable[int]]:
    prompts, tasks = Prompts(slots, rules), itertools.count()

    async def kept(prompt: Sequence[int]) -> int:
        task = next(tasks)
        slot, shared = prompts.take(prompt, task)
        prompts.read(slot, prompt, task)
        slot.busy = False
        return shared

    return kept


def ids(length: int) -> list[int]:
    """Return tokens that no other call returns."""
    rng = random.Random(next(_seeds))  # noqa: S311 - no secret
    return [rng.randrange(300, 800) for _ in range(length)]


async def test_at_least_one_token_is_read(cache: Cache) -> None:
    p = ids(800)
    assert await cache.all_kept(p, p) == [0, 799]


async def test_typing_only_appends(cache: Cache) -> None:
    p = ids(800)
    longer = [p, p + ids(3)]
    longer.append(longer[-1] + ids(40))
    first, second, third = await cache.all_kept(*longer)
    assert first == 0
    assert cache.agrees(second, 800)
    assert cache.agrees(third, 803)


async def test_a_short_tail_may_change(cache: Cache) -> None:
    p = ids(800)
    first, *others = await cache.all_kept(*(p + ids(60) for _ in range(3)))
    assert first == 0
    assert all(cache.agrees(found, 800) for found in others)


async def test_a_long_tail_that_changes_costs_a_window_everything(cache: Cache) -> None:
    p = ids(800)
    _, second = await cache.all_kept(p + ids(600), p + ids(600))
    assert cache.agrees(second, 0 if cache.window else 800)


async def test_a_prefix_that_was_read_alone_serves_long_tails(cache: Cache) -> None:
    p = ids(800)
    _, *tails = await cache.all_kept(p, *(p + ids(600) for _ in range(3)))
    assert cache.agrees(tails[0], 800)
    # A window comes back from a checkpoint before the prefix's end, never from nothing.
    least = 800 - BATCH - 8 if cache.window else 800
    assert all(found >= least - _HANDFUL for found in tails[1:])


async def test_an_edit_in_the_middle_costs_a_window_everything(cache: Cache) -> None:
    p = ids(800)
    _, second = await cache.all_kept(p, p[:400] + ids(400))
    assert cache.agrees(second, 0 if cache.window else 400)


async def test_a_prompt_comes_back_from_host_memory(cache: Cache) -> None:
    p = ids(800) + ids(60)
    _, other, back = await cache.all_kept(p, ids(700), p)
    assert other == 0
    assert cache.agrees(back, 859)


async def test_a_prompt_that_comes_back_may_have_another_tail(cache: Cache) -> None:
    p = ids(800)
    _, _, back = await cache.all_kept(p + ids(60), ids(700), p + ids(60))
    least = 860 - BATCH - 8 if cache.window else 800
    assert least - _HANDFUL <= back <= 801


async def test_without_memory_in_the_host_another_prompt_costs_everything(
    open_cache: Open,
) -> None:
    p = ids(800)
    async with open_cache(ram=0) as cache:
        assert await cache.all_kept(p, ids(700), p) == [0, 0, 0]


async def test_two_slots_keep_two_prompts(open_cache: Open) -> None:
    a, b = ids(400), ids(400)
    async with open_cache(slots=2) as cache:
        *_, first, second = await cache.all_kept(a, b, a + ids(20), b + ids(20))
        assert cache.agrees(first, 400)
        assert cache.agrees(second, 400)


async def test_a_whole_cache_forgives_a_window_model_an_edit_in_the_middle(
    open_cache: Open,
) -> None:
    p = ids(800)
    async with open_cache(whole=True) as cache:
        _, second = await cache.all_kept(p, p[:400] + ids(400))
        assert cache.agrees(second, 400)


MODELS = {
    "llama": tiny("m", Format.CHATML),
    "gpt-oss": gpt_oss(always("x")),
    "deepseek2": glm_flash(always("x")),
}


@asynccontextmanager
async def _simulated_reader(model: SimModel) -> AsyncIterator[Any]:
    engine = Engine(Hardware(prefill=2500.0))
    async with engine.using(model, {"num_ctx": 16384, "num_batch": BATCH}, {}) as runner:

        async def kept(prompt: Sequence[int]) -> int:
            async with engine.seat(runner) as seat:
                return (await engine.read(seat, prompt)).cached

        yield kept, engine.clock.sleep


@asynccontextmanager
async def _real_reader(engines: RealEngines, shape: str) -> AsyncIterator[Any]:
    async with opened(engines.url(shape, n_batch=BATCH, n_ubatch=BATCH)) as http:
        yield (lambda prompt: kept_by(http, prompt)), asyncio.sleep


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
async def test_who_leaves_is_noticed_and_what_was_read_stays(
    kind: str, shape: str, engines: RealEngines
) -> None:
    long = ids(5000)
    reader = _real_reader(engines, shape) if kind == "real" else _simulated_reader(MODELS[shape])
    async with reader as (kept, sleep):
        reading = asyncio.ensure_future(kept(long))
        # Nothing tells from outside that reading has begun; the whole of it takes seconds.
        await sleep(0.5)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        async with asyncio.timeout(30):
            assert await kept(ids(300)) == 0
        if not WINDOWS[shape]:
            # A prompt in the host comes back only if a quarter of it or more is of use.
            assert await kept(long[:2000]) > 0


async def _refusal(kind: str, url: str, prompt: list[int]) -> Any:
    if kind == "real":
        async with opened(url) as http:
            return (await http.post("/completion", json={"prompt": prompt})).json()["error"]
    engine = Engine()
    async with (
        engine.using(MODELS["llama"], {"num_ctx": 16384}, {}) as runner,
        engine.seat(runner) as seat,
    ):
        with pytest.raises(Refused) as refused:
            await engine.read(seat, prompt)
    return json.loads(refused.value.error)["error"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_prompt_beyond_the_context_is_refused_in_the_same_words(
    kind: str, engines: RealEngines
) -> None:
    url = engines.url("llama", n_batch=BATCH, n_ubatch=BATCH) if kind == "real" else ""
    assert await _refusal(kind, url, ids(16600)) == {
        "code": 400,
        "message": "request (16600 tokens) exceeds the available context size (16384 tokens), "
        "try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 16600,
        "n_ctx": 16384,
    }


def _spoken(text: str) -> str:
    """Put a tiny model's second header, which is one word there, in its usual parts."""
    return text.replace(" ", "").replace("<|return|>", "").replace("<|user|>", "")


PROMPTS = {
    "llama": "hello",
    "gpt-oss": "<|start|>user<|message|>hi<|end|><|start|>assistant",
    "deepseek2": "[gMASK]<sop><|user|>hi<|assistant|><think>",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
async def test_the_tiny_models_say_what_they_are_made_to_say(
    kind: str, shape: str, engines: RealEngines
) -> None:
    expected = {
        "llama": "alphabetagammadeltaalphabetagammadelta",
        "gpt-oss": "<|channel|>analysis<|message|>reason1reason2<|end|>"
        "<|start|>assistant<|channel|>final<|message|>answer.",
        "deepseek2": "reason1reason2</think>answer.",
    }[shape]
    if kind == "simulated":
        pieces = tiny("x", FORMS[shape]).pieces
        assert pieces is not None
        said = "".join(itertools.islice(pieces(PROMPTS[shape]), 13 if shape == "gpt-oss" else 8))
    else:
        url = engines.url(shape, n_batch=BATCH, n_ubatch=BATCH)
        async with opened(url) as http:
            reply = await completed(http, PROMPTS[shape], n_predict=8, return_tokens=True)
            body = {"tokens": reply["tokens"]}
            said = (await http.post("/detokenize", json=body)).json()["content"]
    assert _spoken(said) == expected
