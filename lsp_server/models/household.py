"""All models together: those of Ollama, and those at endpoints of their own."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace

from lsp_server.common.clock import Clock
from lsp_server.config.settings import Settings
from lsp_server.models.api import Role, RoleModel
from lsp_server.models.directory import Directory, State
from lsp_server.models.learning import Keeps
from lsp_server.models.ollama.values import PullStep
from lsp_server.models.openai.endpoint import Endpoint, Shared, role_settings


class Household:
    """Implements `Models`: a role with an address of its own is played there, else in Ollama."""

    def __init__(self, settings: Settings, clock: Clock, keeps: Keeps | None = None) -> None:
        self._callbacks: list[Callable[[], None]] = []
        away = [role for role in Role if role_settings(settings, role).base_url]
        shared: Shared = {}
        self._endpoints = {
            role: Endpoint(role, settings, clock, self._tell, shared) for role in away
        }
        here = frozenset(role for role in Role if role not in self._endpoints)
        self._directory = Directory(settings, clock, keeps, roles=here)
        self._directory.subscribe(self._tell)

    @property
    def state(self) -> State:
        """What is known now."""
        state, endpoints = self._directory.state, self._endpoints
        if not endpoints:
            return state
        models = {role: one.model for role, one in endpoints.items()}
        played = {role: model.name for role, model in models.items() if model is not None}
        here = {role: name for role, name in state.playing.items() if role not in endpoints}
        meters = {
            one.state.model: meter for one in endpoints.values() if (meter := one.meter) is not None
        }
        return replace(
            state,
            playing={**here, **played},
            meters={**state.meters, **meters},
            endpoints={role: one.state for role, one in endpoints.items()},
        )

    @property
    def waiting(self) -> int:
        """How many requests wait for Ollama's turn."""
        return self._directory.waiting

    def ready(self, role: Role) -> RoleModel | None:
        """Return the model for `role`, or None where the built-in engine must do; no I/O."""
        endpoint = self._endpoints.get(role)
        return endpoint.model if endpoint is not None else self._directory.ready(role)

    def later(self, role: Role) -> RoleModel | None:
        """Return the role's own model where `ready` gives one that stands in for it."""
        return None if role in self._endpoints else self._directory.later(role)

    async def sought(self, role: Role) -> RoleModel | None:
        """Return the model for `role` after asking its server, where none was known."""
        if self.ready(role) is None:
            endpoint = self._endpoints.get(role)
            await (endpoint.refresh() if endpoint is not None else self._directory.refresh())
        return self.ready(role)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` at each change of the state; return what ends that."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    async def refresh(self) -> State:
        """Ask all servers once what they have; return what is known then."""
        looks = [one.refresh() for one in self._endpoints.values()]
        await asyncio.gather(self._directory.refresh(), *looks)
        return self.state

    async def pull(self, name: str) -> AsyncGenerator[PullStep, None]:
        """Fetch the model `name` into Ollama and look again; closing stops the pull."""
        async with aclosing(self._directory.pull(name)) as steps:
            async for step in steps:
                yield step

    async def watch(self) -> None:
        """Keep looking for ever."""
        looks = [one.watch() for one in self._endpoints.values()]
        await asyncio.gather(self._directory.watch(), *looks)

    async def close(self) -> None:
        """Close all connections."""
        await self._directory.close()
        for endpoint in self._endpoints.values():
            await endpoint.close()

    def _tell(self) -> None:
        for callback in tuple(self._callbacks):
            callback()
