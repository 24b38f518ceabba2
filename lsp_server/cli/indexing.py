"""A context engine over one folder, indexed, with progress on the terminal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lsp_server.cli.terminal import progress_line
from lsp_server.config.settings import Settings
from lsp_server.context.engine import ContextEngine
from lsp_server.context.index.messages import Status


@asynccontextmanager
async def indexed(root: Path, settings: Settings) -> AsyncIterator[ContextEngine]:
    """Start an engine on `root` and wait until every file is indexed; end it with the block."""
    engine = ContextEngine(settings.index, settings.cache)
    try:
        with progress_line("Looking for files") as progress:

            def report(status: Status) -> None:
                if status.total:
                    progress.report(
                        f"Indexing {status.total} files", 100 * status.done // status.total
                    )

            engine.subscribe(report)
            await engine.start([root])
            await engine.complete()
        yield engine
    finally:
        await engine.stop()
