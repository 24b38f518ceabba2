"""One task on its way."""

from dataclasses import dataclass, field

from lsp_server.common.progress import Progress
from lsp_server.common.snapshot import Snapshot
from lsp_server.features.fixing.attempts import Attempt, Judge
from lsp_server.features.fixing.bench import Bench
from lsp_server.features.fixing.task import Task
from lsp_server.features.seams import Workshop


@dataclass(slots=True)
class Run:
    """One task on its way: who writes, who judges, and what came of it so far."""

    task: Task
    shop: Workshop
    judge: Judge
    engine: str
    progress: Progress
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def bench(self) -> Bench:
        """The checks that serve the task's document."""
        return self.judge.bench

    @property
    def latest(self) -> Snapshot:
        """The task's document as it is now; as it was where it is not open."""
        snapshot = self.task.target.snapshot
        return self.shop.workspace.latest(snapshot.uri) or snapshot
