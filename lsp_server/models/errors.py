"""Everything that can go wrong with a model, as one tree."""

from lsp_server.common.errors import TandemError


class ModelError(TandemError):
    """A model did not answer."""


class Unreachable(ModelError):
    """No server answers at the address."""


class ModelMissing(ModelError):
    """The server does not have the model."""


class NotAllowed(ModelError):
    """The server, or a setting of ours, does not let this call through."""


class BadRequest(ModelError):
    """The server refused the request; this is a defect of ours or of a setting."""


class ContextOverflow(BadRequest):
    """The prompt does not fit the context window.

    `prompt_tokens` and `window` are None where the server did not tell them.
    """

    def __init__(
        self,
        sentence: str,
        advice: str = "",
        *,
        prompt_tokens: int | None = None,
        window: int | None = None,
    ) -> None:
        super().__init__(sentence, advice)
        self.prompt_tokens = prompt_tokens
        self.window = window


def overflow(prompt_tokens: int | None, window: int | None) -> ContextOverflow:
    """Return the error for a prompt of so many tokens, as far as they are known."""
    counts = f" of {prompt_tokens} tokens" if prompt_tokens else ""
    room = f" of {window}" if window else ""
    return ContextOverflow(
        f"The prompt{counts} does not fit the model's context window{room}.",
        "Select less code, or raise agent.context_window.",
        prompt_tokens=prompt_tokens,
        window=window,
    )


class ServerBusy(ModelError):
    """The server's queue is full."""


class RunnerCrashed(ModelError):
    """The process that runs the model died or failed to load it."""


class StreamBroken(ModelError):
    """The connection broke, or what came is not what the server promises."""


class Loading(ModelError):
    """The model is on its way into memory."""

    def __init__(self, model: str) -> None:
        super().__init__(
            f"{model} is being loaded into memory.",
            "The built-in engine answers until it is there.",
        )


class Superseded(ModelError):
    """A newer request of the same kind made this one pointless."""

    def __init__(self) -> None:
        super().__init__("A newer request took this one's place.")
