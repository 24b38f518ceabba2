"""Who answers: which server is there, which models it has, and who plays which role."""

import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from lsp_server.common.clock import Clock
from lsp_server.common.errors import TandemError
from lsp_server.config.settings import Settings
from lsp_server.models.api import Role, RoleModel
from lsp_server.models.calls import Manner, keep_alive_value
from lsp_server.models.errors import ModelError, Unreachable
from lsp_server.models.learning import Keeps, Learn, knowledge_of, learn_apart
from lsp_server.models.loading import Loader
from lsp_server.models.meter import Memory, Meter
from lsp_server.models.names import Resolution, resolve
from lsp_server.models.ollama.address import allowed_url
from lsp_server.models.ollama.client import Ollama
from lsp_server.models.ollama.values import Installed, PullStep, Running
from lsp_server.models.profile import profile_for
from lsp_server.models.queue import Line
from lsp_server.models.role import Desk, OllamaModel
from lsp_server.models.tokens.counter import counter_for
from lsp_server.models.traits import Traits

_log = logging.getLogger(__name__)
_RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_LOOK_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the server. `problem` tells why it does not answer, if it does not.

    `roles` says what each role's name stands for; `playing` who answers in it, which is another
    model where the role's own is not installed. `running` is what the server has in memory.
    """

    url: str = ""
    version: str = ""
    problem: TandemError | None = None
    roles: Mapping[Role, Resolution] = field(default_factory=dict)
    playing: Mapping[Role, str] = field(default_factory=dict)
    running: tuple[Running, ...] = ()
    loading: tuple[str, ...] = ()
    contexts: Mapping[str, int] = field(default_factory=dict)
    meters: Mapping[str, Meter] = field(default_factory=dict, compare=False)


class Directory:
    """Implements `Models` over one Ollama server.

    `watch` keeps looking; `ready` never waits and is None while the server is away. What is
    learned of models is kept in `keeps`, by digest.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        keeps: Keeps | None = None,
        learn: Learn = learn_apart,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._callbacks: list[Callable[[], None]] = []
        self._models: dict[Role, OllamaModel] = {}
        self._keeps = keeps
        self._learn = learn
        self._known: dict[str, tuple[Traits, Meter]] = {}
        self._line = Line()
        self._server: Ollama | None = None
        self._loader: Loader | None = None
        self._state = State()
        self._open(settings.ollama.host)

    @property
    def state(self) -> State:
        """What is known now."""
        return self._state

    def ready(self, role: Role) -> RoleModel | None:
        """Return the model for `role`, or None where the built-in engine must do; no I/O."""
        return self._models.get(role)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` at each change of the state; return what ends that."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    async def refresh(self) -> State:
        """Ask the server once what it has; return what is known then."""
        if self._server is None or self._loader is None:
            return self._state
        try:
            version = await self._server.version()
            installed = await self._server.installed()
            running = tuple(await self._server.running())
            roles = self._resolved(installed)
            models = await self._cast(roles)
        except ModelError as error:
            self._lost(error)
            return self._state
        self._loader.seen(running)
        self._models = models
        playing = {role: model.name for role, model in models.items()}
        contexts = {model.name: model.manner.profile.context for model in models.values()}
        url, loading = self._server.url, self._loader.loading
        meters = {model.name: model.meter for model in models.values()}
        self._set(State(url, version, None, roles, playing, running, loading, contexts, meters))
        return self._state

    async def watch(self) -> None:
        """Refresh for ever: often while the server is there, ever less often while it is not."""
        away = 0
        while self._server is not None:
            state = await self.refresh()
            away = 0 if state.problem is None else away + 1
            pause = _RETRY_SECONDS[min(away, len(_RETRY_SECONDS)) - 1] if away else _LOOK_SECONDS
            await self._clock.sleep(pause)

    async def pull(self, name: str) -> AsyncGenerator[PullStep, None]:
        """Fetch the model `name` and look again; closing the generator stops the pull."""
        if self._server is None:
            raise self._state.problem or Unreachable(
                "Ollama is switched off.", "Set ollama.enabled."
            )
        async with aclosing(self._server.pull(name)) as steps:
            async for step in steps:
                yield step
        await self.refresh()

    async def close(self) -> None:
        """Close all connections."""
        if self._loader is not None:
            await self._loader.close()
        if self._server is not None:
            await self._server.close()

    def _open(self, host: str) -> None:
        ollama = self._settings.ollama
        if not ollama.enabled:
            self._state = State(
                problem=Unreachable("Ollama is switched off.", "Set ollama.enabled.")
            )
            return
        try:
            url = allowed_url(host, allow_remote=ollama.allow_remote)
        except TandemError as error:
            self._state = State(problem=error)
            return
        self._server = Ollama(url)
        self._loader = Loader(self._server, self._changed)
        self._state = State(url=url)

    def _resolved(self, installed: list[Installed]) -> dict[Role, Resolution]:
        agent, remote = self._settings.agent, self._settings.ollama.allow_remote
        usable = [model for model in installed if remote or not model.remote]
        return {
            Role.PLANNER: resolve(agent.planner_model, usable),
            Role.EXECUTOR: resolve(agent.executor_model, usable),
        }

    async def _cast(self, roles: Mapping[Role, Resolution]) -> dict[Role, OllamaModel]:
        """Return who plays; where a role's model is missing the other role's plays it too."""
        there = {role: found for role, found in roles.items() if found.installed is not None}
        if not there:
            return {}
        stand_in = next(iter(there.values()))
        cast = {role: there.get(role, stand_in) for role in roles}
        planner = cast[Role.PLANNER].name
        return {
            role: await self._model(role, found, "medium" if found.name == planner else "low")
            for role, found in cast.items()
        }

    async def _model(self, role: Role, found: Resolution, level: str) -> OllamaModel:
        assert found.installed is not None  # noqa: S101 - only installed models are cast
        assert self._server is not None  # noqa: S101 - who casts has a server
        assert self._loader is not None  # noqa: S101
        traits, meter = await self._known_of(found.installed)
        profile = profile_for(self._settings.agent.context_window, traits.trained_context)
        meter.memory = Memory(traits.window, profile.batch)
        keep = keep_alive_value(self._settings.ollama.keep_alive)
        manner = Manner(found.name, role, traits, profile, keep, level)
        known = self._models.get(role)
        if known is not None and known.manner == manner:
            return known
        desk = Desk(self._server, self._line, self._loader, self._clock, self._lost)
        return OllamaModel(desk, manner, meter)

    async def _known_of(self, model: Installed) -> tuple[Traits, Meter]:
        assert self._server is not None  # noqa: S101 - who asks has a server
        if model.digest not in self._known:
            url, learn = self._server.url, self._learn
            known = await knowledge_of(model.digest, self._keeps, lambda: learn(url, model.name))
            self._known[model.digest] = (
                known.traits,
                Meter(counter_for(known.vocabulary, known.traits.control)),
            )
        return self._known[model.digest]

    def _lost(self, error: ModelError) -> None:
        self._models = {}
        known = self._state.problem
        # The same trouble again is no news.
        problem = known if str(known) == str(error) else error
        url = self._server.url if self._server is not None else ""
        self._set(State(url=url, problem=problem, roles=self._state.roles))

    def _changed(self) -> None:
        if self._loader is not None and self._state.problem is None:
            self._set(replace(self._state, loading=self._loader.loading))

    def _set(self, state: State) -> None:
        if state == self._state:
            return
        self._state = state
        for callback in tuple(self._callbacks):
            callback()
