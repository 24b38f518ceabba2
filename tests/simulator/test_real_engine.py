"""The simulator's model of prompts, and our counts, held against the real llama-server.

It takes half a minute of work, so it runs where CI or TANDEM_REAL_ENGINE is set. Versions of the
engine differ in which checkpoints of a sliding window they give up: the simulator may keep less
than the engine, never more than a handful of tokens beyond it.
"""

import asyncio
import os
import platform
import random
import sys
import sysconfig
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from lsp_server.models.tokens.counter import ExactCounter
from lsp_server.models.tokens.vocabulary import vocabulary_from
from tests.simulator.slots import Prompts, Rules

if not (os.environ.get("CI") or os.environ.get("TANDEM_REAL_ENGINE")):
    pytest.skip("it runs where CI or TANDEM_REAL_ENGINE is set", allow_module_level=True)
if sys.platform != "linux" or platform.machine() != "x86_64":
    pytest.skip("the real engine comes for Linux on x86-64 only", allow_module_level=True)

from tests.simulator.tiny_gguf import SHAPES, vocabulary, write_model

# A busy machine reads a tenth as fast.
pytestmark = pytest.mark.timeout(240)
BATCH = 128
_HANDFUL = 4
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    paths = {shape: folder / f"{shape}.gguf" for shape in SHAPES}
    for shape, path in paths.items():
        write_model(path, shape)
    return paths


@asynccontextmanager
async def serving(model: Path) -> AsyncIterator[httpx.AsyncClient]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.simulator.llama_server",
        str(model),
        str(BATCH),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    url = (await child.stdout.readline()).decode().strip()
    # The server does not end kept connections when it is asked for many things.
    headers = {"Connection": "close"}
    async with httpx.AsyncClient(
        base_url=url, headers=headers, trust_env=False, timeout=60
    ) as http:
        yield http
    child.stdin.close()
    await child.wait()


async def kept(http: httpx.AsyncClient, prompt: Sequence[int]) -> int:
    """Return how many tokens of `prompt` the server still had."""
    body = {"prompt": list(prompt), "n_predict": 1, "cache_prompt": True}
    timings: dict[str, Any] = (await http.post("/completion", json=body)).json()["timings"]
    assert timings["cache_n"] + timings["prompt_n"] == len(prompt)
    return int(timings["cache_n"])


def ids(length: int, seed: int) -> list[int]:
    rng = random.Random(seed)  # noqa: S311 - no secret
    return [rng.randrange(300, 800) for _ in range(length)]


def sessions() -> dict[str, list[list[int]]]:
    """Return prompts in the order in which they are sent; no two sessions share a prefix."""
    made: dict[str, list[list[int]]] = {}
    for number, name in enumerate(("again", "typing", "short", "cold", "warm", "edit", "back")):
        p, q = ids(800, 100 + number), ids(700, 200 + number)
        made[name] = {
            "again": [p, p],
            "typing": [p, p + ids(3, 3), p + ids(3, 3) + ids(40, 4)],
            "short": [p + ids(60, 3), p + ids(60, 4), p + ids(60, 5)],
            "cold": [p + ids(600, 3), p + ids(600, 4)],
            "warm": [p, p + ids(600, 3), p + ids(600, 4), p + ids(600, 5)],
            "edit": [p, p[:400] + ids(400, 6)],
            "back": [p + ids(60, 3), q, p + ids(60, 3)],
        }[name]
    return made


WINDOWS = {"llama": 0, "gpt-oss": 128, "deepseek2": 0}


@pytest.mark.parametrize("shape", SHAPES)
async def test_prompts_are_kept_as_the_simulator_says(models: dict[str, Path], shape: str) -> None:
    simulated = Prompts(1, Rules(WINDOWS[shape], BATCH, 1, 8 << 30))
    differing: list[tuple[str, int, int]] = []
    async with serving(models[shape]) as http:
        for name, prompts in sessions().items():
            for task, prompt in enumerate(prompts):
                slot, shared = simulated.take(prompt, task)
                simulated.read(slot, prompt, task)
                slot.busy = False
                found = await kept(http, prompt)
                window = WINDOWS[shape]
                if found < shared - _HANDFUL or (not window and found > shared + 1):
                    differing.append((f"{name} {task}", found, shared))
    assert differing == []


@pytest.mark.parametrize("shape", SHAPES)
async def test_who_leaves_is_noticed_and_what_was_read_stays(
    models: dict[str, Path], shape: str
) -> None:
    long = ids(5000, 9)
    async with serving(models[shape]) as http:
        reading = asyncio.ensure_future(kept(http, long))
        # Nothing tells from outside that reading has begun; the whole of it takes seconds.
        await asyncio.sleep(0.5)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        async with asyncio.timeout(30):
            assert await kept(http, ids(300, 10)) == 0
        if not WINDOWS[shape]:
            assert await kept(http, long) > 0


def sources() -> list[str]:
    """Return the beginnings of 200 real files."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    paths = sorted(path for path in folder.rglob("*.py") if path.stat().st_size > 1000)[:200]
    return [path.read_text("utf-8", errors="replace")[:4000] for path in paths]


@pytest.mark.parametrize("shape", SHAPES)
async def test_counts_are_the_engines_own_for_200_real_files(
    models: dict[str, Path], shape: str
) -> None:
    known = vocabulary_from(vocabulary(shape))
    assert known is not None
    count = ExactCounter(known)
    wrong: list[tuple[int, int]] = []
    texts = sources()
    async with serving(models[shape]) as http:
        for text in texts:
            body = {"content": text, "add_special": False, "parse_special": False}
            tokens = (await http.post("/tokenize", json=body)).json()["tokens"]
            if len(tokens) != count(text):
                wrong.append((len(tokens), count(text)))
        prompt = texts[0][:3000]
        body = {"prompt": prompt, "n_predict": 1}
        timings = (await http.post("/completion", json=body)).json()["timings"]
        assert timings["prompt_n"] == count(prompt)
    assert len(texts) == 200
    assert wrong == []
