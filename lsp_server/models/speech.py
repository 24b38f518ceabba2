"""How a model is spoken to, whatever its server speaks: the seam between queue and wire."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from lsp_server.models.api import Event, Request, Role, Urgency

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Begun:
    """What an interrupted answer has said so far."""

    text: str = ""
    thinking: str = ""
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A path and a body."""

    path: str
    body: Mapping[str, Any]


class Speech(Protocol):
    """From requests to calls, and from what comes back to events."""

    @property
    def role(self) -> Role:
        """The role that the model plays."""
        ...

    @property
    def model(self) -> str:
        """The model's name at its server."""
        ...

    @property
    def control(self) -> tuple[str, ...]:
        """The strings that its vocabulary treats as marks."""
        ...

    def call(self, request: Request, begun: Begun) -> Call:
        """Return the call that answers `request` from where `begun` ends."""
        ...

    def text_of(self, call: Call) -> str:
        """Return the text that the model reads for `call`, as far as it is known here."""
        ...

    def bounded(self, call: Call, tokens: int) -> Call:
        """Return `call` with an answer that fits beside a prompt of `tokens` tokens.

        Raises ContextOverflow where not even a short answer would fit.
        """
        ...

    def can_resume(self, request: Request, begun: Begun) -> bool:
        """Whether an interrupted answer can go on where it stopped."""
        ...

    def events(self, record: Record) -> Iterable[Event]:
        """Return what one record of a stream says."""
        ...


class Streams(Protocol):
    """A server, as far as answers need it."""

    def stream(
        self, path: str, body: Mapping[str, Any], silence: float | None = None
    ) -> AsyncGenerator[Record, None]:
        """Post `body` and yield the records that come back; closing ends the work there."""
        ...


class Presence(Protocol):
    """Where one model is, and what must happen before it can be asked."""

    @property
    def speech(self) -> Speech:
        """How it is spoken to, as known before it is asked."""
        ...

    async def ready(self, urgency: Urgency) -> Speech:
        """Return how it is spoken to once it can be; raises ModelError."""
        ...

    async def resident(self) -> Speech | None:
        """Return how it is spoken to if it is in memory at this moment; never loads it."""
        ...

    def working(self) -> AbstractContextManager[None]:
        """Mark that it works or is about to."""
        ...

    def gone(self) -> None:
        """Note that it may be no longer there."""
        ...

    def loads(self) -> int:
        """Return how often it was loaded: after another load it has read nothing."""
        ...
