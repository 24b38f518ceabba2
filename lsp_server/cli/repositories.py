"""The indexes of any number of folders, each built when it is first asked for and then kept."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lsp_server.common.errors import TandemError
from lsp_server.common.garbage import tidy_up
from lsp_server.config.settings import IndexSettings
from lsp_server.context.engine import ContextEngine

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Repository:
    engine: ContextEngine
    changed: set[Path] = field(default_factory=set)

    def note(self, paths: Sequence[Path]) -> None:
        self.changed.update(paths)


class Repositories:
    """One engine a root. One that does not run gives way to another when it is asked for again."""

    def __init__(self) -> None:
        self._known: dict[Path, _Repository] = {}

    async def engine(self, root: Path) -> ContextEngine:
        """Return the engine of `root`, with all files read, and what changed on disk since.

        Raises TandemError or OSError if it does not start.
        """
        known = self._known.get(root)
        if known is None or not known.engine.is_running:
            await self._drop(root)
            known = self._known[root] = _Repository(ContextEngine(IndexSettings()))
            known.engine.watch_disk(known.note)
            await known.engine.start([root])
        changed, known.changed = known.changed, set()
        if changed:
            await known.engine.files_changed(sorted(changed))
            known.engine.begin_anew()
        # Nobody types here: what is shown may wait for the changes, and for an index process that
        # ended and came back.
        if changed or not known.engine.status.complete:
            await known.engine.complete()
            tidy_up()
        return known.engine

    async def stop(self) -> None:
        """End all index processes."""
        for root in list(self._known):
            await self._drop(root)

    async def _drop(self, root: Path) -> None:
        known = self._known.pop(root, None)
        if known is not None:
            try:
                await known.engine.stop()
            except (TandemError, OSError) as error:
                _log.warning("The index of %s did not end as it should: %s", root, error)
