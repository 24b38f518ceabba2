"""A model of Ollama in a role."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from lsp_server.models.api import Urgency
from lsp_server.models.memory.loading import Loader
from lsp_server.models.meter import Meter
from lsp_server.models.ollama.calls import Manner
from lsp_server.models.role import Desk, ServedModel
from lsp_server.models.speech import Speech


@dataclass(frozen=True, slots=True)
class InMemory:
    """A `Presence`: the model is loaded before it is asked."""

    loader: Loader
    speech: Manner

    async def ready(self, urgency: Urgency) -> Speech:
        """Return the manner with the frame that was learned; raises `Loading` while typing."""
        return await self.loader.ready(self.speech, urgency)

    async def resident(self) -> Speech | None:
        """Return the manner with its frame if the server has the model now, as we loaded it."""
        return await self.loader.resident(self.speech)

    def working(self) -> AbstractContextManager[None]:
        """Mark that it works, so that it is not made to leave."""
        return self.loader.working(self.speech)

    def gone(self) -> None:
        """Note that it may have left memory."""
        self.loader.gone(self.speech)

    def loads(self) -> int:
        """Return how often it was loaded."""
        return self.loader.loads_of(self.speech.model)


class OllamaModel(ServedModel):
    """A `RoleModel` that is loaded before the first call."""

    def __init__(self, desk: Desk, loader: Loader, manner: Manner, meter: Meter) -> None:
        super().__init__(desk, InMemory(loader, manner), meter)
        self.manner = manner
