"""From what Ollama says when it refuses to the exceptions of Tandem.

The texts are those of Ollama 0.24 to 0.35; a text that is not known keeps its own words.
"""

import json
import re
from dataclasses import dataclass
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
IN_STREAM = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that is no success: its status (`IN_STREAM` within a stream), and its body."""

    status: int
    body: str
    model: str
    url: str


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
        why = f": {_short(text)}" if text else ""
        return StreamBroken(
            f"Ollama failed with status {reply.status}{why}.",
            "Try again; if it happens often, look into Ollama's log.",
        )
    return BadRequest(
        f"Ollama refused the request: {_short(text)}.",
        "Please report this with the log; it is a defect of Tandem or of a setting.",
    )


def unreachable(url: str) -> Unreachable:
    """Return the error for an address at which nothing answers."""
    return Unreachable(
        f"No model server answers at {url}.",
        "Start Ollama (“ollama serve”), or set ollama.host; the built-in engine answers meanwhile.",
    )


def broken(url: str, what: str) -> StreamBroken:
    """Return the error for a connection that ended or went silent too early."""
    return StreamBroken(
        f"The answer of the model server at {url} broke off: {what}.",
        "Try again; if it happens often, look into Ollama's log.",
    )


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
            f"Ollama could not run {reply.model}: {_short(text)}.",
            "It often means too little memory: lower agent.context_window or take a smaller model.",
        )
    if any(words in text for words in _UNREADABLE):
        return StreamBroken(
            f"Ollama could not read what {reply.model} wrote: {_short(text)}.", "Ask again."
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
        502: lambda: Unreachable(
            f"Ollama cannot reach its cloud for {reply.model}.", "Try again later."
        ),
        429: _busy,
        503: _busy,
        IN_STREAM: lambda: broken(reply.url, _short(text)),
    }
    meaning = meanings.get(reply.status)
    return meaning() if meaning is not None else None


def _busy() -> ServerBusy:
    return ServerBusy("Ollama has too many requests waiting.", "Try again in a moment.")


def missing(model: str) -> ModelMissing:
    """Return the error for a model that the server does not have."""
    return ModelMissing(
        f"Ollama does not have the model {model}.",
        f"Run “ollama pull {model}”, or choose another model in the settings.",
    )


def _not_allowed(reply: Reply, text: str) -> NotAllowed:
    why = f": {_short(text)}" if text else ""
    return NotAllowed(
        f"The model server at {reply.url} does not let Tandem in{why}.",
        "Check ollama.host, and that the server allows this machine.",
    )


def _not_ollama(reply: Reply) -> StreamBroken:
    return StreamBroken(
        f"What answers at {reply.url} is not Ollama (status {reply.status}).",
        "Check ollama.host and whether a proxy stands between.",
    )


def _short(text: str) -> str:
    """Return the first line of `text`, cut to what fits a message."""
    line = text.strip().partition("\n")[0]
    return (line[:200] + "…") if len(line) > 200 else line.rstrip(".")  # noqa: PLR2004
