"""The client against the simulator: every way in which a server answers or fails to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from lsp_server.models.errors import (
    BadRequest,
    ContextOverflow,
    ModelError,
    ModelMissing,
    NotAllowed,
    RunnerCrashed,
    ServerBusy,
    StreamBroken,
    Unreachable,
)
from lsp_server.models.ollama.client import Ollama
from lsp_server.models.ollama.failures import failure
from lsp_server.models.replies import Reply
from tests.simulator.catalogue import glm_flash, tiny
from tests.simulator.engine import Load
from tests.simulator.faults import Fault, Kind
from tests.simulator.scripts import always
from tests.simulator.simulator import Simulator
from tests.simulator.values import Format
from tests.waiting import until

CHAT = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    models = [tiny("m:latest", Format.CHATML), glm_flash(always("a\u0085b\u2028c\x0bd é🙂"))]
    async with Simulator(models) as running:
        yield running


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[Ollama]:
    ollama = Ollama(simulator.url)
    yield ollama
    await ollama.close()


async def chat(client: Ollama, **changes: Any) -> list[dict[str, Any]]:
    body = CHAT | {"options": {"num_predict": 3}} | changes
    async with aclosing(client.stream("/api/chat", body)) as records:
        return [record async for record in records]


async def test_models_are_listed_with_their_sizes(client: Ollama) -> None:
    names = {model.name: model for model in await client.installed()}
    assert names["glm-4.7-flash:latest"].size == 19_000_000_000
    assert len(names["m:latest"].digest) == 64


async def test_a_loaded_model_shows_its_context(client: Ollama) -> None:
    await client.load({"model": "m", "options": {"num_ctx": 2048}})
    assert [(model.name, model.context) for model in await client.running()] == [("m:latest", 2048)]


async def test_a_card_brings_the_vocabulary_when_asked(client: Ollama) -> None:
    card = await client.show("glm-4.7-flash", verbose=True)
    assert "<|code_middle|>" in card.info["tokenizer.ggml.tokens"]
    assert card.number("context_length") == 202752


async def test_a_pull_tells_how_far_it_is(simulator: Simulator, client: Ollama) -> None:
    simulator.pullable.append(tiny("new:latest", Format.CHATML))
    steps = [step async for step in client.pull("new")]
    assert {(step.completed, step.total) for step in steps if step.total} >= {
        (0, 10**6),
        (10**6, 10**6),
    }
    assert steps[-1].status == "success"


@pytest.mark.parametrize("kind", [Kind.SPLIT, Kind.JOINED])
async def test_text_arrives_whole_however_the_bytes_are_cut(
    simulator: Simulator, client: Ollama, kind: Kind
) -> None:
    simulator.faults.add(Fault(kind, "/api/chat"))
    records = await chat(client, model="glm-4.7-flash", think=False, options={"num_predict": 50})
    text = "".join(record["message"]["content"] for record in records)
    assert text == "a\u0085b\u2028c\x0bd é🙂"


def status(number: int, text: str) -> Fault:
    return Fault(Kind.STATUS, status=number, text=text)


LONG = "the prompt is longer than the context length currently available to the model; shorten it"
STOPPED = "model runner has unexpectedly stopped, this may be due to resource limitations"
EOF_LINE = "an error was encountered while running the model: unexpected EOF"
BUSY = "server busy, please try again.  maximum pending requests exceeded"
FAILURES: list[tuple[Fault, type[ModelError]]] = [
    (Fault(Kind.DROP), StreamBroken),
    (Fault(Kind.HTML, status=502), StreamBroken),
    (Fault(Kind.HTML, status=200), StreamBroken),
    (Fault(Kind.EMPTY, status=403), NotAllowed),
    (Fault(Kind.NOT_AN_OBJECT, status=500), StreamBroken),
    (status(400, "missing request body"), BadRequest),
    (status(400, '"m" does not support thinking'), BadRequest),
    (status(400, LONG), ContextOverflow),
    (status(401, "unauthorized"), NotAllowed),
    (status(403, "ollama cloud is disabled: remote model is unavailable"), NotAllowed),
    (status(404, "model 'm' not found"), ModelMissing),
    (status(499, "request canceled"), StreamBroken),
    (status(500, 'option "num_ctx" must be of type integer'), BadRequest),
    (status(500, "llama-server process has terminated: exit status 1"), RunnerCrashed),
    (status(500, "error starting llama-server: no such file"), RunnerCrashed),
    (status(500, "timed out waiting for llama-server to start - stalled"), RunnerCrashed),
    (status(500, STOPPED), RunnerCrashed),
    (status(500, "error parsing tool call: raw='x', err=y"), StreamBroken),
    (status(502, "bad gateway"), Unreachable),
    (status(503, BUSY), ServerBusy),
    (Fault(Kind.ERROR_LINE, text=EOF_LINE), RunnerCrashed),
    (Fault(Kind.ERROR_LINE, text="something new"), StreamBroken),
    (Fault(Kind.CUT), StreamBroken),
]


@pytest.mark.parametrize(("fault", "error"), FAILURES)
async def test_every_failure_is_one_sentence_with_advice_and_the_next_call_works(
    simulator: Simulator, client: Ollama, fault: Fault, error: type[ModelError]
) -> None:
    simulator.faults.add(Fault(fault.kind, "/api/chat", fault.after, 1, fault.status, fault.text))
    with pytest.raises(ModelError) as raised:
        await chat(client)
    assert type(raised.value) is error
    assert raised.value.sentence.endswith(".")
    assert raised.value.advice
    assert (await chat(client))[-1]["done"]


async def test_failure_of_the_server_itself_is_not_laid_on_the_request(
    simulator: Simulator, client: Ollama
) -> None:
    simulator.faults.add(Fault(Kind.EMPTY, "/api/chat", status=500))
    with pytest.raises(StreamBroken, match="failed with status 500") as raised:
        await chat(client)
    assert "defect of Tandem" not in raised.value.advice


@pytest.mark.parametrize(
    ("model", "told"),
    [("m", "stands before the model server"), ("gpt-oss:20b-cloud", "cannot reach its cloud")],
)
def test_a_bad_gateway_is_the_clouds_for_a_model_of_the_cloud_only(model: str, told: str) -> None:
    error = failure(Reply(502, '{"error": "bad gateway"}', model, "http://127.0.0.1:11434"))
    assert isinstance(error, Unreachable)
    assert told in error.sentence
    assert "bad gateway" in error.sentence


async def test_pull_of_what_the_library_lacks_says_so(client: Ollama) -> None:
    with pytest.raises(ModelMissing, match="library has no model nonsense") as raised:
        [step async for step in client.pull("nonsense")]
    assert "settings" in raised.value.advice


async def test_an_overflow_tells_both_sizes(client: Ollama) -> None:
    body = {"model": "m", "prompt": "x" * 600, "raw": True, "truncate": False}
    with pytest.raises(ContextOverflow) as raised:
        await client.ask("/api/generate", body | {"options": {"num_ctx": 512, "num_predict": 1}})
    assert (raised.value.prompt_tokens, raised.value.window) == (600, 512)


async def test_nothing_at_the_address_is_unreachable(simulator: Simulator, client: Ollama) -> None:
    await simulator.stop()
    with pytest.raises(Unreachable):
        await client.version()
    with pytest.raises(Unreachable):
        await chat(client)


async def test_silence_ends_the_stream_with_an_error(simulator: Simulator, client: Ollama) -> None:
    simulator.faults.add(Fault(Kind.STALL, "/api/chat"))
    records = client.stream("/api/chat", CHAT, silence=0.05)
    await anext(records)
    with pytest.raises(StreamBroken, match="no word"):
        await anext(records)


async def test_a_stream_may_end_without_its_final_record(
    simulator: Simulator, client: Ollama
) -> None:
    simulator.faults.add(Fault(Kind.NO_DONE, "/api/chat"))
    assert [record["done"] for record in await chat(client)] == [False]


async def test_closing_a_stream_frees_the_server(client: Ollama) -> None:
    endless = CHAT | {"options": {"num_predict": 100000, "num_ctx": 131072}}
    async with aclosing(client.stream("/api/chat", endless)) as records:
        await anext(records)
    assert (await chat(client, options={"num_predict": 1, "num_ctx": 131072}))[-1]["done"]


async def test_a_load_goes_on_when_its_caller_is_cancelled(
    simulator: Simulator, client: Ollama
) -> None:
    simulator.faults.add(Fault(Kind.SLOW_HEADERS, "/api/generate"))
    loading = asyncio.ensure_future(client.load({"model": "m", "options": {"num_ctx": 2048}}))
    await until(lambda: simulator.bodies("/api/generate"))
    loading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await loading
    simulator.faults.released.set()
    await until(lambda: simulator.engine.runners)
    assert simulator.engine.loads == [Load("m:latest", 2048)]


async def test_proxies_of_the_environment_are_not_used(
    client: Ollama, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert await client.version() == "0.33.0"


async def test_a_lone_surrogate_does_not_stop_a_request(client: Ollama) -> None:
    message = {"role": "user", "content": "\ud800"}
    assert (await chat(client, messages=[message]))[-1]["done"]
