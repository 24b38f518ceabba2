from collections.abc import AsyncIterator

import httpx
import pytest

from tests.simulator.catalogue import coder, glm_flash, gpt_oss, tiny
from tests.simulator.scripts import always
from tests.simulator.simulator import Simulator
from tests.simulator.values import Format


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    models = [
        tiny("m:latest", Format.CHATML),
        tiny("g:latest", Format.HARMONY),
        tiny("f:latest", Format.GLM),
        gpt_oss(always("It is in `a.py`.", "I look.")),
        glm_flash(always("return 1")),
        coder(always("a + b")),
    ]
    async with Simulator(models) as running:
        yield running


@pytest.fixture
async def http(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=simulator.url, trust_env=False, timeout=10) as client:
        yield client
