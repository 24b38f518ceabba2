"""From what Ollama says when it refuses to the exceptions of Tandem.

The texts are those of Ollama 0.24 to 0.35; a text that is not known keeps its own words.
"""

import json
import re
from typing import TYPE_CHECKING, Any

from lsp_server.models.errors import (
    BadRequest,
    ModelError,
    ModelMissing,
    NotAllowed,
    RunnerCrashed,
    ServerBusy,
    StreamBroken,
    Unreachable,
    overflow,
)
from lsp_server.models.replies import IN_STREAM, Reply, because, short
from lsp_server.models.replies import broken as broken_off
from lsp_server.models.replies import unreachable as nothing_at

if TYPE_CHECKING:
    from collections.abc import Callable

_SIZES = re.compile(r"request \((\d+) tokens\) exceeds the available context size \((\d+) tokens\)")
_CRASHES = (
    "llama-server process has terminated",
    "error starting llama-server",
    "timed out waiting for llama-server",
    "model runner has unexpectedly stopped",
    "an error was encountered while running the model",
    "error loading model",
    "model requires more system memory",
    "failed to load model",
)
_UNREADABLE = ("error parsing tool call", "failed to parse tool call")
# Ollama answers with 500, too, where the request's own options are wrong.
_OPTION = "option "
_SERVER_FAULT = 500
_NOT_IN_LIBRARY = "pull model manifest: file does not exist"
_CLOUD = "cloud"


def failure(reply: Reply) -> ModelError:
    """Return the exception that `reply` stands for."""
    text = _error_text(reply.body)
    if text is None:
        return _not_ollama(reply)
    text, details = _unwrapped(text)
    for judge in (_overflow, _by_words, _by_status):
        error = judge(reply, text, details)
        if error is not None:
            return error
    if reply.status >= _SERVER_FAULT and not text.startswith(_OPTION):
        return StreamBroken(
            f"Ollama failed with status {reply.status}{because(text)}.",
            "Try again; if it happens often, look into Ollama's log.",
        )
    return BadRequest(
        f"Ollama refused the request: {short(text)}.",
        "Please report this with the log; it is a defect of Tandem or of a setting.",
    )


def unreachable(url: str) -> Unreachable:
    """Return the error for an address at which nothing answers."""
    return nothing_at(
        url,
        "Start Ollama (“ollama serve”), or set ollama.host; the built-in engine answers meanwhile.",
    )


def broken(url: str, what: str) -> StreamBroken:
    """Return the error for a connection that ended or went silent too early."""
    return broken_off(url, what, "Ollama's log")


def _error_text(body: str) -> str | None:
    """Return the text of the "error" field; None where the body is not what Ollama sends."""
    if not body:
        return ""
    try:
        value = json.loads(body)
    except ValueError:
        return None
    if not isinstance(value, dict) or "error" not in value:
        return None
    error = value["error"]
    return error if isinstance(error, str) else json.dumps({"error": error})


def _unwrapped(text: str) -> tuple[str, dict[str, Any]]:
    """Take the engine's own error out of the string in which Ollama wraps it."""
    try:
        value = json.loads(text)
    except ValueError:
        return text, {}
    inner = value.get("error", value) if isinstance(value, dict) else None
    if not isinstance(inner, dict):
        return text, {}
    return str(inner.get("message", text)), inner


def _overflow(_reply: Reply, text: str, details: dict[str, Any]) -> ModelError | None:
    sizes = _SIZES.search(text)
    known = details.get("type") == "exceed_context_size_error"
    long = "longer than the context length" in text or "exceeds the context length" in text
    if not (sizes or known or long):
        return None
    prompt = int(sizes[1]) if sizes else details.get("n_prompt_tokens")
    window = int(sizes[2]) if sizes else details.get("n_ctx")
    return overflow(prompt, window)


def _by_words(reply: Reply, text: str, _details: dict[str, Any]) -> ModelError | None:
    if any(words in text for words in _CRASHES):
        return RunnerCrashed(
            f"Ollama could not run {reply.model}: {short(text)}.",
            "It often means too little memory: lower agent.context_window or take a smaller model.",
        )
    if any(words in text for words in _UNREADABLE):
        return StreamBroken(
            f"Ollama could not read what {reply.model} wrote: {short(text)}.", "Ask again."
        )
    if _NOT_IN_LIBRARY in text:
        return ModelMissing(
            f"Ollama's library has no model {reply.model}.",
            "Look for its name there, and set it as agent.planner_model or agent.executor_model in "
            "the settings.",
        )
    if "cloud is disabled" in text or "signin" in text:
        return _not_allowed(reply, text)
    return None


def _by_status(reply: Reply, text: str, _details: dict[str, Any]) -> ModelError | None:
    meanings: dict[int, Callable[[], ModelError]] = {
        404: lambda: missing(reply.model),
        401: lambda: _not_allowed(reply, text),
        403: lambda: _not_allowed(reply, text),
        499: lambda: broken(reply.url, "the request was cancelled"),
        502: lambda: _behind(reply, text),
        429: _busy,
        503: _busy,
        IN_STREAM: lambda: broken(reply.url, short(text)),
    }
    meaning = meanings.get(reply.status)
    return meaning() if meaning is not None else None


def _behind(reply: Reply, text: str) -> Unreachable:
    """Return what a bad gateway means: Ollama is one to its cloud, and others stand before it."""
    if reply.model.partition(":")[2].endswith(_CLOUD):
        return Unreachable(
            f"Ollama cannot reach its cloud for {reply.model}{because(text)}.", "Try again later."
        )
    return Unreachable(
        f"What stands before the model server at {reply.url} does not reach it{because(text)}.",
        "Check that Ollama runs behind it, and ollama.host.",
    )


def _busy() -> ServerBusy:
    return ServerBusy("Ollama has too many requests waiting.", "Try again in a moment.")


def missing(model: str) -> ModelMissing:
    """Return the error for a model that the server does not have."""
    return ModelMissing(
        f"Ollama does not have the model {model}.",
        f"Run “ollama pull {model}”, or choose another model in the settings.",
    )


def _not_allowed(reply: Reply, text: str) -> NotAllowed:
    return NotAllowed(
        f"The model server at {reply.url} does not let Tandem in{because(text)}.",
        "Check ollama.host, and that the server allows this machine.",
    )


def _not_ollama(reply: Reply) -> StreamBroken:
    return StreamBroken(
        f"What answers at {reply.url} is not Ollama (status {reply.status}).",
        "Check ollama.host and whether a proxy stands between.",
    )
