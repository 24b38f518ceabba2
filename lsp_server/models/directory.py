"""Who answers: which server is there, which models it has, and who plays which role."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from lsp_server.common.clock import Clock
from lsp_server.common.errors import TandemError
from lsp_server.config.settings import Residency, Settings
from lsp_server.models.address import allowed_url, is_loopback
from lsp_server.models.api import Role, RoleModel
from lsp_server.models.errors import ModelError, Unreachable
from lsp_server.models.fim import FillTokens
from lsp_server.models.learning import Keeps, Learn, knowledge_of, learn_apart
from lsp_server.models.memory.fit import GIB, Load, Room
from lsp_server.models.memory.gpu import gpu_bytes
from lsp_server.models.memory.loading import Loader
from lsp_server.models.memory.residency import Candidate, Plan, Sizes, plan
from lsp_server.models.meter import Memory, Meter, Prices
from lsp_server.models.names import Resolution, resolve
from lsp_server.models.ollama.calls import Manner, keep_alive_value
from lsp_server.models.ollama.client import Ollama
from lsp_server.models.ollama.model import OllamaModel
from lsp_server.models.ollama.values import Installed, PullStep, Running
from lsp_server.models.openai.endpoint import EndpointState, prices_of, role_settings
from lsp_server.models.probing import QUESTION, Fills, find_fill
from lsp_server.models.queue import Line
from lsp_server.models.role import Desk
from lsp_server.models.tokens.counter import counter_for
from lsp_server.models.traits import Traits

_log = logging.getLogger(__name__)
_RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_LOOK_SECONDS = 15.0
_STILL_TYPING_SECONDS = 60.0
_GUEST_SECONDS = 300.0
Measure = Callable[[int], Awaitable[int | None]]


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the server. `problem` tells why it does not answer, if it does not.

    `roles` says what each role's name stands for; `playing` who answers in it, which is another
    model where the role's own is not installed. `running` is what the server has in memory.
    `swapping` tells what a swap costs, where both models do not stay in memory together.
    `endpoints` are the roles that are played elsewhere. `evicted` are models that were to stay in
    memory and that another program took out.
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
    swapping: str = ""
    wanted_context: int = 0
    endpoints: Mapping[Role, EndpointState] = field(default_factory=dict)
    evicted: tuple[str, ...] = ()


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
        measure: Measure = gpu_bytes,
        roles: frozenset[Role] = frozenset(Role),
    ) -> None:
        self._roles = roles
        self._settings = settings
        self._clock = clock
        self._callbacks: list[Callable[[], None]] = []
        self._models: dict[Role, OllamaModel] = {}
        self._keeps = keeps
        self._learn = learn
        self._measure = measure
        self._sizes = Sizes(keeps)
        self._fills = Fills(keeps)
        self._digests: dict[str, str] = {}
        self._probe: asyncio.Task[None] | None = None
        self._plans: dict[tuple[str, str], Plan] = {}
        self._stand_in: OllamaModel | None = None
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

    @property
    def waiting(self) -> int:
        """How many requests wait for the GPU."""
        return self._line.waiting

    def ready(self, role: Role) -> RoleModel | None:
        """Return the model for `role`, or None where the built-in engine must do; no I/O."""
        model = self._models.get(role)
        return self._stand_in if model is not None and self._must_wait(role, model) else model

    def later(self, role: Role) -> RoleModel | None:
        """Return the role's own model where `ready` gives one that stands in for it."""
        model = self._models.get(role)
        return model if model is not None and self._must_wait(role, model) else None

    async def sought(self, role: Role) -> RoleModel | None:
        """Return the model for `role` after asking the server, where none was known."""
        if self.ready(role) is None:
            await self.refresh()
        return self.ready(role)

    def _must_wait(self, role: Role, model: OllamaModel) -> bool:
        """Whether a question would take the executor away from a user who is typing."""
        loader = self._loader
        return (
            role is Role.PLANNER
            and self._stand_in is not None
            and loader is not None
            and model.name not in loader.loaded
            and self._stand_in.name in loader.loaded
            and loader.typed_within(_STILL_TYPING_SECONDS)
        )

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
        self._note_sizes(running, models)
        self._models = models
        playing = {role: model.name for role, model in models.items()}
        contexts = {model.name: model.manner.profile.context for model in models.values()}
        url, loading = self._server.url, self._loader.loading
        meters = {model.name: model.meter for model in models.values()}
        swapping = next((one.sentence for one in self._plans.values() if one.sentence), "")
        known = State(url, version, None, roles, playing, running, loading, contexts, meters)
        wanted = self._settings.agent.context_window
        evicted = self._loader.evicted
        self._set(replace(known, swapping=swapping, wanted_context=wanted, evicted=evicted))
        self._probe_executor()
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
        if self._probe is not None:
            self._probe.cancel()
            await asyncio.gather(self._probe, return_exceptions=True)
        if self._loader is not None:
            await self._loader.close()
        if self._server is not None:
            await self._server.close()

    def _open(self, host: str) -> None:
        ollama = self._settings.ollama
        if not self._roles:
            return
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
        self._loader = Loader(self._server, self._clock, self._changed)
        self._state = State(url=url)

    def _resolved(self, installed: list[Installed]) -> dict[Role, Resolution]:
        agent, remote = self._settings.agent, self._settings.ollama.allow_remote
        usable = [model for model in installed if remote or not model.remote]
        wanted = {Role.PLANNER: agent.planner_model, Role.EXECUTOR: agent.executor_model}
        return {role: resolve(name, usable) for role, name in wanted.items() if role in self._roles}

    async def _cast(self, roles: Mapping[Role, Resolution]) -> dict[Role, OllamaModel]:
        """Return who plays; where a role's model is missing the other role's plays it too."""
        policy = self._settings.agent.residency
        there = {role: found for role, found in roles.items() if found.installed is not None}
        only = {Residency.EXECUTOR: Role.EXECUTOR, Residency.PLANNER: Role.PLANNER}.get(policy)
        if only in there:
            there = {only: there[only]}
        if not there:
            return {}
        stand_in = next(iter(there.values()))
        pair = there.get(Role.EXECUTOR, stand_in), there.get(Role.PLANNER, stand_in)
        decided = await self._plan(pair)
        executor = await self._model(Role.EXECUTOR, pair, decided)
        planner = await self._model(Role.PLANNER, pair, decided)
        self._arrange(decided, executor)
        return {Role.PLANNER: planner, Role.EXECUTOR: executor}

    async def _plan(self, pair: tuple[Resolution, Resolution]) -> Plan:
        """Return what is decided for executor and planner; it is decided once."""
        one, other = [await self._candidate(found) for found in pair]
        key = one.digest, other.digest
        if key not in self._plans:
            agent, room = self._settings.agent, await self._room()
            self._plans[key] = plan(agent.residency, agent.context_window, (one, other), room)
        return self._plans[key]

    async def _candidate(self, found: Resolution) -> Candidate:
        model = found.installed
        assert model is not None  # noqa: S101 - only installed models are cast
        traits, _ = await self._known_of(model)
        sizes = self._sizes.of(model.digest)
        load = Load(model.size, traits.shape, traits.trained_context, sizes)
        return Candidate(model.name, model.digest, load)

    async def _room(self) -> Room:
        assert self._server is not None  # noqa: S101 - who casts has a server
        ollama = self._settings.ollama
        gpu = int(ollama.gpu_memory_gb * GIB) or None
        if gpu is None and is_loopback(self._server.url):
            gpu = await self._measure(sum(one.size_vram for one in await self._server.running()))
        return Room(gpu, ollama.kv_cache_type, ollama.num_parallel)

    def _arrange(self, decided: Plan, executor: OllamaModel) -> None:
        """Tell the loader in which order loads go, and who answers while the user types."""
        assert self._loader is not None  # noqa: S101 - who casts has a loader
        swaps = decided.mode is Residency.SWAP
        self._loader.exclusive = swaps
        self._loader.first = None if swaps else executor.manner
        self._stand_in = None
        if swaps and self._settings.agent.residency is Residency.AUTO:
            manner = replace(executor.manner, role=Role.PLANNER)
            self._stand_in = OllamaModel(self._desk(), self._loader, manner, executor.meter)

    def _desk(self) -> Desk:
        assert self._server is not None  # noqa: S101 - who casts has a server
        return Desk(self._server, self._line, self._clock, self._lost)

    async def _model(
        self, role: Role, pair: tuple[Resolution, Resolution], decided: Plan
    ) -> OllamaModel:
        assert self._loader is not None  # noqa: S101 - who casts has a loader
        executor, planner = pair
        found = executor if role is Role.EXECUTOR else planner
        assert found.installed is not None  # noqa: S101 - only installed models are cast
        traits, meter = await self._known_of(found.installed)
        same = executor.name == planner.name
        profile = decided.executor if same or role is Role.EXECUTOR else decided.planner
        meter.memory = Memory(traits.window, profile.batch)
        if role in self._roles:
            meter.prices = self._prices(role, found.installed)
        keep = keep_alive_value(self._settings.ollama.keep_alive)
        if decided.mode is Residency.SWAP and role is Role.PLANNER:
            # Who has the shortest stay is the first to leave: the executor comes back.
            keep = _GUEST_SECONDS if keep == -1 else keep
        level = "medium" if found.name == planner.name else "low"
        manner = Manner(found.name, role, traits, profile, keep, level)
        known = self._models.get(role)
        if known is not None and known.manner == manner:
            return known
        return OllamaModel(self._desk(), self._loader, manner, meter)

    def _prices(self, role: Role, model: Installed) -> Prices:
        """Return what the tokens of `model` cost: nothing where it runs on one's own machine."""
        return prices_of(role_settings(self._settings, role)) if model.remote else Prices()

    def _note_sizes(self, running: tuple[Running, ...], models: Mapping[Role, OllamaModel]) -> None:
        profiles = {model.name: model.manner.profile for model in models.values()}
        for one in running:
            profile = profiles.get(one.name)
            if profile is not None and one.context == profile.context:
                self._sizes.note(one.digest, profile, one.size)

    async def _known_of(self, model: Installed) -> tuple[Traits, Meter]:
        assert self._server is not None  # noqa: S101 - who asks has a server
        if model.digest not in self._known:
            url, learn = self._server.url, self._learn
            known = await knowledge_of(model.digest, self._keeps, lambda: learn(url, model.name))
            self._known[model.digest] = (
                known.traits,
                Meter(counter_for(known.vocabulary, known.traits.control)),
            )
        self._digests[model.name] = model.digest
        traits, meter = self._known[model.digest]
        return self._fills.applied(model.digest, traits), meter

    def _lost(self, error: ModelError) -> None:
        self._models = {}
        known = self._state.problem
        # The same trouble again is no news.
        problem = known if str(known) == str(error) else error
        url = self._server.url if self._server is not None else ""
        self._set(State(url=url, problem=problem, roles=self._state.roles))

    def _changed(self) -> None:
        if self._loader is not None and self._state.problem is None:
            loader = self._loader
            self._set(replace(self._state, loading=loader.loading, running=loader.running))
            self._probe_executor()

    def _probe_executor(self) -> None:
        """Find out how the executor fills holes, once it is in memory and nobody needs it."""
        model, loader = self._models.get(Role.EXECUTOR), self._loader
        if model is None or loader is None or model.name not in loader.loaded:
            return
        digest = self._digests[model.name]
        family = self._known[digest][0].fill
        is_free = self._probe is None or self._probe.done()
        if family is not None and is_free and self._fills.is_due(digest):
            self._probe = asyncio.ensure_future(self._find_fill(model, family, loader))

    async def _find_fill(self, model: OllamaModel, family: FillTokens, loader: Loader) -> None:
        async def ask(fill: FillTokens) -> str | None:
            manner = replace(model.manner, traits=replace(model.manner.traits, fill=fill))
            return await OllamaModel(self._desk(), loader, manner, model.meter).in_a_pause(QUESTION)

        try:
            self._fills.note(self._digests[model.name], await find_fill(family, ask))
        except ModelError as error:
            _log.info("%s was not asked how it fills holes: %s", model.name, error)
            return
        await self.refresh()

    def _set(self, state: State) -> None:
        if state == self._state:
            return
        self._state = state
        for callback in tuple(self._callbacks):
            callback()
