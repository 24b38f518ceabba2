"""From what OpenAI-compatible servers say when they refuse to the exceptions of Tandem.

Texts and shapes are those of vLLM, SGLang, llama-server, LM Studio, FastAPI (Ray Serve) and
OpenAI's own service; a text that is not known keeps its own words.
"""

import json
import re
from typing import Any

from lsp_server.models.errors import (
    BadRequest,
    ModelError,
    ModelMissing,
    NotAllowed,
    ServerBusy,
    StreamBroken,
    Unreachable,
    overflow,
)
from lsp_server.models.replies import IN_STREAM, Reply, because
from lsp_server.models.replies import broken as broken_off
from lsp_server.models.replies import unreachable as nothing_at

_SERVER_FAULT = 500
_LONG = (
    "context_length_exceeded",
    "exceed_context_size_error",
    "maximum context length",
    "exceeds the available context size",
    "longer than the model's context length",
)
_NO_MONEY = ("insufficient_quota", "insufficient balance", "billing")
_WINDOW = re.compile(
    r"(?:maximum context length is|context size \(|context length \()\s*(\d+)", re.IGNORECASE
)
_PROMPT = re.compile(
    r"request \((\d+) tokens|resulted in (\d+) tokens|contains at least (\d+) input tokens"
    r"|(\d+) in the messages|input \((\d+) tokens",
    re.IGNORECASE,
)


def failure(reply: Reply) -> ModelError:
    """Return the exception that `reply` stands for."""
    text, details = _said(reply.body)
    lower = f"{text} {details.get('code')} {details.get('type')}".lower()
    if any(words in lower for words in _LONG):
        return _overflow(text, details)
    if reply.status in {401, 403} or any(words in lower for words in _NO_MONEY):
        return NotAllowed(
            f"The model server at {reply.url} does not let Tandem in{because(text)}.",
            "Check planner.api_key or executor.api_key in your own settings.",
        )
    if reply.status in {404, 405}:
        return _not_found(reply, text)
    if reply.status in {429, 503}:
        sentence = f"The model server at {reply.url} is busy or still loading{because(text)}."
        return ServerBusy(sentence, "Try again in a moment.")
    if reply.status == IN_STREAM or reply.status >= _SERVER_FAULT:
        what = f"status {reply.status}" if reply.status else "an error"
        return broken(reply.url, f"{what}{because(text)}")
    return BadRequest(
        f"The model server at {reply.url} refused the request{because(text)}.",
        "Please report this with the log; it is a defect of Tandem or of a setting.",
    )


def unreachable(url: str) -> Unreachable:
    """Return the error for an address at which nothing answers."""
    return nothing_at(url, "Start it, or correct planner.base_url or executor.base_url.")


def broken(url: str, what: str) -> StreamBroken:
    """Return the error for a connection that ended or went silent too early."""
    return broken_off(url, what, "the server's log")


def missing(model: str, url: str, there: tuple[str, ...]) -> ModelMissing:
    """Return the error for a model that the server does not list."""
    names = f" It has {', '.join(there[:8])}." if there else " It lists none."
    return ModelMissing(
        f"The model server at {url} does not have {model}.{names}",
        "Set agent.planner_model or agent.executor_model to one of its names.",
    )


def _not_found(reply: Reply, text: str) -> ModelError:
    if "model" in text.lower():
        return missing(reply.model, reply.url, ())
    return foreign(reply.url, f"status {reply.status}")


def foreign(url: str, what: str) -> StreamBroken:
    """Return the error for an address at which something else answers, known by `what`."""
    return StreamBroken(
        f"What answers at {url} does not speak OpenAI's protocol ({what}).",
        "Check planner.base_url or executor.base_url; it usually ends in /v1.",
    )


def _overflow(text: str, details: dict[str, Any]) -> ModelError:
    window, prompt = _WINDOW.search(text), _PROMPT.search(text)
    tokens = next((int(one) for one in prompt.groups() if one), None) if prompt else None
    return overflow(
        details.get("n_prompt_tokens") or tokens,
        details.get("n_ctx") or (int(window[1]) if window else None),
    )


def _said(body: str) -> tuple[str, dict[str, Any]]:
    """Return the message of an error body and the object that it stood in."""
    try:
        value = json.loads(body)
    except ValueError:
        return "", {}
    if not isinstance(value, dict):
        return "", {}
    error = value.get("error", value)
    if not isinstance(error, dict):
        return str(error), {}
    return str(error.get("message") or error.get("detail") or ""), error
