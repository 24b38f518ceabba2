"""One role played by a model at an OpenAI-compatible server."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from lsp_server.common.clock import Clock
from lsp_server.common.errors import TandemError
from lsp_server.config.settings import RoleSettings, Settings
from lsp_server.models.address import endpoint_url, is_loopback
from lsp_server.models.api import Role, RoleModel, Urgency
from lsp_server.models.errors import ModelError, NotAllowed, ServerBusy, Unreachable
from lsp_server.models.meter import Meter, Prices
from lsp_server.models.names import How, resolve
from lsp_server.models.ollama.values import Installed
from lsp_server.models.openai.client import Listed, OpenAiServer
from lsp_server.models.openai.dialect import LLAMA, dialect_of
from lsp_server.models.openai.failures import missing
from lsp_server.models.openai.filling import fill_of
from lsp_server.models.openai.speech import Terms
from lsp_server.models.queue import Line
from lsp_server.models.role import Desk, ServedModel
from lsp_server.models.speech import Speech
from lsp_server.models.tokens.counter import CalibratedCounter

_log = logging.getLogger(__name__)
_RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_LOOK_SECONDS = 60.0
# How many requests a server that batches is given at once.
_SEATS = 4

Shared = dict[tuple[str, str], tuple[Line, Meter]]
"""The line and the account of each model, by its server's address and its name there."""


@dataclass(frozen=True, slots=True)
class EndpointState:
    """What is known of an endpoint. `problem` tells why it does not answer, if it does not."""

    url: str = ""
    problem: TandemError | None = None
    server: str = ""
    model: str = ""
    context: int = 0
    fill: str = ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a server showed: where any of it has changed, it was started anew with other options."""

    listed: Listed
    seats: int
    window: int | None = None
    build: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A `Presence`: the server sees to it itself that the model is there.

    `is_near`: it is on this machine, so that it serves this user alone.
    """

    speech: Terms
    is_near: bool

    async def ready(self, _urgency: Urgency) -> Speech:
        """Return how the model is spoken to."""
        return self.speech

    async def resident(self) -> Speech | None:
        """Return how it is spoken to; None at a server that others may be waiting for."""
        return self.speech if self.is_near else None

    @contextmanager
    def working(self) -> Iterator[None]:
        """Do nothing: the server is not ours to arrange."""
        yield

    def gone(self) -> None:
        """Do nothing, as above."""

    def loads(self) -> int:
        """Return that nothing is known of loads."""
        return 0


class Endpoint:
    """The server that `settings` name for `role`; `tell` is called at each change of the state.

    Roles that one model plays at one server have one line and one account in `shared`.
    """

    def __init__(
        self,
        role: Role,
        settings: Settings,
        clock: Clock,
        tell: Callable[[], None],
        shared: Shared,
    ) -> None:
        self._role = role
        self._shared = shared
        self._settings = settings
        self._clock = clock
        self._tell = tell
        self._server: OpenAiServer | None = None
        self._model: ServedModel | None = None
        self._terms: Terms | None = None
        self._seen: _Seen | None = None
        self.state = EndpointState()
        own = role_settings(settings, role)
        try:
            url = endpoint_url(own.base_url, allow_remote=settings.ollama.allow_remote)
            key = _header_key(own.api_key, role)
        except TandemError as error:
            self.state = EndpointState(own.base_url, error)
            return
        self._server = OpenAiServer(url, key)
        self.state = EndpointState(url)

    @property
    def model(self) -> RoleModel | None:
        """The model, or None while the server is away."""
        return self._model if self.state.problem is None else None

    @property
    def meter(self) -> Meter | None:
        """What the model's prompts cost."""
        return self._model.meter if self._model is not None else None

    async def refresh(self) -> None:
        """Ask the server once what it has."""
        if self._server is None:
            return
        try:
            await self._look(self._server)
        except ModelError as error:
            self._lost(error)

    async def watch(self) -> None:
        """Refresh for ever, ever less often while the server is away."""
        away = 0
        while self._server is not None:
            await self.refresh()
            away = 0 if self.state.problem is None else away + 1
            pause = _RETRY_SECONDS[min(away, len(_RETRY_SECONDS)) - 1] if away else _LOOK_SECONDS
            await self._clock.sleep(pause)

    async def close(self) -> None:
        """Close all connections."""
        if self._server is not None:
            await self._server.close()

    async def _look(self, server: OpenAiServer) -> None:
        agent = self._settings.agent
        wanted = agent.planner_model if self._role is Role.PLANNER else agent.executor_model
        chosen = chosen_model(wanted, await server.models(), server.url)
        seen = await _seen(server, chosen)
        # A server that was away may have come back as another one and look the same.
        if seen != self._seen or self.state.problem is not None:
            await self._take(server, seen)
            self._seen = seen
        assert self._terms is not None  # noqa: S101 - it was taken just now or before
        terms = self._terms
        shown = (terms.dialect.name, terms.model, terms.context, str(terms.fill))
        self._set(EndpointState(server.url, None, *shown))

    async def _take(self, server: OpenAiServer, seen: _Seen) -> None:
        chosen = seen.listed
        dialect = dialect_of(server.url, chosen.owner)
        own = role_settings(self._settings, self._role)
        fill, marks = await fill_of(server, chosen.name, dialect, own.fill)
        told = seen.window or chosen.context
        most = self._settings.agent.context_window
        context = min(most, told) if told else most
        self._terms = Terms(chosen.name, self._role, context, dialect, fill, marks)
        address = server.url, chosen.name
        line, meter = self._shared.setdefault(address, (Line(), Meter(CalibratedCounter())))
        line.rearrange(seen.seats, preempts=dialect.continuing is not None)
        meter.forget()
        if meter.is_free:
            meter.prices = prices_of(own)
        desk = Desk(server, line, self._clock, self._lost)
        self._model = ServedModel(desk, Elsewhere(self._terms, is_loopback(server.url)), meter)

    def _lost(self, error: ModelError) -> None:
        known = self.state.problem
        # The same trouble again is no news.
        self._set(replace(self.state, problem=known if str(known) == str(error) else error))

    def _set(self, state: EndpointState) -> None:
        if state != self.state:
            self.state = state
            self._tell()


def _header_key(key: str, role: Role) -> str:
    """Return `key` as it can be sent; raises NotAllowed where it cannot, without showing it."""
    key = key.strip()
    if key.isascii() and key.isprintable():
        return key
    raise NotAllowed(
        f"{role.value}.api_key holds signs that no key can have.", "Copy the key once more."
    )


def role_settings(settings: Settings, role: Role) -> RoleSettings:
    """Return the settings of `role`."""
    return settings.planner if role is Role.PLANNER else settings.executor


def prices_of(settings: RoleSettings) -> Prices:
    """Return the prices that the user gave."""
    return Prices(settings.price_input, settings.price_cached, settings.price_output)


def chosen_model(wanted: str, listed: Sequence[Listed], url: str) -> Listed:
    """Return the model that `wanted` means at the server; the only one there is it in any case.

    Raises ModelMissing with the names that there are.
    """
    found = resolve(wanted, [Installed(one.name, "", 0) for one in listed])
    if found.how is not How.MISSING:
        return next(one for one in listed if one.name == found.name)
    if len(listed) == 1:
        return listed[0]
    raise missing(wanted, url, tuple(one.name for one in listed))


async def _seen(server: OpenAiServer, listed: Listed) -> _Seen:
    """Return what the server shows of itself: llama-server tells its slots, and their context."""
    if dialect_of(server.url, listed.owner) is not LLAMA:
        return _Seen(listed, _SEATS)
    try:
        told = await server.ask_root("GET", "/props")
    except (Unreachable, ServerBusy):
        raise
    except ModelError as error:
        _log.info("%s tells nothing of its slots: %s", server.url, error)
        return _Seen(listed, 1)
    slots = told.get("total_slots")
    defaults = told.get("default_generation_settings")
    window = defaults.get("n_ctx") if isinstance(defaults, dict) else None
    return _Seen(
        listed,
        slots if isinstance(slots, int) and slots > 0 else 1,
        window if isinstance(window, int) and window > 0 else None,
        f"{told.get('model_path')} {told.get('build_info')}",
    )
