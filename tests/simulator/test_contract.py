"""What holds for the simulator and for a real Ollama alike.

The simulator is always tested. A real server is tested as well when OLLAMA_HOST and
TANDEM_CONTRACT_MODELS (the names of the plain, the gpt-oss and the GLM shaped tiny model, with
commas) are set; TANDEM_CONTRACT_REPEATER names one that repeats a token. The tiny models are made
by tests/simulator/tiny_gguf.py. Tests on a real server share its state, so each says words of its
own.
"""

import asyncio
import json
import os
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from lsp_server.models.address import base_url
from tests.simulator.catalogue import contract_models
from tests.simulator.engine import Engine
from tests.simulator.hardware import Hardware
from tests.simulator.simulator import Simulator
from tests.waiting import until

Record = dict[str, Any]
USER = [{"role": "user", "content": "hello"}]
WORKING = Hardware(prefill=3000.0, decode=100.0, disk=1e6, load_base=0.25)
REAL = [name for name in os.environ.get("TANDEM_CONTRACT_MODELS", "").split(",") if name]
KINDS = ["simulator", *(["real"] if REAL and os.environ.get("OLLAMA_HOST") else [])]


@dataclass
class Server:
    """A server under test: its three models, and its clock."""

    http: httpx.AsyncClient
    m: str
    g: str
    f: str
    now: Callable[[], float]
    repeater: str = ""
    new_cache: bool = True
    nonce: str = field(default_factory=lambda: uuid.uuid4().hex)
    options: Record = field(default_factory=lambda: {"num_ctx": 16384, "num_batch": 512})

    def text(self, length: int, seed: str = "p") -> str:
        """Return text of `length` byte tokens; what another seed or test says shares nothing."""
        head = f"{seed}{self.nonce}"
        return (head + "".join(f"{seed}{number} " for number in range(length)))[:length]

    async def post(self, path: str, body: Record) -> httpx.Response:
        return await self.http.post(f"/api/{path}", json=body)

    async def lines(self, path: str, body: Record) -> list[Record]:
        reply = await self.post(path, body)
        assert reply.status_code == 200, reply.text
        return [json.loads(line) for line in reply.text.split("\n") if line]

    async def last(self, path: str, body: Record) -> Record:
        return (await self.lines(path, body))[-1]

    async def read(self, model: str, prompt: str, **options: Any) -> Record:
        """Read a prompt and write one token."""
        given = {**self.options, "num_predict": 1, **options}
        body = {"model": model, "prompt": prompt, "raw": True, "options": given, "think": False}
        if model == self.m:
            del body["think"]
        return await self.last("generate", body)


@pytest.fixture(params=KINDS)
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    opened = _real() if request.param == "real" else _simulated()
    async with opened as found:
        yield found


@asynccontextmanager
async def _simulated(hardware: Hardware = WORKING) -> AsyncIterator[Server]:
    async with (
        Simulator(contract_models(), engine=Engine(hardware)) as simulator,
        _client(simulator.url) as http,
    ):
        yield Server(http, "m", "g", "f", simulator.engine.clock.now, "r")


@asynccontextmanager
async def _real() -> AsyncIterator[Server]:
    async with _client(base_url(os.environ["OLLAMA_HOST"])) as http:
        m, g, f = REAL
        repeater = os.environ.get("TANDEM_CONTRACT_REPEATER", "")
        version = str((await http.get("/api/version")).json()["version"])
        old = [int(part) for part in version.split(".")[:2]] < [0, 30] and version != "0.0.0"
        yield Server(http, m, g, f, time.monotonic, repeater, not old)


def _client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, trust_env=False, timeout=300)


async def test_01_the_root_answers(server: Server) -> None:
    reply = await server.http.get("/")
    assert (reply.status_code, reply.text) == (200, "Ollama is running")
    head = await server.http.head("/")
    assert (head.status_code, head.content) == (200, b"")


async def test_02_the_version_is_a_text(server: Server) -> None:
    version = (await server.http.get("/api/version")).json()["version"]
    assert isinstance(version, str)
    assert version


async def test_03_unknown_paths_and_methods_are_refused(server: Server) -> None:
    assert (await server.http.get("/api/nope")).status_code == 404
    assert (await server.http.get("/api/generate")).status_code == 405


async def test_04_the_models_are_listed(server: Server) -> None:
    models = (await server.http.get("/api/tags")).json()["models"]
    entries = {entry["name"].removesuffix(":latest"): entry for entry in models}
    for name in (server.m, server.g, server.f):
        entry = entries[name.removesuffix(":latest")]
        assert entry["name"] == entry["model"]
        assert re.fullmatch("[0-9a-f]{64}", entry["digest"])
        assert entry["size"] > 0
        assert entry["details"]["family"]


async def test_05_arrays_come_with_verbose(server: Server) -> None:
    brief = (await server.post("show", {"model": server.m})).json()["model_info"]
    full = (await server.post("show", {"model": server.m, "verbose": True})).json()["model_info"]
    architecture = brief["general.architecture"]
    assert isinstance(brief[f"{architecture}.context_length"], int)
    assert not brief.get("tokenizer.ggml.tokens")
    assert len(full["tokenizer.ggml.tokens"]) >= 256
    assert full["tokenizer.ggml.merges"]


async def test_06_a_missing_model_is_told(server: Server) -> None:
    shown = await server.post("show", {"model": "nope"})
    assert shown.status_code == 404
    assert "not found" in shown.json()["error"]
    for path in ("generate", "chat"):
        reply = await server.post(path, {"model": "nope", "prompt": "x", "messages": USER})
        assert (reply.status_code, reply.json()) == (404, {"error": "model 'nope' not found"})


@pytest.mark.parametrize("path", ["generate", "chat", "show", "embed", "pull", "delete"])
async def test_07_an_empty_body_is_refused(server: Server, path: str) -> None:
    method = "DELETE" if path == "delete" else "POST"
    reply = await server.http.request(method, f"/api/{path}")
    assert (reply.status_code, reply.json()["error"]) == (400, "missing request body")


async def test_08_an_empty_name_is_refused(server: Server) -> None:
    chat = await server.post("chat", {"model": "", "messages": USER})
    assert (chat.status_code, chat.json()["error"]) == (400, "model is required")
    assert (await server.post("generate", {"model": "", "prompt": "x"})).status_code == 404


async def test_09_a_load_shows_its_context(server: Server) -> None:
    body = {"model": server.m, "options": {"num_ctx": 2048}}
    reply = await server.post("generate", body)
    assert (reply.json()["done"], reply.json()["done_reason"]) == (True, "load")
    running = (await server.http.get("/api/ps")).json()["models"]
    found = {entry["name"].removesuffix(":latest"): entry for entry in running}
    assert found[server.m.removesuffix(":latest")]["context_length"] == 2048


async def test_10_an_unload_empties_the_memory(server: Server) -> None:
    await server.post("generate", {"model": server.m})
    running = (await server.http.get("/api/ps")).json()["models"]
    for name in {server.m, server.g, server.f, *(one["name"] for one in running)}:
        reply = await server.post("generate", {"model": name, "keep_alive": 0})
        assert reply.json()["done_reason"] == "unload"
    began = server.now()
    while (await server.http.get("/api/ps")).json()["models"]:
        assert server.now() < began + 10


async def test_11_a_stream_is_lines_with_one_end(server: Server) -> None:
    body = {"model": server.m, "messages": USER, "options": {"num_predict": 5}}
    reply = await server.post("chat", body)
    assert reply.headers["content-type"].startswith("application/x-ndjson")
    *pieces, last = [json.loads(line) for line in reply.text.split("\n") if line]
    assert not any(piece["done"] or "eval_count" in piece for piece in pieces)
    assert last["done"] is True
    assert last["done_reason"] in {"stop", "length"}


async def test_12_a_stream_says_what_one_reply_says(server: Server) -> None:
    options = {"num_predict": 20, "temperature": 0, "seed": 1}
    body = {"model": server.m, "messages": USER, "options": options}
    pieces = await server.lines("chat", body)
    whole = await server.last("chat", body | {"stream": False})
    joined = "".join(piece["message"]["content"] for piece in pieces)
    assert joined == whole["message"]["content"]


async def test_13_durations_add_up(server: Server) -> None:
    last = await server.read(server.m, server.text(300))
    parts = [last[f"{name}_duration"] for name in ("load", "prompt_eval", "eval") if
             f"{name}_duration" in last]  # fmt: skip
    assert all(isinstance(part, int) for part in parts)
    assert sum(parts) <= last["total_duration"] * 1.05


async def test_14_num_predict_ends_the_answer(server: Server) -> None:
    last = await server.last(
        "chat", {"model": server.m, "messages": USER, "options": {"num_predict": 5}}
    )
    assert last["eval_count"] <= 5
    assert last["done_reason"] == "length"


async def test_15_a_stop_string_never_shows(server: Server) -> None:
    options = {"num_predict": 50, "stop": ["gamma"]}
    pieces = await server.lines("chat", {"model": server.m, "messages": USER, "options": options})
    assert "gamma" not in "".join(piece["message"]["content"] for piece in pieces)
    assert pieces[-1]["done_reason"] == "stop"


async def test_16_only_what_is_not_raw_has_a_context(server: Server) -> None:
    body = {"model": server.m, "prompt": "hello", "options": {"num_predict": 2}}
    assert "context" not in await server.last("generate", body | {"raw": True})
    last = await server.last("generate", body)
    assert len(last["context"]) >= last["prompt_eval_count"]


@pytest.mark.parametrize("level", ["low", "medium", "high"])
async def test_17_gpt_oss_reasons_first(server: Server, level: str) -> None:
    body = {"model": server.g, "messages": USER, "think": level}
    said = [record["message"] for record in await server.lines("chat", body)]
    thinking = [number for number, message in enumerate(said) if message.get("thinking")]
    content = [number for number, message in enumerate(said) if message["content"]]
    assert max(thinking) < min(content)
    joined = "".join(message["content"] for message in said)
    assert joined == "answer."


async def test_18_glm_reasons_if_asked_to(server: Server) -> None:
    body = {"model": server.f, "messages": USER}
    said = [one["message"] for one in await server.lines("chat", body | {"think": True})]
    assert "".join(one.get("thinking", "") for one in said).strip() == "reason1 reason2"
    assert "".join(one["content"] for one in said) == "answer."
    quiet = [one["message"] for one in await server.lines("chat", body | {"think": False})]
    assert not any(one.get("thinking") for one in quiet)


async def test_19_wrong_thinking_is_refused(server: Server) -> None:
    reply = await server.post("chat", {"model": server.m, "messages": USER, "think": True})
    assert reply.status_code == 400
    assert "does not support thinking" in reply.json()["error"]
    bogus = await server.post("chat", {"model": server.g, "messages": USER, "think": "bogus"})
    assert bogus.status_code == 400


@pytest.mark.parametrize("model", ["m", "g", "f"])
async def test_20_a_suffix_needs_its_template(server: Server, model: str) -> None:
    name = getattr(server, model)
    reply = await server.post("generate", {"model": name, "prompt": "a", "suffix": "b"})
    assert reply.status_code == 400
    assert "does not support insert" in reply.json()["error"]


async def test_21_a_wrong_option_is_named(server: Server) -> None:
    body = {"model": server.m, "prompt": "x", "raw": True}
    reply = await server.post("generate", body | {"options": {"num_ctx": "x"}})
    assert reply.status_code >= 400
    assert "num_ctx" in reply.json()["error"]
    unknown = {"options": {"num_predict": 1, "no_such_option": 1}}
    assert (await server.post("generate", body | unknown)).status_code == 200


async def test_22_a_wrong_format_is_refused(server: Server) -> None:
    body = {"model": server.m, "messages": USER, "options": {"num_predict": 2}}
    reply = await server.post("chat", body | {"format": "yaml"})
    assert "invalid format" in reply.json()["error"]
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/nowhere"}}}
    refused = await server.post("chat", body | {"format": schema})
    assert 400 <= refused.status_code < 500


async def test_23_too_long_a_prompt_is_refused_with_its_sizes(server: Server) -> None:
    options = {"num_ctx": 2048, "num_predict": 1}
    body = {"model": server.m, "prompt": server.text(2148), "raw": True, "truncate": False}
    reply = await server.post("generate", body | {"options": options})
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert ("2148" in error and "2048" in error) or "context length" in error


async def test_24_too_long_a_prompt_is_cut_by_default(server: Server) -> None:
    last = await server.read(server.m, server.text(2148), num_ctx=2048)
    assert last["prompt_eval_count"] < 2048


async def test_25_a_prompt_that_comes_again_is_not_read_again(server: Server) -> None:
    first = await server.read(server.m, server.text(6000))
    second = await server.read(server.m, server.text(6000))
    assert first["prompt_eval_count"] == second["prompt_eval_count"]
    assert second["prompt_eval_duration"] <= 0.3 * first["prompt_eval_duration"]
    if "prompt_eval_cached_count" in second:
        assert second["prompt_eval_cached_count"] >= 0.95 * second["prompt_eval_count"]


@pytest.mark.parametrize("model", ["m", "g", "f"])
async def test_26_a_short_tail_may_change(server: Server, model: str) -> None:
    name, prefix = getattr(server, model), server.text(6000)
    first = await server.read(name, prefix + server.text(300, "s"))
    second = await server.read(name, prefix + server.text(300, "t"))
    assert second["prompt_eval_duration"] <= 0.3 * first["prompt_eval_duration"]


async def test_27_a_long_tail_costs_all_of_a_window_that_was_not_warmed(server: Server) -> None:
    prefix, costs = server.text(6000), {}
    for name in (server.g, server.f):
        first = await server.read(name, prefix + server.text(3000, "s"))
        second = await server.read(name, prefix + server.text(3000, "t"))
        costs[name] = second["prompt_eval_duration"] / first["prompt_eval_duration"]
    assert costs[server.g] >= 0.7
    assert costs[server.f] <= 0.7


@pytest.mark.parametrize("model", ["m", "g", "f"])
async def test_28_another_prompt_in_between_is_forgiven(server: Server, model: str) -> None:
    if not server.new_cache:
        pytest.skip("servers before 0.30 keep no prompt beside the slot")
    name, prompt = getattr(server, model), server.text(6000) + server.text(300, "s")
    first = await server.read(name, prompt)
    await server.read(name, server.text(6000, "q"))
    back = await server.read(name, prompt)
    assert back["prompt_eval_duration"] <= 0.3 * first["prompt_eval_duration"]


async def test_29_who_leaves_frees_the_model(server: Server) -> None:
    options = {**server.options, "num_predict": 100000}
    body = {"model": server.m, "prompt": "go", "raw": True, "options": options}
    async with server.http.stream("POST", "/api/generate", json=body) as stream:
        await anext(stream.aiter_raw())
    began = server.now()
    await server.read(server.m, "next")
    assert server.now() - began < 2

    prompt = server.text(15000, "long")
    cold = await server.read(server.m, prompt)
    await server.post("generate", {"model": server.m, "keep_alive": 0})
    await server.read(server.m, "x")
    reading = asyncio.ensure_future(server.read(server.m, prompt))
    began = server.now()
    await until(lambda: server.now() >= began + 1 or reading.done())
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    began = server.now()
    again = await server.read(server.m, prompt)
    assert again["prompt_eval_duration"] < 0.95 * cold["prompt_eval_duration"]
    assert server.now() - began < 3 + cold["prompt_eval_duration"] / 1e9


async def test_30_one_slot_serves_one_after_the_other(server: Server) -> None:
    order: list[str] = []

    async def chat(name: str) -> None:
        body = {"model": server.m, "messages": USER, "options": {"num_predict": 5}}
        async with server.http.stream("POST", "/api/chat", json=body) as stream:
            async for line in stream.aiter_lines():
                order.append(name + "." * json.loads(line)["done"])  # noqa: PERF401 - two append

    await asyncio.gather(chat("a"), chat("b"))
    first, second = order[0], "b" if order[0] == "a" else "a"
    assert order.index(second) > order.index(f"{first}.")


async def test_31_only_runner_options_restart_a_model(server: Server) -> None:
    async def load(**options: Any) -> tuple[int, int]:
        body = {"model": server.m, "prompt": "x", "raw": True}
        last = await server.last("generate", body | {"options": {"num_predict": 1, **options}})
        running = (await server.http.get("/api/ps")).json()["models"]
        mine = [one for one in running if one["name"].startswith(server.m)]
        return last["load_duration"], mine[0]["context_length"]

    await load(num_ctx=2048)
    same, context = await load(num_ctx=2048, temperature=0.7)
    assert context == 2048
    for size in (4096, 2048):
        changed, context = await load(num_ctx=size)
        assert context == size
        assert changed > 5 * same


async def test_32_keep_alive_is_kept(server: Server) -> None:
    await server.post("generate", {"model": server.m, "keep_alive": -1})
    running = (await server.http.get("/api/ps")).json()["models"]
    entry = next(one for one in running if one["name"].startswith(server.m))
    assert int(entry["expires_at"][:4]) > time.gmtime().tm_year + 50
    await server.post("generate", {"model": server.m, "keep_alive": "1s"})
    began = server.now()
    while any(
        one["name"].startswith(server.m)
        for one in (await server.http.get("/api/ps")).json()["models"]
    ):
        assert server.now() < began + 5
        # The virtual clock moves only while someone waits on the server.
        await server.read(server.f, "x")


async def test_33_a_model_that_repeats_itself_is_cut_off(server: Server) -> None:
    if not server.repeater:
        pytest.skip("no model that repeats a token was named")
    reply = await server.post("chat", {"model": server.repeater, "messages": USER})
    records = [json.loads(line) for line in reply.text.split("\n") if line]
    assert reply.status_code == 200
    assert len(records) <= 40
    assert not any(record["done"] for record in records)


async def test_34_a_model_is_deleted_once(server: Server) -> None:
    copy = {"model": "tandem-contract-copy", "from": server.m}
    assert (await server.post("create", copy)).status_code == 200
    body = {"model": "tandem-contract-copy"}
    gone = await server.http.request("DELETE", "/api/delete", json=body)
    assert (gone.status_code, gone.content) == (200, b"")
    assert (await server.post("show", body)).status_code == 404
    again = await server.http.request("DELETE", "/api/delete", json=body)
    assert again.status_code == 404


async def test_35_strangers_are_refused(server: Server) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        assert (await server.http.get("/api/version", headers=headers)).status_code == 403
    assert (await server.http.get("/api/version")).status_code == 200


async def test_36_a_full_queue_is_told() -> None:
    async with _simulated(Hardware(load_base=5.0, prefill=3000.0, max_queue=1)) as server:
        await _flood(server)


if "real" in KINDS and os.environ.get("OLLAMA_MAX_QUEUE") == "1":

    async def test_36_a_full_queue_is_told_by_the_real_server() -> None:
        async with _real() as server:
            await _flood(server)


async def _flood(server: Server) -> None:
    bodies = [{"model": name, "options": {"num_ctx": size}} for name in (server.m, server.g,
              server.f) for size in (2048, 4096, 8192)]  # fmt: skip
    replies = await asyncio.gather(*(server.post("generate", body) for body in bodies))
    told = {reply.json()["error"] for reply in replies if reply.status_code == 503}
    assert told == {"server busy, please try again.  maximum pending requests exceeded"}
