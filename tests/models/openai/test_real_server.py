"""An endpoint against the real llama-server: listing, chat, raw text, cache, schema, cancel."""

import asyncio
import os
import platform
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from lsp_server.common.clock import SystemClock
from lsp_server.config.settings import (
    AgentSettings,
    ExecutorSettings,
    Fill,
    OllamaSettings,
    Settings,
)
from lsp_server.models.api import ChatPrompt, Event, FillPrompt, Finish, Request, Role, Text
from lsp_server.models.errors import ContextOverflow
from lsp_server.models.household import Household

if not (os.environ.get("CI") or os.environ.get("TANDEM_REAL_ENGINE")):
    pytest.skip("it runs where CI or TANDEM_REAL_ENGINE is set", allow_module_level=True)
if sys.platform != "linux" or platform.machine() != "x86_64":
    pytest.skip("the real engine comes for Linux on x86-64 only", allow_module_level=True)

from tests.simulator.tiny_gguf import write_model

pytestmark = pytest.mark.timeout(240)
ROOT = Path(__file__).resolve().parents[3]
LONG = "x = [1, 2, 3]\n" * 150


@pytest.fixture
async def household(tmp_path: Path) -> AsyncIterator[Household]:
    model = tmp_path / "tiny.gguf"
    write_model(model, "llama")
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.simulator.llama_server",
        str(model),
        '{"n_batch": 128, "n_ubatch": 128}',
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    address = (await child.stdout.readline()).decode().strip()
    opened = Household(
        Settings(
            AgentSettings(),
            OllamaSettings(enabled=False),
            executor=ExecutorSettings(base_url=f"{address}/v1", fill=Fill.AUTO),
        ),
        SystemClock(),
    )
    await opened.refresh()
    yield opened
    await opened.close()
    child.stdin.close()
    child.kill()
    await child.wait()


async def ask(household: Household, request: Request) -> list[Event]:
    model = household.ready(Role.EXECUTOR)
    assert model is not None, household.state.endpoints
    async with aclosing(model.stream(request)) as events:
        return [one async for one in events]


async def test_everything_that_an_endpoint_is_asked(household: Household) -> None:
    state = household.state.endpoints[Role.EXECUTOR]
    assert (state.server, state.problem) == ("llama-server", None)
    assert state.context == 16384
    chat = ChatPrompt("be brief", LONG, "What is this?")
    first = await ask(household, Request(chat, 8))
    again = await ask(household, Request(chat, 8))
    for events in (first, again):
        assert any(isinstance(one, Text) for one in events)
        assert isinstance(events[-1], Finish)
    usages = [events[-1].usage for events in (first, again) if isinstance(events[-1], Finish)]
    assert usages[0].prompt_tokens == usages[1].prompt_tokens
    assert (usages[0].cached_tokens or 0) == 0
    assert (usages[1].cached_tokens or 0) >= 0.95 * (usages[1].prompt_tokens or 0)
    fill = FillPrompt("be brief", LONG, "def add(a, b):\n    return ", "\n", "python", "a.py")
    assert isinstance((await ask(household, Request(fill, 8)))[-1], Finish)
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    forced = await ask(household, Request(chat, 16, schema=schema))
    text = "".join(one.text for one in forced if isinstance(one, Text))
    assert text.lstrip().startswith("{")
    with pytest.raises(ContextOverflow) as raised:
        await ask(household, Request(ChatPrompt("", LONG * 40, "?"), 8))
    assert raised.value.window == 16384


async def test_closing_a_stream_frees_the_server(household: Household) -> None:
    model = household.ready(Role.EXECUTOR)
    assert model is not None
    endless = model.stream(Request(ChatPrompt("", "x", "?"), 10000))
    async for event in endless:
        if isinstance(event, Text):
            break
    await endless.aclose()
    async with asyncio.timeout(10):
        assert isinstance((await ask(household, Request(ChatPrompt("", "y", "?"), 4)))[-1], Finish)
