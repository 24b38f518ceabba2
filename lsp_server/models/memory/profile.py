"""The options that would restart a model, chosen once.

Ollama ends and restarts a model's process, with everything it has read, when a request brings
another num_ctx, num_batch, num_gpu or num_thread than the one that loaded it. So every call of
every feature carries the same ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST_CONTEXT = 2048


@dataclass(frozen=True, slots=True)
class RunnerProfile:
    """The runner options of one model. `batch` is how many tokens are read at a time."""

    context: int
    batch: int

    @property
    def options(self) -> Mapping[str, int]:
        """The options as Ollama names them."""
        return {"num_ctx": self.context, "num_batch": self.batch}


def profile_for(wanted: int, trained: int) -> RunnerProfile:
    """Return the profile for `wanted` tokens of context on a model trained on `trained`.

    The batch is the one that Ollama itself would choose by context. It is always said, because
    Ollama's choice also depends on a guess of the free memory, and that guess is too pessimistic
    for GLM.
    """
    context = max(min(wanted, trained), LEAST_CONTEXT)
    return RunnerProfile(context, _batch(context))


def _batch(context: int) -> int:
    if context > 32768:  # noqa: PLR2004 - Ollama's own steps
        return 2048
    return 1024 if context > 4096 else 512  # noqa: PLR2004
