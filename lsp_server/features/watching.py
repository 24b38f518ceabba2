"""What happens in the editor, told to those who have to know."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from lsp_server.common.edits import TextEdit
from lsp_server.common.errors import TandemError
from lsp_server.common.files import read_plain_file
from lsp_server.common.languages import language_of_text
from lsp_server.common.snapshot import Snapshot
from lsp_server.config.settings import Settings
from lsp_server.context.engine import ContextEngine
from lsp_server.context.index.walk import is_private
from lsp_server.features.inline_completion import InlineCompletion
from lsp_server.features.workspace import OpenWorkspace
from lsp_server.models.builtin.completing import BuiltInEngine

_log = logging.getLogger(__name__)
_MOST_BYTES = 512 * 1024


class Background:
    """Work that nobody waits for; what goes wrong in it is logged, and `stop` ends it all."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[None]:
        """Begin `work` and return its task."""
        task = asyncio.create_task(self._guarded(work, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        try:
            await work
        except TandemError as error:
            _log.warning("%s: %s", name, error)
        except Exception:  # noqa: BLE001 - nobody waits for it, so the log must tell
            _log.exception("%s failed", name)

    def stop(self) -> None:
        """Cancel everything that still runs."""
        for task in tuple(self._tasks):
            task.cancel()


class HearsSettings(Protocol):
    """Who goes over to new settings."""

    def __call__(self, settings: Settings, *, trusted: bool) -> None:
        """Take the settings and the trust that hold from now on."""
        ...


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is told. `was_read` hears that all files of the workspace are known."""

    workspace: OpenWorkspace
    context: ContextEngine
    builtin: BuiltInEngine
    inline_completion: InlineCompletion
    settings_changed: HearsSettings
    was_read: Callable[[], None]


class Watcher:
    """Takes note of the editor's events; every call returns at once."""

    def __init__(self, listeners: Listeners, background: Background) -> None:
        self._to = listeners
        self._background = background
        self._reading: asyncio.Task[None] | None = None

    def opened(self, snapshot: Snapshot) -> None:
        """Take note that a document was opened."""
        self._to.context.buffer_changed(snapshot)
        if self._is_private(snapshot):
            self._to.builtin.hide(snapshot)
        else:
            self._to.builtin.opened(snapshot)
            self._to.inline_completion.warm_up.turned_to(snapshot)

    def changed(self, snapshot: Snapshot, edits: Sequence[TextEdit]) -> None:
        """Take note of a change into `snapshot`; how it came about matters to nobody yet."""
        del edits
        self._to.context.buffer_changed(snapshot)
        self._to.inline_completion.warm_up.changed(snapshot)

    def saved(self, snapshot: Snapshot) -> None:
        """Take note that a document was written to disk."""
        if snapshot.path is not None:
            reading = self._to.context.files_changed([snapshot.path])
            self._background.start(reading, "Reading a saved file")

    def focused(self, snapshot: Snapshot) -> None:
        """Take note that the user has turned to an open document."""
        self._to.context.focused(snapshot)
        self._to.inline_completion.warm_up.turned_to(snapshot)

    def closed(self, snapshot: Snapshot) -> None:
        """Take note that a document was closed."""
        self._to.context.buffer_closed(snapshot.uri)
        root = snapshot.path and self._to.workspace.root_of(snapshot.path)
        if root is None or self._is_private(snapshot):
            self._to.builtin.dropped(snapshot)
        else:
            self._to.builtin.closed(snapshot)
        self._to.inline_completion.closed(snapshot)

    def _is_private(self, snapshot: Snapshot) -> bool:
        return is_private(self._to.workspace.roots, snapshot.path)

    def files_changed(self, paths: Sequence[Path]) -> None:
        """Take note of files made, changed or deleted outside the editor."""
        inside = [path for path in paths if self._to.workspace.root_of(path) is not None]
        if inside:
            self._background.start(self._take_in(inside), "Reading changed files")

    def watch_disk(self, on_files: Callable[[Sequence[Path]], None]) -> None:
        """Watch the disk ourselves, since the client does not, and tell `on_files`."""
        self._to.context.watch_disk(on_files)

    def roots_changed(self, roots: Sequence[Path]) -> None:
        """Take note of the folders that the workspace has now."""
        self._to.workspace.roots = tuple(roots)
        self.read_workspace()

    def settings_changed(self, settings: Settings, *, trusted: bool) -> None:
        """Take note of new settings or a new state of trust."""
        self._to.settings_changed(settings, trusted=trusted)

    def read_workspace(self) -> asyncio.Task[None]:
        """Begin to read all folders, in place of a reading that still goes on."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._background.start(self._read(), "Reading the workspace")
        return self._reading

    async def _read(self) -> None:
        context = self._to.context
        await context.start(self._to.workspace.roots)
        await context.complete()
        files = [path for path in map(context.path_of, await context.keys()) if path is not None]
        await self._to.builtin.read(files)
        self._to.was_read()

    async def _take_in(self, paths: Sequence[Path]) -> None:
        """Let the index say first which files count: an ignored or secret one never does."""
        wanted = set(await self._to.context.files_changed(paths))
        for path in paths:
            if path.resolve() in wanted:
                self._tell_builtin(path)
            else:
                self._to.builtin.forget(str(path))
            await asyncio.sleep(0)

    def _tell_builtin(self, path: Path) -> None:
        try:
            text = read_plain_file(path, _MOST_BYTES).decode()
        except (OSError, UnicodeDecodeError):
            self._to.builtin.forget(str(path))
        else:
            self._to.builtin.changed(str(path), text, language_of_text(path, text.encode()).name)
