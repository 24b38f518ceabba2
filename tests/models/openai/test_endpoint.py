"""A role at an OpenAI-compatible endpoint, against a small server."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from lsp_server.common.clock import SystemClock
from lsp_server.config.settings import (
    AgentSettings,
    ExecutorSettings,
    Fill,
    OllamaSettings,
    PlannerSettings,
    Settings,
)
from lsp_server.features.model_house import ModelHouse
from lsp_server.models.api import (
    ChatPrompt,
    Event,
    FillPrompt,
    Finish,
    Outcome,
    Request,
    Role,
    Text,
    Thinking,
    Urgency,
)
from lsp_server.models.current import CurrentModels
from lsp_server.models.errors import (
    BadRequest,
    ContextOverflow,
    ModelMissing,
    NotAllowed,
    ServerBusy,
    StreamBroken,
    Superseded,
    Unreachable,
)
from lsp_server.models.household import Household
from lsp_server.models.openai.endpoint import Elsewhere
from lsp_server.models.speech import Speech
from tests.models.openai.fake import FakeServer, event
from tests.simulator.http import HttpReply, json_reply
from tests.waiting import until

CHAT = ChatPrompt("be brief", "# map\n", "What is this?")
FILL = FillPrompt("be brief", "# map\n", "def add(a, b):\n    return ", "\n", "python", "a.py")


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    async with FakeServer() as running:
        yield running


def settings_for(server: FakeServer, **executor: Any) -> Settings:
    own = ExecutorSettings(base_url=server.url, **executor)
    return Settings(executor=own, planner=PlannerSettings(base_url=server.url))


async def opened(server: FakeServer, **executor: Any) -> Household:
    household = Household(settings_for(server, **executor), SystemClock())
    await household.refresh()
    return household


async def ask(household: Household, request: Request, role: Role = Role.EXECUTOR) -> list[Event]:
    model = household.ready(role)
    assert model is not None
    async with aclosing(model.stream(request)) as events:
        return [one async for one in events]


def text_of(events: list[Event]) -> str:
    return "".join(one.text for one in events if isinstance(one, Text))


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_a_chat_streams_with_its_reasoning_apart_and_its_usage(
    server: FakeServer, field: str
) -> None:
    server.thinking, server.reasoning_field = "I look.", field
    household = await opened(server)
    events = await ask(household, Request(CHAT, 50, think=True))
    assert text_of(events) == "a + b"
    assert "".join(one.text for one in events if isinstance(one, Thinking)) == "Ilook."
    finish = events[-1]
    assert isinstance(finish, Finish)
    usage = finish.usage
    assert (usage.prompt_tokens, usage.cached_tokens, usage.answer_tokens) == (100, 60, 7)
    await household.close()


async def test_a_schema_is_sent_as_a_response_format(server: FakeServer) -> None:
    household = await opened(server)
    await ask(household, Request(CHAT, 50, schema={"type": "object"}))
    sent = server.bodies("/v1/chat/completions")[-1]["response_format"]
    assert sent["json_schema"]["schema"] == {"type": "object"}
    await household.close()


async def test_the_key_is_sent_and_shown_nowhere(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.key = "sk-very-secret"
    settings = settings_for(server, api_key="sk-very-secret")
    household = Household(settings, SystemClock())
    await household.refresh()
    assert household.ready(Role.EXECUTOR) is not None
    assert household.ready(Role.PLANNER) is None
    status = ModelHouse(household).status
    assert "api_key" in status.notices[0].advice
    assert "sk-very" not in f"{settings!r} {status!r} {caplog.text}"
    await household.close()


async def test_an_address_elsewhere_is_refused_until_the_user_allows_it() -> None:
    settings = Settings(executor=ExecutorSettings(base_url="https://models.example/v1"))
    settings = replace(settings, ollama=OllamaSettings(enabled=False))
    household = Household(settings, SystemClock())
    await household.refresh()
    assert household.ready(Role.EXECUTOR) is None
    notice = ModelHouse(household).status.notices[0]
    assert "no code was sent" in notice.sentence
    assert "ollama.allow_remote" in notice.advice
    await household.close()


async def test_a_name_without_a_scheme_is_told_how_to_write_it() -> None:
    settings = Settings(executor=ExecutorSettings(base_url="localhost"))
    household = Household(settings, SystemClock())
    assert "http://" in ModelHouse(household).status.notices[0].advice
    await household.close()


async def test_roles_find_their_models_by_friendly_names(server: FakeServer) -> None:
    server.listed = [{"id": "openai/gpt-oss-20b"}, {"id": "zai-org/GLM-4.7-Flash"}]
    household = await opened(server)
    assert household.state.playing == {
        Role.PLANNER: "openai/gpt-oss-20b",
        Role.EXECUTOR: "zai-org/GLM-4.7-Flash",
    }
    await ask(household, Request(CHAT, 50), Role.PLANNER)
    assert server.bodies("/v1/chat/completions")[-1]["reasoning_effort"] == "medium"
    await household.close()


async def test_a_model_that_is_not_there_is_told_with_those_that_are(server: FakeServer) -> None:
    server.listed = [{"id": "llama"}, {"id": "phi"}]
    household = await opened(server)
    problem = household.state.endpoints[Role.EXECUTOR].problem
    assert isinstance(problem, ModelMissing)
    assert "It has llama, phi." in problem.sentence
    await household.close()


async def test_a_hole_is_filled_by_marks_that_the_server_counts_as_tokens(
    server: FakeServer,
) -> None:
    server.listed = [{"id": "glm-4.7-flash", "owned_by": "vllm", "max_model_len": 4096}]

    def scripted(path: str, body: dict[str, Any]) -> HttpReply | None:
        if path == "/tokenize":
            whole = body["prompt"].startswith("<|fim_prefix|>")
            return json_reply({"tokens": [1, 2, 3] if whole else list(range(20))})
        plain = path == "/v1/completions" and not body.get("stream")
        return json_reply({"choices": [{"text": "a"}]}) if plain else None

    server.scripted = scripted
    household = await opened(server)
    assert household.state.endpoints[Role.EXECUTOR].fill == "tokens"
    assert household.state.endpoints[Role.EXECUTOR].context == 4096
    assert text_of(await ask(household, Request(FILL, 50))) == "a + b"
    prompt = server.bodies("/v1/completions")[-1]["prompt"]
    assert prompt.endswith(f"<|fim_prefix|>{FILL.above}<|fim_suffix|>\n<|fim_middle|>")
    await household.close()


async def test_a_suffix_is_sent_where_the_user_says_so(server: FakeServer) -> None:
    household = await opened(server, fill=Fill.SUFFIX)
    assert text_of(await ask(household, Request(FILL, 50))) == "a + b"
    sent = server.bodies("/v1/completions")[-1]
    assert (sent["suffix"], sent["prompt"].endswith(FILL.above)) == ("\n", True)
    await household.close()


async def test_a_server_that_only_chats_is_asked_for_what_comes_next(server: FakeServer) -> None:
    household = await opened(server)
    await ask(household, Request(FILL, 50))
    *_, user = server.bodies("/v1/chat/completions")[-1]["messages"]
    assert user["role"] == "user"
    assert "    return \n```" in user["content"]
    await household.close()


async def test_a_server_that_goes_on_is_given_the_beginning(server: FakeServer) -> None:
    server.listed = [{"id": "glm-4.7-flash", "owned_by": "sglang"}]
    household = await opened(server)
    await ask(household, Request(FILL, 50))
    body = server.bodies("/v1/chat/completions")[-1]
    assert body["messages"][-1]["content"].endswith("    return ")
    assert body["continue_final_message"] is True
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    await household.close()


async def test_a_mark_in_a_file_has_no_power(server: FakeServer) -> None:
    household = await opened(server)
    await ask(household, Request(replace(CHAT, context='X = "<|im_start|>"\n'), 50))
    assert "<|im_start|>" not in str(server.bodies("/v1/chat/completions")[-1])
    await household.close()


async def test_closing_the_stream_leaves_the_server(server: FakeServer) -> None:
    server.answer, server.gate = "one\ntwo\n", asyncio.Event()
    household = await opened(server)
    model = household.ready(Role.EXECUTOR)
    assert model is not None
    events = model.stream(Request(CHAT, 50))
    asking = asyncio.ensure_future(anext(events))
    await until(lambda: len(server.bodies("/v1/chat/completions")) == 1)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await events.aclose()
    async with asyncio.timeout(5):
        await server.left.wait()
    await household.close()


async def test_newer_typing_ends_older_typing_and_leaves_questions_alone(
    server: FakeServer,
) -> None:
    server.gate = asyncio.Event()
    household = await opened(server)
    typing = Request(FILL, 50, Urgency.TYPING)
    question = asyncio.ensure_future(ask(household, Request(CHAT, 50)))
    older = asyncio.ensure_future(ask(household, typing))
    await until(lambda: len(server.bodies("/v1/chat/completions")) == 2)
    newer = asyncio.ensure_future(ask(household, typing))
    with pytest.raises(Superseded):
        await older
    server.gate.set()
    assert text_of(await newer) == text_of(await question) == "a + b"
    await household.close()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": {"message": "x", "code": "context_length_exceeded"}}, ContextOverflow),
        (401, {"error": {"message": "bad key"}}, NotAllowed),
        (404, {"detail": "Not Found"}, StreamBroken),
        (404, {"error": {"message": "The model `x` does not exist"}}, ModelMissing),
        (422, {"detail": "no"}, BadRequest),
        (429, {"error": "slow down"}, ServerBusy),
        (429, {"error": {"code": "insufficient_quota", "message": "pay"}}, NotAllowed),
        (500, {"error": {"message": "boom"}}, StreamBroken),
        (503, {"error": {"message": "Loading model"}}, ServerBusy),
    ],
)
async def test_refusals_are_told_in_our_own_errors(
    server: FakeServer, status: int, body: Any, error: type[Exception]
) -> None:
    household = await opened(server)
    server.scripted = lambda path, _: json_reply(body, status) if "chat" in path else None
    with pytest.raises(error):
        await ask(household, Request(FILL, 50, Urgency.TYPING))
    await household.close()


async def test_an_overflow_of_vllm_is_told_with_both_sizes(server: FakeServer) -> None:
    household = await opened(server)
    text = (
        "This model's maximum context length is 4096 tokens. However, your messages resulted in "
        "5012 tokens. Please reduce the length of the messages."
    )
    refusal = {"object": "error", "message": text, "type": "BadRequestError", "code": 400}
    server.scripted = lambda path, _: json_reply(refusal, 400) if "chat" in path else None
    with pytest.raises(ContextOverflow) as raised:
        await ask(household, Request(CHAT, 50))
    assert (raised.value.prompt_tokens, raised.value.window) == (5012, 4096)
    await household.close()


async def test_a_stream_without_its_end_is_an_outcome(server: FakeServer) -> None:
    household = await opened(server)

    async def cut() -> AsyncIterator[bytes]:
        yield event({"choices": [{"delta": {"content": "half"}}]})

    server.scripted = lambda path, _: HttpReply(200, cut()) if "chat" in path else None
    events = await ask(household, Request(CHAT, 50))
    assert text_of(events) == "half"
    finish = events[-1]
    assert isinstance(finish, Finish)
    assert finish.outcome is Outcome.NO_DONE
    await household.close()


async def test_an_error_after_text_is_not_tried_again_where_the_server_cannot_go_on(
    server: FakeServer,
) -> None:
    household = await opened(server)

    async def failing() -> AsyncIterator[bytes]:
        yield event({"choices": [{"delta": {"content": "half"}}]})
        yield event({"error": {"message": "out of memory"}})

    server.scripted = lambda path, _: HttpReply(200, failing()) if "chat" in path else None
    with pytest.raises(StreamBroken, match="out of memory"):
        await ask(household, Request(CHAT, 50))
    assert len(server.bodies("/v1/chat/completions")) == 1
    await household.close()


async def test_what_was_used_is_priced_and_shown(server: FakeServer) -> None:
    prices = {"price_input": 1000.0, "price_cached": 100.0, "price_output": 2000.0}
    household = await opened(server, **prices)
    await ask(household, Request(FILL, 50))
    shown = ModelHouse(household).status.detail["prompts"]["glm-4.7-flash"]
    assert shown["cost"] == pytest.approx(40 * 0.001 + 60 * 0.0001 + 7 * 0.002)
    await household.close()


async def test_a_server_that_comes_back_is_found_by_an_explicit_request(
    server: FakeServer,
) -> None:
    household = await opened(server)
    await server.stop()
    with pytest.raises(Unreachable):
        await ask(household, Request(CHAT, 50))
    assert household.ready(Role.EXECUTOR) is None
    assert await household.sought(Role.EXECUTOR) is None
    await server.start()
    assert await household.sought(Role.EXECUTOR) is not None
    await household.close()


async def test_one_role_elsewhere_leaves_the_other_to_ollama(server: FakeServer) -> None:
    settings = Settings(
        AgentSettings(),
        executor=ExecutorSettings(base_url=server.url),
        ollama=OllamaSettings(enabled=False),
    )
    household = Household(settings, SystemClock())
    await household.refresh()
    status = ModelHouse(household).status
    assert (status.executor, status.planner) == ("glm-4.7-flash", "built-in engine")
    assert [notice.sentence for notice in status.notices] == ["Ollama is switched off."]
    await household.close()


async def test_events_are_read_by_bytes_and_not_by_lines_of_text(server: FakeServer) -> None:
    household = await opened(server)
    text = "a\u0085b\u2028c\u00e9"

    async def pieces() -> AsyncIterator[bytes]:
        data = b": hello\r\n\r\n" + event({"choices": [{"delta": {"content": text}}]})
        raw = data.replace(b"\\u00e9", "\u00e9".encode()).replace(b"\n\n", b"\r\n\r\n")
        for number in range(0, len(raw), 7):
            yield raw[number : number + 7]
        yield event({"choices": [{"delta": {}, "finish_reason": "length"}]})

    server.scripted = lambda path, _: HttpReply(200, pieces()) if "chat" in path else None
    events = await ask(household, Request(CHAT, 50))
    assert text_of(events) == text
    finish = events[-1]
    assert isinstance(finish, Finish)
    assert finish.outcome is Outcome.LENGTH
    await household.close()


async def test_a_key_that_the_server_repeats_is_shown_nowhere(server: FakeServer) -> None:
    household = await opened(server, api_key="sk-very-secret")
    refusal = {"error": {"message": "Incorrect key: sk-very-secret"}}
    server.scripted = lambda path, _: json_reply(refusal, 401) if "chat" in path else None
    with pytest.raises(NotAllowed, match="Incorrect key: \u2026"):
        await ask(household, Request(CHAT, 50))
    await household.close()


@pytest.mark.parametrize("key", ["sk-\u2019secret", "sk-very\nsecret"])
async def test_a_key_that_cannot_be_sent_is_told_without_it(server: FakeServer, key: str) -> None:
    household = await opened(server, api_key=key)
    problem = household.state.endpoints[Role.EXECUTOR].problem
    assert isinstance(problem, NotAllowed)
    assert "executor.api_key" in problem.sentence
    assert "sk-" not in str(problem)
    assert not server.bodies("/v1/chat/completions")
    await household.close()


async def test_a_line_end_behind_a_key_is_no_part_of_it(server: FakeServer) -> None:
    server.key = "sk-very-secret"
    household = await opened(server, api_key="sk-very-secret\n")
    assert household.ready(Role.EXECUTOR) is not None
    await household.close()


@pytest.mark.parametrize("path", ["/props", "/tokenize", "/v1/completions"])
async def test_a_server_that_is_still_loading_is_asked_again_for_what_it_can(
    server: FakeServer, path: str
) -> None:
    server.listed = [{"id": "glm-4.7-flash", "owned_by": "llamacpp"}]
    loading = True

    def scripted(asked: str, body: dict[str, Any]) -> HttpReply | None:
        if loading and asked == path:
            return json_reply({"error": {"message": "Loading model"}}, 503)
        if asked == "/tokenize":
            whole = body["content"].startswith("<|fim_prefix|>")
            return json_reply({"tokens": [1, 2, 3] if whole else list(range(20))})
        if asked == "/props":
            return json_reply({"total_slots": 2, "default_generation_settings": {"n_ctx": 2048}})
        plain = asked == "/v1/completions" and not body.get("stream")
        return json_reply({"choices": [{"text": "a"}]}) if plain else None

    server.scripted = scripted
    household = await opened(server)
    assert isinstance(household.state.endpoints[Role.EXECUTOR].problem, ServerBusy)
    loading = False
    await household.refresh()
    state = household.state.endpoints[Role.EXECUTOR]
    assert (state.problem, state.fill, state.context) == (None, "tokens", 2048)
    await household.close()


class LlamaServer:
    """What llama-server tells of itself, by how it was started."""

    def __init__(self, slots: int, window: int, *, fills: bool = False) -> None:
        self.slots, self.window, self.fills = slots, window, fills

    def __call__(self, path: str, body: dict[str, Any]) -> HttpReply | None:
        if path == "/props":
            window = {"n_ctx": self.window}
            return json_reply({"total_slots": self.slots, "default_generation_settings": window})
        if path == "/tokenize":
            whole = self.fills and body["content"].startswith("<|fim_prefix|>")
            return json_reply({"tokens": [1, 2, 3] if whole else list(range(20))})
        plain = path == "/v1/completions" and not body.get("stream")
        return json_reply({"choices": [{"text": "a"}]}) if plain else None


async def test_a_server_that_was_started_anew_with_other_options_is_taken_as_it_is_now(
    server: FakeServer,
) -> None:
    server.listed = [{"id": "glm-4.7-flash", "owned_by": "llamacpp"}]
    server.scripted = LlamaServer(1, 2048)
    household = await opened(server)
    state = household.state.endpoints[Role.EXECUTOR]
    assert (state.context, state.fill) == (2048, "chat")
    server.scripted = LlamaServer(2, 4096, fills=True)
    await household.refresh()
    state = household.state.endpoints[Role.EXECUTOR]
    assert (state.context, state.fill) == (4096, "tokens")
    server.gate = asyncio.Event()
    both = [asyncio.ensure_future(ask(household, Request(CHAT, 50))) for _ in range(2)]
    await until(lambda: len(server.bodies("/v1/chat/completions")) == 2)
    server.gate.set()
    assert [text_of(events) for events in await asyncio.gather(*both)] == ["a + b"] * 2
    await household.close()


async def test_a_server_that_was_away_is_looked_at_anew_though_it_seems_the_same(
    server: FakeServer,
) -> None:
    server.listed = [{"id": "glm-4.7-flash", "owned_by": "vllm"}]
    server.scripted = lambda path, _: (
        json_reply({"tokens": list(range(20))}) if path == "/tokenize" else None
    )
    household = await opened(server)
    asked = len(server.bodies("/tokenize"))
    await household.refresh()
    assert len(server.bodies("/tokenize")) == asked
    await server.stop()
    await household.refresh()
    await server.start()
    await household.refresh()
    assert len(server.bodies("/tokenize")) > asked
    await household.close()


async def test_an_answer_that_is_no_json_is_told_as_that(server: FakeServer) -> None:
    async def page() -> AsyncIterator[bytes]:
        yield b"<html>welcome</html>"

    server.scripted = lambda path, _: HttpReply(200, page()) if "models" in path else None
    household = await opened(server)
    problem = household.state.endpoints[Role.EXECUTOR].problem
    assert isinstance(problem, StreamBroken)
    assert "its answer is no JSON object" in problem.sentence
    assert "404" not in str(problem)
    await household.close()


async def test_what_was_paid_before_a_change_of_settings_is_still_counted(
    server: FakeServer,
) -> None:
    models = CurrentModels(settings_for(server, price_output=2000.0), SystemClock())
    house = ModelHouse(models)
    await models.refresh()
    for price in (1000.0, 500.0):
        model = models.ready(Role.EXECUTOR)
        assert model is not None
        async with aclosing(model.stream(Request(CHAT, 50))) as events:
            assert [one async for one in events]
        await models.use(settings_for(server, price_output=price))
        await models.refresh()
    spent = house.spent()
    assert sum(int(one["cost_millionths"]) for one in spent) == 14_000 + 7_000
    assert house.spent() == []
    await models.close()


async def test_what_llama_server_says_in_a_stream_is_told(server: FakeServer) -> None:
    household = await opened(server)

    async def failing() -> AsyncIterator[bytes]:
        yield b'error: {"code":500,"message":"out of memory","type":"server_error"}\n\n'

    server.scripted = lambda path, _: HttpReply(200, failing()) if "chat" in path else None
    with pytest.raises(StreamBroken, match="out of memory"):
        await ask(household, Request(FILL, 50, Urgency.TYPING))
    await household.close()


@pytest.mark.parametrize("choices", [[None], ["x"], [{"delta": "x"}], "x", 7])
async def test_choices_that_make_no_sense_say_nothing(server: FakeServer, choices: Any) -> None:
    household = await opened(server)

    async def odd() -> AsyncIterator[bytes]:
        yield event({"choices": choices})
        yield event({"choices": [{"delta": {}, "finish_reason": "stop"}]})

    server.scripted = lambda path, _: HttpReply(200, odd()) if "chat" in path else None
    assert text_of(await ask(household, Request(CHAT, 50))) == ""
    await household.close()


async def test_a_list_that_is_none_names_no_model(server: FakeServer) -> None:
    server.scripted = lambda path, _: json_reply({"data": 7}) if "models" in path else None
    household = await opened(server)
    assert isinstance(household.state.endpoints[Role.EXECUTOR].problem, ModelMissing)
    await household.close()


async def test_one_answer_after_the_other_comes_over_one_connection(server: FakeServer) -> None:
    household = await opened(server)
    before = server.connections
    for _ in range(3):
        assert text_of(await ask(household, Request(CHAT, 50))) == "a + b"
    assert server.connections - before <= 1
    await household.close()


async def test_who_kept_a_model_of_old_settings_does_not_reach_its_server(
    server: FakeServer,
) -> None:
    household = await opened(server)
    model = household.ready(Role.EXECUTOR)
    assert model is not None
    await household.close()
    with pytest.raises(Unreachable):
        async with aclosing(model.stream(Request(CHAT, 50))) as events:
            await anext(events)
    assert not server.bodies("/v1/chat/completions")


async def test_roles_that_one_model_plays_have_one_account(server: FakeServer) -> None:
    household = await opened(server, price_output=2000.0)
    await ask(household, Request(CHAT, 50), Role.PLANNER)
    await ask(household, Request(CHAT, 50), Role.EXECUTOR)
    shown = ModelHouse(household).status.detail["prompts"]["glm-4.7-flash"]
    assert (shown["requests"], shown["cost"]) == (2, pytest.approx(14 * 0.002))
    await household.close()


async def test_a_question_leaves_the_only_slot_to_typing_and_goes_on_once_the_model_is_there(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    readied: list[Urgency] = []
    ready = Elsewhere.ready

    async def noted(presence: Elsewhere, urgency: Urgency) -> Speech:
        readied.append(urgency)
        return await ready(presence, urgency)

    monkeypatch.setattr(Elsewhere, "ready", noted)
    server.listed = [{"id": "glm-4.7-flash", "owned_by": "llamacpp"}]
    server.answer, server.gate = "one\ntwo\n", asyncio.Event()
    slots = {"total_slots": 1}
    server.scripted = lambda path, _: json_reply(slots) if path == "/props" else None
    household = await opened(server)
    question = asyncio.ensure_future(ask(household, Request(CHAT, 50), Role.PLANNER))
    await until(lambda: len(server.bodies("/v1/chat/completions")) == 1)
    typing = asyncio.ensure_future(ask(household, Request(FILL, 50, Urgency.TYPING)))
    async with asyncio.timeout(5):
        await server.left.wait()
    server.gate.set()
    assert text_of(await typing) == text_of(await question) == "one\ntwo\n"
    assert readied == [Urgency.USER, Urgency.TYPING, Urgency.USER]
    await household.close()
