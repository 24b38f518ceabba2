"""Everything that can go wrong with a model, as one tree."""

from lsp_server.common.errors import TandemError


class ModelError(TandemError):
    """A model did not answer."""


class Unreachable(ModelError):
    """No server answers at the address."""


class ModelMissing(ModelError):
    """The server does not have the model."""


class BadRequest(ModelError):
    """The server refused the request; this is a defect of ours or of a setting."""


class ContextOverflow(BadRequest):
    """The prompt does not fit the context window."""


class ServerBusy(ModelError):
    """The server's queue is full."""


class RunnerCrashed(ModelError):
    """The process that runs the model died or failed to load it."""


class StreamBroken(ModelError):
    """The connection broke, or what came is not what the server promises."""
