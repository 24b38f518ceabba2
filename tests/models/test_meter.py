"""Counts, forecasts and measures, held against the simulated server."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.common.clock import SystemClock
from lsp_server.config.settings import AgentSettings, OllamaSettings, Settings
from lsp_server.models.api import ChatPrompt, FillPrompt, Finish, Request, Role, Usage
from lsp_server.models.directory import Directory
from lsp_server.models.errors import ContextOverflow
from lsp_server.models.learning import Knowledge, decode, encode, learn_apart, learn_here
from lsp_server.models.meter import Memory, Meter
from lsp_server.models.ollama.model import OllamaModel
from tests.models.test_directory import unmeasured
from tests.simulator.catalogue import glm_flash, gpt_oss
from tests.simulator.engine import Engine
from tests.simulator.hardware import Hardware
from tests.simulator.scripts import always
from tests.simulator.simulator import Simulator
from tests.simulator.slots import Prompts, Rules

FILE = "".join(
    f"def function{number}(a, b):\n    return a * {number}\n\n\n" for number in range(60)
)


class Kept(dict[str, bytes]):
    """A cache in memory."""

    def put(self, key: str, value: bytes) -> None:
        self[key] = value


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    models = [gpt_oss(always("It is so.")), glm_flash(always("pass"))]
    async with Simulator(models, engine=Engine(Hardware(prefill=2000.0, decode=50.0))) as running:
        yield running


def open_directory(simulator: Simulator, kept: Kept | None = None) -> Directory:
    settings = Settings(AgentSettings(context_window=8192), OllamaSettings(host=simulator.url))
    return Directory(settings, SystemClock(), kept, learn_here, unmeasured)


@pytest.fixture
async def directory(simulator: Simulator) -> AsyncIterator[Directory]:
    opened = open_directory(simulator)
    await opened.refresh()
    yield opened
    await opened.close()


async def usage_of(directory: Directory, role: Role, request: Request) -> Usage:
    model = directory.ready(role)
    assert isinstance(model, OllamaModel)
    async with aclosing(model.stream(request)) as events:
        finish = [event async for event in events][-1]
    assert isinstance(finish, Finish)
    return finish.usage


def fill(above: str) -> FillPrompt:
    return FillPrompt("system", "# map\n", above, "\n# the end\n", "python", "a.py")


async def test_counts_and_hits_are_the_servers_own_while_typing(directory: Directory) -> None:
    model = directory.ready(Role.EXECUTOR)
    assert isinstance(model, OllamaModel)
    seen: list[tuple[int | None, int | None]] = []
    forecasts: list[tuple[int, int]] = []
    for typed in ("", "x", "x =", "x = 1\n", "x = 1\nreturn x"):
        forecast = model.meter.cost
        usage = await usage_of(directory, Role.EXECUTOR, Request(fill(FILE + typed), 4))
        seen.append((usage.prompt_tokens, usage.cached_tokens or 0))
        text = model.meter._sent
        assert forecast(text).tokens == usage.prompt_tokens
        forecasts.append((model.meter._sent_tokens, forecast(text).cached))
    assert [tokens for tokens, _ in seen] == [tokens for tokens, _ in forecasts]
    account = model.meter.account
    assert account.requests == 5
    assert account.share > 0.79


async def test_a_chat_is_counted_with_its_frame(directory: Directory) -> None:
    model = directory.ready(Role.PLANNER)
    assert isinstance(model, OllamaModel)
    prompt = ChatPrompt("system", "# map\n", "Why?")
    usage = await usage_of(directory, Role.PLANNER, Request(prompt, 10))
    assert model.meter._sent_tokens == usage.prompt_tokens


async def test_the_reading_speed_is_learned(directory: Directory) -> None:
    await usage_of(directory, Role.EXECUTOR, Request(fill(FILE), 4))
    model = directory.ready(Role.EXECUTOR)
    assert isinstance(model, OllamaModel)
    assert model.meter.speeds.prefill == pytest.approx(2000.0, rel=0.01)
    assert model.meter.speeds.milliseconds(2000) == pytest.approx(1000.0, rel=0.01)


async def test_a_prompt_that_cannot_fit_is_refused_before_it_is_sent(
    simulator: Simulator, directory: Directory
) -> None:
    await usage_of(directory, Role.EXECUTOR, Request(fill("x"), 4))
    sent = len(simulator.received)
    with pytest.raises(ContextOverflow) as raised:
        await usage_of(directory, Role.EXECUTOR, Request(fill(FILE * 4), 100))
    assert raised.value.window == 8192
    assert len(simulator.received) == sent


async def test_an_answer_is_bounded_by_the_room_that_is_left(
    simulator: Simulator, directory: Directory
) -> None:
    await usage_of(directory, Role.EXECUTOR, Request(fill("x" * 8000), 4000))
    options = simulator.bodies("/api/generate")[-1]["options"]
    assert 64 <= options["num_predict"] < 192


async def test_what_was_learned_of_a_model_is_learned_once(simulator: Simulator) -> None:
    kept = Kept()
    for _ in range(2):
        directory = open_directory(simulator, kept)
        await directory.refresh()
        await directory.close()
    assert len([body for body in simulator.bodies("/api/show") if body["verbose"]]) == 2
    kept.update(dict.fromkeys(kept, b"damaged"))
    directory = open_directory(simulator, kept)
    await directory.refresh()
    assert directory.ready(Role.EXECUTOR) is not None
    await directory.close()


async def test_a_helper_process_learns_the_same(simulator: Simulator) -> None:
    here = await learn_here(simulator.url, "glm-4.7-flash")
    assert await learn_apart(simulator.url, "glm-4.7-flash") == here
    known = decode(here)
    assert known.traits.fill is not None
    assert known.vocabulary is not None
    assert decode(encode(known)) == known
    assert decode(encode(replace(known, vocabulary=None))) == Knowledge(known.traits, None)


async def test_without_its_helper_a_model_is_learned_all_the_same(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert decode(await learn_apart(simulator.url, "glm-4.7-flash")).vocabulary is not None


def letters(text: str) -> int:
    return len(text)


LINES = st.lists(st.sampled_from(["a", "bb", "ccc", ""]), max_size=30).map("\n".join)


@given(st.lists(LINES, min_size=1, max_size=6), st.sampled_from([0, 4]))
def test_forecasts_follow_the_servers_rules(prompts: list[str], window: int) -> None:
    """The forecast never promises more than the server keeps, and counts every token."""
    meter = Meter(letters, Memory(window, 8))
    served = Prompts(1, Rules(window, 8, 1, 0))
    for task, prompt in enumerate(filter(None, prompts)):
        slot, kept = served.take([ord(letter) for letter in prompt], task)
        served.read(slot, [ord(letter) for letter in prompt], task)
        slot.busy = False
        forecast = meter.forecast(prompt)
        assert forecast.tokens == len(prompt)
        assert forecast.cached <= kept


def test_a_cost_is_asked_without_being_paid() -> None:
    meter = Meter(letters)
    meter.forecast("line\n" * 100)
    assert meter.cost("other").cached == 0
    assert meter.forecast("line\n" * 100).new == 1


def test_a_drift_against_the_servers_counts_is_corrected_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The server counts a quarter more than the vocabulary says: soon the forecasts do, too."""
    meter, text = Meter(letters), "four\n" * 1000
    for _ in range(20):
        meter.settle(meter.forecast(text), Usage(prompt_tokens=6250), text)
    assert meter.forecast(text).tokens == pytest.approx(6250, rel=0.02)
    assert meter.cost("other").tokens == pytest.approx(5 * 1.25, abs=1)
    assert "the server counts 6250 tokens, Tandem 5000" in caplog.text


def test_a_count_without_what_was_cached_is_no_drift() -> None:
    meter, text = Meter(letters), "four\n" * 1000
    for _ in range(5):
        meter.settle(meter.forecast(text), Usage(prompt_tokens=100), text)
    assert meter.forecast(text).tokens == 5000


async def test_closing_the_directory_ends_the_helper(simulator: Simulator) -> None:
    learning = asyncio.ensure_future(learn_apart(simulator.url, "glm-4.7-flash"))
    await asyncio.sleep(0)
    learning.cancel()
    await asyncio.gather(learning, return_exceptions=True)
    assert learning.cancelled()
