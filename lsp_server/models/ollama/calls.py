"""From a request to the body that Ollama is sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lsp_server.models.api import ChatPrompt, Event, FillPrompt, Request, Role
from lsp_server.models.errors import overflow
from lsp_server.models.fim import fill_text
from lsp_server.models.frames import Frame
from lsp_server.models.memory.profile import RunnerProfile
from lsp_server.models.ollama.reading import events_of
from lsp_server.models.prompts.fill import as_chat
from lsp_server.models.speech import Begun, Call, Record
from lsp_server.models.traits import Thinks, Traits

CHAT, GENERATE = "/api/chat", "/api/generate"
# Reasoning counts as generated tokens, so a model that cannot but reason gets more of them.
_REASONING_TOKENS = 2048
_NO_REASONING = "</think>"
_LEAST_ANSWER = 64


@dataclass(frozen=True, slots=True)
class Manner:
    """How one model is spoken to: what never changes between its calls.

    `level` is the reasoning effort of a model that cannot but reason. It stands near the top of
    the prompt, so another one would make the server read everything again.
    """

    model: str
    role: Role
    traits: Traits
    profile: RunnerProfile
    keep_alive: float | str
    level: str = "low"
    frame: Frame | None = None

    @property
    def control(self) -> tuple[str, ...]:
        """The strings that its vocabulary treats as marks."""
        return self.traits.control

    def call(self, request: Request, begun: Begun) -> Call:
        """Return the call that answers `request` from where `begun` ends."""
        return call_for(self, request, begun)

    def text_of(self, call: Call) -> str:
        """Return the text that the model reads for `call`, as far as it is known here."""
        return text_of(self, call)

    def bounded(self, call: Call, tokens: int) -> Call:
        """Return `call` with an answer that fits; raises ContextOverflow."""
        return bounded(self, call, tokens)

    def can_resume(self, request: Request, begun: Begun) -> bool:
        """Whether an interrupted answer can go on where it stopped."""
        return can_resume(self, request, begun)

    def events(self, record: Record) -> Iterator[Event]:
        """Yield what one record of a stream says."""
        return events_of(record)


def base_body(manner: Manner) -> dict[str, Any]:
    """Return what every call of a model carries, the load included."""
    return {
        "model": manner.model,
        "keep_alive": manner.keep_alive,
        "options": dict(manner.profile.options),
    }


def keep_alive_value(text: str) -> float | str:
    """Return a keep-alive setting as Ollama wants it: a number of seconds, or "5m"."""
    try:
        return float(text)
    except ValueError:
        return text


def call_for(manner: Manner, request: Request, begun: Begun) -> Call:
    """Return the call that answers `request` from where `begun` ends."""
    prompt, traits = request.prompt, manner.traits
    if isinstance(prompt, ChatPrompt):
        return _chat(manner, request, prompt, begun)
    if traits.fill is not None:
        return _raw_fill(manner, request, prompt, begun)
    if traits.inserts:
        return _insert(manner, request, prompt, begun)
    return _chat(manner, request, as_chat(prompt), begun)


def text_of(manner: Manner, call: Call) -> str:
    """Return the text that the model reads for `call`, as far as it is known here."""
    body, frame = call.body, manner.frame
    if "prompt" in body:
        return f"{body['prompt']}{body.get('suffix', '')}"
    system, user, *said = (str(message["content"]) for message in body["messages"])
    opened = frame.render(system, user) if frame is not None else f"{system}\n{user}"
    return opened + "".join(said)


def bounded(manner: Manner, call: Call, tokens: int) -> Call:
    """Return `call` with an answer that fits beside a prompt of `tokens` tokens.

    Raises ContextOverflow where not even a short answer would fit.
    """
    room = manner.profile.context - tokens
    wanted = int(call.body["options"]["num_predict"])
    if wanted <= room:
        return call
    if room < min(wanted, _LEAST_ANSWER):
        raise overflow(tokens, manner.profile.context)
    options = {**call.body["options"], "num_predict": room}
    return Call(call.path, {**call.body, "options": options})


def can_resume(manner: Manner, request: Request, begun: Begun) -> bool:
    """Whether an interrupted answer can go on where it stopped.

    A schema's grammar starts from the beginning of the answer, and only a model with levels is
    given unfinished reasoning back; other such answers start anew.
    """
    if request.schema is not None:
        return False
    return not begun.thinking or bool(begun.text) or manner.traits.thinks is Thinks.LEVELS


def _raw_fill(manner: Manner, request: Request, prompt: FillPrompt, begun: Begun) -> Call:
    tokens, frame = manner.traits.fill, manner.frame
    assert tokens is not None  # noqa: S101 - the caller looked
    head = frame.head(prompt.system) if frame else ""
    file = f"\n# {prompt.path} ({prompt.language})\n"
    text = f"{head}{prompt.context}{file}{fill_text(tokens, prompt.above, prompt.below)}"
    stops = (*request.stop, *tokens.stops)
    return _raw(manner, request, f"{text}{begun.text}", stops, begun)


def _raw(manner: Manner, request: Request, text: str, stops: tuple[str, ...], begun: Begun) -> Call:
    body = _body(manner, request, begun, stops) | {"prompt": text, "raw": True}
    if manner.traits.thinks is not Thinks.NEVER:
        # Without it the server may look for reasoning in the raw output.
        body["think"] = False
    return Call(GENERATE, body)


def _insert(manner: Manner, request: Request, prompt: FillPrompt, begun: Begun) -> Call:
    body = _body(manner, request, begun, request.stop)
    above = f"{prompt.context}\n# {prompt.path}\n{prompt.above}{begun.text}"
    return Call(GENERATE, body | {"prompt": above, "suffix": prompt.below or "\n"})


def _chat(manner: Manner, request: Request, prompt: ChatPrompt, begun: Begun) -> Call:
    frame, said = manner.frame, prompt.prefill + begun.text
    user = prompt.context + prompt.tail
    if said and frame is not None and not frame.continues:
        opened = _with_reasoning(frame.render(prompt.system, user), begun.thinking)
        return _raw(manner, request, opened + said, request.stop, begun)
    messages: list[dict[str, str]] = [{"role": "system", "content": prompt.system}]
    messages.append({"role": "user", "content": user})
    if said:
        messages.append({"role": "assistant", "content": said})
    elif begun.thinking:
        messages.append({"role": "assistant", "content": "", "thinking": begun.thinking})
    body = _body(manner, request, begun, request.stop) | {"messages": messages}
    if (think := think_value(manner, request)) is not None:
        body["think"] = think
    if request.schema is not None:
        body["format"] = request.schema
    return Call(CHAT, body)


def _with_reasoning(opened: str, thinking: str) -> str:
    """Put finished reasoning back where it was, so that what the server has read still matches."""
    if not thinking or not opened.endswith(_NO_REASONING):
        return opened
    return f"{opened.removesuffix(_NO_REASONING)}<think>{thinking}{_NO_REASONING}"


def think_value(manner: Manner, request: Request) -> bool | str | None:
    """Return what `think` says; None leaves it out."""
    if manner.traits.thinks is Thinks.NEVER:
        return None
    return manner.level if manner.traits.thinks is Thinks.LEVELS else request.think


def _body(manner: Manner, request: Request, begun: Begun, stops: tuple[str, ...]) -> dict[str, Any]:
    body = base_body(manner)
    options: dict[str, Any] = {
        **body["options"],
        "num_predict": _limit(manner, request, begun),
        "temperature": request.temperature,
        "repeat_penalty": 1.0,
    }
    if stops:
        options["stop"] = list(stops)
    return body | {"stream": True, "truncate": False, "options": options}


def _limit(manner: Manner, request: Request, begun: Begun) -> int:
    reasons = isinstance(request.prompt, ChatPrompt) and not request.prompt.prefill
    reasons = reasons and think_value(manner, request) not in {None, False}
    most = request.max_tokens + (_REASONING_TOKENS if reasons else 0)
    # Never zero: Ollama would take it for "no limit".
    return max(most - begun.tokens, 1)
