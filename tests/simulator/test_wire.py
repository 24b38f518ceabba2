"""The wire behaviour of Ollama's routes, as any client sees it."""

import json
from typing import Any

import httpx
import pytest

from tests.simulator.catalogue import gpt_oss, tiny
from tests.simulator.engine import Engine
from tests.simulator.faults import Fault, Kind
from tests.simulator.hardware import VERSIONS, Hardware
from tests.simulator.scripts import always
from tests.simulator.simulator import Simulator
from tests.simulator.values import Format

USER = [{"role": "user", "content": "hello"}]


async def lines(http: httpx.AsyncClient, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    reply = await http.post(path, json=body)
    return [json.loads(line) for line in reply.text.split("\n") if line]


async def test_the_root_says_that_it_runs(http: httpx.AsyncClient) -> None:
    assert (await http.get("/")).text == "Ollama is running"
    head = await http.head("/")
    assert (head.status_code, head.content) == (200, b"")


async def test_unknown_paths_and_wrong_methods_are_refused(http: httpx.AsyncClient) -> None:
    assert (await http.get("/api/nope")).status_code == 404
    assert (await http.get("/api/generate")).status_code == 405


@pytest.mark.parametrize("path", ["generate", "chat", "show", "embed", "pull"])
async def test_an_empty_body_is_refused(http: httpx.AsyncClient, path: str) -> None:
    reply = await http.post(f"/api/{path}")
    assert (reply.status_code, reply.json()) == (400, {"error": "missing request body"})


async def test_a_strange_host_or_origin_is_refused_without_a_word(http: httpx.AsyncClient) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        reply = await http.get("/api/version", headers=headers)
        assert (reply.status_code, reply.content) == (403, b"")


async def test_the_vocabulary_comes_with_verbose_only(http: httpx.AsyncClient) -> None:
    brief = (await http.post("/api/show", json={"model": "f"})).json()["model_info"]
    full = (await http.post("/api/show", json={"model": "f", "verbose": True})).json()["model_info"]
    assert brief["tokenizer.ggml.tokens"] is None
    assert "<|code_prefix|>" in full["tokenizer.ggml.tokens"]


async def test_a_stream_ends_with_its_numbers(http: httpx.AsyncClient) -> None:
    body = {"model": "m", "messages": USER, "options": {"num_predict": 5}}
    *pieces, last = await lines(http, "/api/chat", body)
    assert "".join(piece["message"]["content"] for piece in pieces) == "alpha beta gamma deltaalpha"
    assert (last["done"], last["done_reason"], last["eval_count"]) == (True, "length", 5)


async def test_a_stop_string_never_shows(http: httpx.AsyncClient) -> None:
    body = {"model": "m", "prompt": "x", "raw": True, "options": {"stop": ["gamma"]}}
    *pieces, last = await lines(http, "/api/generate", body)
    assert "".join(piece["response"] for piece in pieces) == "alpha beta "
    assert last["done_reason"] == "stop"


@pytest.mark.parametrize(
    ("model", "think", "thinking"),
    [("g", "low", "reason1 reason2 "), ("f", True, "reason1 reason2"), ("f", False, "")],
)
async def test_reasoning_comes_apart_from_the_answer(
    http: httpx.AsyncClient, model: str, think: object, thinking: str
) -> None:
    records = await lines(http, "/api/chat", {"model": model, "messages": USER, "think": think})
    said = [record["message"] for record in records]
    assert "".join(message.get("thinking", "") for message in said) == thinking
    assert "".join(message["content"] for message in said) == "answer."


async def test_a_model_that_repeats_itself_ends_without_a_final_record(
    simulator: Simulator, http: httpx.AsyncClient
) -> None:
    from tests.simulator.catalogue import repeating

    simulator.models.append(tiny("r:latest", Format.CHATML, repeating("no ")))
    records = await lines(http, "/api/chat", {"model": "r", "messages": USER})
    assert len(records) <= 40
    assert not any(record["done"] for record in records)


async def test_a_prompt_too_long_is_refused_with_both_sizes(http: httpx.AsyncClient) -> None:
    body = {"model": "m", "prompt": "x" * 600, "raw": True, "options": {"num_ctx": 512}}
    reply = await http.post("/api/generate", json=body | {"truncate": False})
    inner = json.loads(reply.json()["error"])["error"]
    assert (reply.status_code, inner["n_prompt_tokens"], inner["n_ctx"]) == (400, 600, 512)


async def test_a_repeated_prompt_is_read_from_the_slot(http: httpx.AsyncClient) -> None:
    body = {"model": "m", "prompt": "x" * 600, "raw": True, "options": {"num_predict": 1}}
    first = (await lines(http, "/api/generate", body))[-1]
    second = (await lines(http, "/api/generate", body))[-1]
    assert "prompt_eval_cached_count" not in first
    assert second["prompt_eval_cached_count"] == 599


async def test_a_suffix_needs_a_template_that_takes_one(http: httpx.AsyncClient) -> None:
    reply = await http.post("/api/generate", json={"model": "f", "prompt": "a", "suffix": "b"})
    error = reply.json()["error"]
    assert error == "registry.ollama.ai/library/f:latest does not support insert"
    told = await lines(
        http, "/api/generate", {"model": "qwen2.5-coder:1.5b", "prompt": "a", "suffix": "b"}
    )
    assert "".join(record["response"] for record in told) == "a + b"


async def test_pull_reports_bytes_and_brings_the_model(
    simulator: Simulator, http: httpx.AsyncClient
) -> None:
    simulator.pullable.append(tiny("new:latest", Format.CHATML))
    records = await lines(http, "/api/pull", {"model": "new"})
    assert records[0] == {"status": "pulling manifest"}
    assert records[-1] == {"status": "success"}
    assert max(record.get("completed", 0) for record in records) == 1_000_000
    names = [entry["name"] for entry in (await http.get("/api/tags")).json()["models"]]
    assert "new:latest" in names


async def test_pulling_what_does_not_exist_fails_after_the_first_line(
    http: httpx.AsyncClient,
) -> None:
    records = await lines(http, "/api/pull", {"model": "nowhere"})
    assert records[-1] == {"error": "pull model manifest: file does not exist"}


async def test_a_fault_strikes_once_and_then_the_server_answers(
    simulator: Simulator, http: httpx.AsyncClient
) -> None:
    simulator.faults.add(Fault(Kind.DROP, "/api/version"))
    with pytest.raises(httpx.RemoteProtocolError):
        await http.get("/api/version")
    assert (await http.get("/api/version")).json() == {"version": "0.33.0"}


async def test_a_second_request_waits_for_the_slot_and_a_client_that_leaves_frees_it(
    http: httpx.AsyncClient,
) -> None:
    body = {"model": "m", "messages": USER, "options": {"num_predict": 100000, "num_ctx": 131072}}
    async with http.stream("POST", "/api/chat", json=body) as stream:
        await anext(stream.aiter_raw())
    short = body | {"options": {"num_predict": 1, "num_ctx": 131072}}
    assert (await lines(http, "/api/chat", short))[-1]["done"]


async def test_a_chat_too_long_loses_its_oldest_messages_but_not_the_systems(
    http: httpx.AsyncClient,
) -> None:
    messages = [
        {"role": "system", "content": "rules"},
        {"role": "user", "content": "old " * 200},
        {"role": "user", "content": "new " * 50},
    ]
    options = {"num_ctx": 512, "num_predict": 1}
    body = {"model": "m", "messages": messages, "options": options}
    last = (await lines(http, "/api/chat", body))[-1]
    assert 200 < last["prompt_eval_count"] < 400


@pytest.mark.parametrize(("version", "counts_both"), [("0.32", False), ("0.33", True)])
async def test_a_format_takes_two_passes_and_newer_servers_count_both(
    version: str,
    counts_both: bool,  # noqa: FBT001
) -> None:
    schema = {"type": "object"}
    body = {"model": "gpt-oss", "messages": USER, "think": "low", "format": schema}
    models = [gpt_oss(always('{"a": 1}', "I look at it"), "gpt-oss:latest")]
    async with (
        Simulator(models, engine=Engine(version=VERSIONS[version])) as simulator,
        httpx.AsyncClient(base_url=simulator.url, trust_env=False) as client,
    ):
        *said, last = await lines(client, "/api/chat", body)
    messages = [record["message"] for record in said]
    assert "".join(one.get("thinking", "") for one in messages) == "I look at it"
    assert "".join(one["content"] for one in messages) == '{"a": 1}'
    written = sum(bool(one["content"]) for one in messages)
    assert (last["eval_count"] > written) is counts_both


async def test_a_fault_can_be_ordered_from_outside(http: httpx.AsyncClient) -> None:
    fault = {"kind": "status", "path": "/api/tags", "status": 503, "text": "server busy"}
    assert (await http.post("/simulator/faults", json=fault)).status_code == 204
    assert (await http.get("/api/tags")).status_code == 503
    assert (await http.get("/api/tags")).status_code == 200


async def test_a_foreign_origin_is_let_in_where_the_server_was_told_so() -> None:
    engine = Engine(Hardware(origins=("http://evil.example",)))
    async with (
        Simulator([], engine=engine) as simulator,
        httpx.AsyncClient(base_url=simulator.url, trust_env=False) as client,
    ):
        headers = {"Origin": "http://evil.example"}
        assert (await client.get("/api/version", headers=headers)).status_code == 200


async def test_pulling_takes_the_networks_time_and_goes_on_where_it_was_left() -> None:
    model = tiny("new:latest", Format.CHATML)
    engine = Engine(Hardware(network=1e6))
    async with (
        Simulator([], [model], engine=engine) as simulator,
        httpx.AsyncClient(base_url=simulator.url, trust_env=False) as client,
    ):
        simulator.faults.add(Fault(Kind.NO_DONE, "/api/pull", 6))
        first = await lines(client, "/api/pull", {"model": "new"})
        second = await lines(client, "/api/pull", {"model": "new"})
    assert engine.clock.now() == pytest.approx(1.02, abs=0.1)
    done = [record["completed"] for record in (*first, *second) if "completed" in record]
    assert done == sorted(set(done))
    assert done[-1] == 1_000_000
