"""What the rest of Tandem sees of a model: a role, a request, a stream of events."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Protocol


class Role(StrEnum):
    """What a model is asked to be."""

    PLANNER = "planner"
    EXECUTOR = "executor"


class Urgency(IntEnum):
    """The class of a request in the queue; the lower goes first."""

    TYPING = 0
    USER = 1
    BACKGROUND = 2


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """A task in words.

    `context` holds the same bytes for all features of a role; only `tail` differs between tasks,
    so that the server's cached prefix survives. `prefill` is how the answer must begin; the stream
    brings what follows it.
    """

    system: str
    context: str
    tail: str
    prefill: str = ""


@dataclass(frozen=True, slots=True)
class FillPrompt:
    """A hole to fill: `above` ends at the cursor, `below` begins there.

    The executor renders it with the fill-in-the-middle tokens of its vocabulary, or as a chat with
    `above`'s last lines as the beginning of the answer.
    """

    system: str
    context: str
    above: str
    below: str
    language: str
    path: str


Prompt = ChatPrompt | FillPrompt


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a model. `max_tokens` is a bound that every request has."""

    prompt: Prompt
    max_tokens: int
    urgency: Urgency = Urgency.USER
    stop: tuple[str, ...] = ()
    think: bool = False
    temperature: float = 0.0
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """A piece of the reasoning, never part of the answer."""

    text: str


class Outcome(StrEnum):
    """How a stream ended."""

    STOP = "stop"
    LENGTH = "length"
    NO_DONE = "no-done"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call cost; a count is None where the server did not tell. Durations in seconds."""

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    answer_tokens: int | None = None
    load_seconds: float = 0.0
    prompt_seconds: float = 0.0
    answer_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Finish:
    """The last event of every stream that did not raise.

    `NO_DONE` says that the server closed the stream without its final record (it does so when a
    model repeats one token); what came before is still usable.
    """

    outcome: Outcome
    usage: Usage = field(default_factory=Usage)


Event = Text | Thinking | Finish


class RoleModel(Protocol):
    """A model in a role, ready to be asked."""

    @property
    def role(self) -> Role:
        """The role it plays."""
        ...

    @property
    def name(self) -> str:
        """The name by which the user knows the model, as resolved."""
        ...

    @property
    def is_idle(self) -> bool:
        """Whether its server has nothing to do for us, and nobody waits; no I/O."""
        ...

    def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """Answer `request`; closing the generator cancels the call at the server.

        Raises `ModelError` (models/errors.py); ends with one `Finish` otherwise.
        """
        ...

    async def warm(self, prompt: Prompt) -> bool:
        """Let an idle server read `prompt` beforehand; return whether it has read it now.

        Nothing is read where the model is not in memory, where someone else has the turn, where
        the tokens are paid for, or where the server has read almost all of it already. Whoever
        asks for a turn meanwhile gets it. Raises `ModelError`.
        """
        ...


class Models(Protocol):
    """Who can answer right now."""

    def ready(self, role: Role) -> RoleModel | None:
        """Return the model for `role`, or None where the built-in engine must do; no I/O."""
        ...

    async def sought(self, role: Role) -> RoleModel | None:
        """Return the model for `role`, after asking its server where none was known.

        For requests that the user made by name: the server may have come back a moment ago.
        """
        ...

    def later(self, role: Role) -> RoleModel | None:
        """Return the role's own model where `ready` gives one that stands in for it; no I/O."""
        ...
