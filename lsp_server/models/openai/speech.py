"""From a request to the body that an OpenAI-compatible server is sent, and back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lsp_server.config.settings import Fill
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
    Usage,
)
from lsp_server.models.errors import overflow
from lsp_server.models.fim import FAMILIES, FillTokens, fill_text
from lsp_server.models.openai.dialect import PLAIN, Dialect
from lsp_server.models.openai.sse import choices_of
from lsp_server.models.prompts.fill import as_chat, as_question
from lsp_server.models.speech import Begun, Call, Record

CHAT, COMPLETIONS = "/chat/completions", "/completions"
# Reasoning counts as generated tokens.
_REASONING_TOKENS = 2048
_LEAST_ANSWER = 64
_MILLISECONDS = 1000.0
# Whatever the model is, these are marks to some server; a file that holds one is only read.
_COMMON_MARKS = (
    "<|im_start|>",
    "<|im_end|>",
    "<|start|>",
    "<|end|>",
    "<|message|>",
    "<|channel|>",
    "<|return|>",
    "<|call|>",
    "<|system|>",
    "<|observation|>",
    "[gMASK]",
    "<sop>",
    "[INST]",
    "[/INST]",
)
_FAMILY_MARKS = tuple(
    {
        mark
        for family in FAMILIES
        for mark in family.stops
        if mark.startswith(("<|", "<f", "[", "<\uff5c"))
    }
)


@dataclass(frozen=True, slots=True)
class Terms:
    """A `Speech`: what is known of a model at an endpoint, the same for all its calls.

    `context` is the most tokens of prompt and answer. `marks` are the fill-in-the-middle tokens
    where a hole is filled by them.
    """

    model: str
    role: Role
    context: int
    dialect: Dialect = PLAIN
    fill: Fill = Fill.CHAT
    marks: FillTokens | None = None
    control: tuple[str, ...] = field(default=(*_COMMON_MARKS, *_FAMILY_MARKS))

    def call(self, request: Request, begun: Begun) -> Call:
        """Return the call that answers `request` from where `begun` ends."""
        prompt = request.prompt
        if isinstance(prompt, ChatPrompt):
            return self._chat(request, prompt, begun)
        if self.fill is Fill.TOKENS and self.marks is not None:
            return self._by_tokens(request, prompt, self.marks, begun)
        if self.fill is Fill.SUFFIX:
            text = f"{prompt.context}\n# {prompt.path}\n{prompt.above}{begun.text}"
            body = self._body(request, begun, request.stop)
            return Call(COMPLETIONS, body | {"prompt": text, "suffix": prompt.below or "\n"})
        chat = as_chat(prompt) if self._goes_on else as_question(prompt)
        return self._chat(request, chat, begun)

    def text_of(self, call: Call) -> str:
        """Return the text that the model reads for `call`, without what the server puts around."""
        body = call.body
        if "prompt" in body:
            return f"{body['prompt']}{body.get('suffix', '')}"
        return "\n".join(str(message["content"]) for message in body["messages"])

    def bounded(self, call: Call, tokens: int) -> Call:
        """Return `call` with an answer that fits; raises ContextOverflow."""
        room, wanted = self.context - tokens, int(call.body["max_tokens"])
        if wanted <= room:
            return call
        if room < min(wanted, _LEAST_ANSWER):
            raise overflow(tokens, self.context)
        return replace(call, body={**call.body, "max_tokens": room})

    def can_resume(self, request: Request, begun: Begun) -> bool:
        """Whether an interrupted answer can go on: raw prompts always, chats by dialect."""
        if request.schema is not None or (begun.thinking and not begun.text):
            return False
        raw = isinstance(request.prompt, FillPrompt) and self.fill in {Fill.TOKENS, Fill.SUFFIX}
        return raw or self._goes_on or not begun.text

    def events(self, record: Record) -> Iterator[Event]:
        """Yield what one chunk says; the last record is the client's own."""
        if "done" in record:
            length = record["done"] == "length"
            yield Finish(Outcome.LENGTH if length else Outcome.STOP, usage_of(record))
            return
        for choice in choices_of(record):
            delta = choice.get("delta")
            delta = delta if isinstance(delta, dict) else {}
            if thinking := delta.get("reasoning_content") or delta.get("reasoning"):
                yield Thinking(str(thinking))
            if text := delta.get("content") or choice.get("text"):
                yield Text(str(text))

    @property
    def _goes_on(self) -> bool:
        return self.dialect.continuing is not None

    def _by_tokens(
        self, request: Request, prompt: FillPrompt, marks: FillTokens, begun: Begun
    ) -> Call:
        file = f"\n# {prompt.path} ({prompt.language})\n"
        text = f"{prompt.context}{file}{fill_text(marks, prompt.above, prompt.below)}{begun.text}"
        body = self._body(request, begun, (*request.stop, *marks.stops))
        return Call(COMPLETIONS, body | {"prompt": text})

    def _chat(self, request: Request, prompt: ChatPrompt, begun: Begun) -> Call:
        said = prompt.prefill + begun.text
        messages = [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": prompt.context + prompt.tail},
        ]
        body = self._body(request, begun, request.stop)
        if said and self.dialect.continuing is not None:
            messages.append({"role": "assistant", "content": said})
            body |= self.dialect.continuing
        body["messages"] = messages
        if self._has_levels:
            body["reasoning_effort"] = "medium" if self.role is Role.PLANNER else "low"
        elif not request.think:
            body |= self.dialect.silent
        if request.schema is not None:
            schema = {"name": "answer", "strict": True, "schema": request.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return Call(CHAT, body)

    @property
    def _has_levels(self) -> bool:
        return "gpt-oss" in self.model.lower()

    def _body(self, request: Request, begun: Begun, stops: tuple[str, ...]) -> dict[str, Any]:
        reasons = isinstance(request.prompt, ChatPrompt) and not request.prompt.prefill
        reasons = reasons and (request.think or self._has_levels)
        most = request.max_tokens + (_REASONING_TOKENS if reasons else 0)
        body: dict[str, Any] = {
            "model": self.model,
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": max(most - begun.tokens, 1),
            "temperature": request.temperature,
        }
        if stops:
            # OpenAI's own limit is four; the first are the task's and the marks'.
            body["stop"] = list(stops) if self._is_known else list(stops[:4])
        return body

    @property
    def _is_known(self) -> bool:
        return self.dialect.counted != "" or self.dialect.name == "SGLang"


def usage_of(record: Mapping[str, Any]) -> Usage:
    """Read the counts of the last record; llama-server's `timings` add what it took."""
    usage, timings = record.get("usage") or {}, record.get("timings") or {}
    details = usage.get("prompt_tokens_details") or {}
    cached = (details.get("cached_tokens"), usage.get("prompt_cache_hit_tokens"))
    return Usage(
        prompt_tokens=_count(usage.get("prompt_tokens")),
        cached_tokens=_count(
            next((one for one in (*cached, timings.get("cache_n")) if one is not None), None)
        ),
        answer_tokens=_count(usage.get("completion_tokens")),
        prompt_seconds=_seconds(timings.get("prompt_ms")),
        answer_seconds=_seconds(timings.get("predicted_ms")),
    )


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _seconds(value: Any) -> float:
    return float(value) / _MILLISECONDS if isinstance(value, int | float) else 0.0
