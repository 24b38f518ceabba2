"""The models of the settings that hold now; the settings may change while all else goes on."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from lsp_server.common.clock import Clock
from lsp_server.config.settings import Settings
from lsp_server.models.api import Role, RoleModel
from lsp_server.models.directory import State
from lsp_server.models.household import Household
from lsp_server.models.learning import Keeps
from lsp_server.models.ollama.values import PullStep


class CurrentModels:
    """A household that is exchanged for another when the settings that it lives by change."""

    def __init__(self, settings: Settings, clock: Clock, keeps: Keeps | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._keeps = keeps
        self._callbacks: list[Callable[[], None]] = []
        self._exchanged = asyncio.Event()
        self._household = self._opened()

    @property
    def waiting(self) -> int:
        """How many requests wait for the GPU."""
        return self._household.waiting

    @property
    def state(self) -> State:
        """What is known now."""
        return self._household.state

    def ready(self, role: Role) -> RoleModel | None:
        """Return the model for `role`, or None where the built-in engine must do; no I/O."""
        return self._household.ready(role)

    def later(self, role: Role) -> RoleModel | None:
        """Return the role's own model where `ready` gives one that stands in for it."""
        return self._household.later(role)

    async def sought(self, role: Role) -> RoleModel | None:
        """Return the model for `role` after asking its server, where none was known."""
        return await self._household.sought(role)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` at each change of the state; return what ends that."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    async def refresh(self) -> State:
        """Ask the server once what it has; return what is known then."""
        return await self._household.refresh()

    async def pull(self, name: str) -> AsyncGenerator[PullStep, None]:
        """Fetch the model `name` and look again; closing the generator stops the pull."""
        async with aclosing(self._household.pull(name)) as steps:
            async for step in steps:
                yield step

    async def watch(self) -> None:
        """Keep looking for ever, at the server of the settings that hold."""
        while True:
            self._exchanged.clear()
            watching = asyncio.ensure_future(self._household.watch())
            try:
                await self._exchanged.wait()
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)

    async def use(self, settings: Settings) -> None:
        """Go over to `settings`; calls that run on the old ones end as if the server had gone."""
        same = _lived_by(settings) == _lived_by(self._settings)
        self._settings = settings
        if same:
            return
        old, self._household = self._household, self._opened()
        self._exchanged.set()
        self._tell()
        await old.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._household.close()

    def _opened(self) -> Household:
        household = Household(self._settings, self._clock, self._keeps)
        household.subscribe(self._tell)
        return household

    def _tell(self) -> None:
        for callback in tuple(self._callbacks):
            callback()


def _lived_by(settings: Settings) -> tuple[object, ...]:
    return settings.agent, settings.planner, settings.executor, settings.ollama
