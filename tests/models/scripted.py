"""A model that answers by script, so that features are tested without a server."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lsp_server.models.api import ChatPrompt, Event, Finish, Outcome, Prompt, Request, Role, Text

Answer = str | Sequence[Event] | Exception
Answers = Mapping[str, Answer] | Sequence[Answer] | Callable[[Request], Answer] | str


def prompt_text(request: Request) -> str:
    """Return all text of the request's prompt, in the order in which a model would read it."""
    prompt = request.prompt
    if isinstance(prompt, ChatPrompt):
        return f"{prompt.system}\n{prompt.context}\n{prompt.tail}\n{prompt.prefill}"
    return f"{prompt.system}\n{prompt.context}\n{prompt.below}\n{prompt.above}"


@dataclass
class ScriptedModel:
    """A `RoleModel` whose answers are given beforehand.

    `answers` is one text for every request, a sequence used up one request at a time, a mapping
    from a substring of the prompt to its answer (the longest substring found wins), or a callable.
    An answer is text (streamed a line at a time), ready events, or an exception to raise. A text
    that outruns the request's `max_tokens` is not cut: a test says what it means.

    `requests` keeps what was asked. With a `gate`, every event waits until the gate is open.
    `cancelled` counts streams that were closed before their end. `is_idle` is what a test says.
    """

    role: Role
    answers: Answers
    name: str = "scripted"
    gate: asyncio.Event | None = None
    requests: list[Request] = field(default_factory=list)
    cancelled: int = 0
    warmed: list[Prompt] = field(default_factory=list)
    is_idle: bool = True

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """Play the answer to `request`."""
        self.requests.append(request)
        answer = self._answer_to(request)
        if isinstance(answer, Exception):
            await self._turn()
            raise answer
        whole = False
        try:
            for event in _events(answer):
                await self._turn()
                yield event
            whole = True
        finally:
            self.cancelled += not whole

    async def warm(self, prompt: Prompt) -> bool:
        """Keep what was to be read; with a gate it is read when the gate is open."""
        self.warmed.append(prompt)
        try:
            await self._turn()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return True

    async def _turn(self) -> None:
        await asyncio.sleep(0)
        if self.gate is not None:
            await self.gate.wait()

    def _answer_to(self, request: Request) -> Answer:
        if isinstance(self.answers, str):
            return self.answers
        if callable(self.answers):
            return self.answers(request)
        if isinstance(self.answers, Mapping):
            return _by_substring(self.answers, prompt_text(request))
        number = len(self.requests) - 1
        if number >= len(self.answers):
            raise AssertionError(f"request {number + 1} of {len(self.answers)} answers")
        return self.answers[number]


def _by_substring(answers: Mapping[str, Answer], text: str) -> Answer:
    found = [key for key in answers if key in text]
    if not found:
        raise AssertionError(f"no answer for this prompt:\n{text[-2000:]}")
    return answers[max(found, key=len)]


def _events(answer: str | Sequence[Event]) -> list[Event]:
    if not isinstance(answer, str):
        return list(answer)
    pieces = [Text(line) for line in answer.splitlines(keepends=True)]
    return [*pieces, Finish(Outcome.STOP)]


@dataclass
class ScriptedModels:
    """A `Models` with the models it was given; a missing role has no model."""

    planner: ScriptedModel | None = None
    executor: ScriptedModel | None = None
    later_planner: ScriptedModel | None = None

    def ready(self, role: Role) -> ScriptedModel | None:
        """Return the scripted model of `role`, if any."""
        return self.planner if role is Role.PLANNER else self.executor

    async def sought(self, role: Role) -> ScriptedModel | None:
        """Return the same."""
        return self.ready(role)

    def later(self, role: Role) -> ScriptedModel | None:
        """Return who answers later, if it is not who answers now."""
        return self.later_planner if role is Role.PLANNER else None
