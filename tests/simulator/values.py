"""What the simulator is made of: models, the server's configuration, what a script is asked."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Format(StrEnum):
    """How a model's prompts are rendered and its raw output is read."""

    HARMONY = "harmony"
    GLM = "glm"
    CHATML = "chatml"


@dataclass(frozen=True)
class Ask:
    """One question to a script.

    `prompt` is the text that the model reads, whole. `above` and `below` are set where it holds
    fill-in-the-middle tokens. `messages` is the chat, empty for a raw prompt; `prefill` is the
    answer's beginning if the chat ends in an assistant's turn.
    """

    model: str
    prompt: str
    messages: tuple[dict[str, Any], ...] = ()
    above: str | None = None
    below: str = ""
    prefill: str = ""
    think: bool | str = False
    schema: Any = None


@dataclass(frozen=True)
class Answer:
    """What a model says: its reasoning, then its text."""

    text: str
    thinking: str = ""


Script = Callable[[Ask], Answer]
Pieces = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class SimModel:
    """A model that the server has.

    A model answers by `script`, which is put into the model's own format, or, where `pieces` is
    given, with the raw tokens that `pieces` yields for the rendered prompt. `fills` are the orders
    in which it has learned to fill holes; what it says in another one is beside the point.
    """

    name: str
    script: Script | None = None
    pieces: Pieces | None = None
    format: Format = Format.CHATML
    family: str = "llama"
    size: int = 1_000_000
    trained_context: int = 131072
    capabilities: tuple[str, ...] = ("completion",)
    special: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    model_info: dict[str, Any] = field(default_factory=dict)
    pre: str = "default"
    quantization: str = "F16"
    remote_host: str = ""
    fills: tuple[str, ...] = ("below first", "above first")
    blob: str = ""

    @property
    def key(self) -> str:
        """What its runner goes by: models of one blob share one, under whatever name."""
        return self.blob or self.name

    @property
    def digest(self) -> str:
        """64 hexadecimal digits."""
        return hashlib.sha256(f"{self.name} {self.size}".encode()).hexdigest()

    def shape(self, key: str, default: int) -> int:
        """Return a number of the architecture."""
        return int(self.model_info.get(f"{self.family}.{key}", default))

    @property
    def can_shift(self) -> bool:
        """Whether a full context may drop its older half and go on."""
        return self.family not in {"gptoss", "deepseek2"}
