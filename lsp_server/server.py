"""The composition root: the only file that knows all the parts."""

import time
from functools import partial
from typing import Any

from lsp_server.checks.environment import Surroundings
from lsp_server.checks.keeping import kept_within
from lsp_server.checks.processes import Limits
from lsp_server.checks.shadow import swept
from lsp_server.common.clock import SystemClock
from lsp_server.config.environment import environment_variables
from lsp_server.config.settings import Settings
from lsp_server.context.engine import ContextEngine
from lsp_server.context.index import syntax
from lsp_server.features.acceptance import Acceptance
from lsp_server.features.actions.registry import Actions
from lsp_server.features.ask import Ask
from lsp_server.features.inline_completion import Helpers, InlineCompletion
from lsp_server.features.model_house import ModelHouse
from lsp_server.features.seams import Syntax, Workshop
from lsp_server.features.task_context import TaskContext, TypingContext
from lsp_server.features.watching import Background, Listeners, Watcher
from lsp_server.features.workspace import OpenWorkspace
from lsp_server.models.api import Role
from lsp_server.models.builtin.completing import BuiltInEngine
from lsp_server.models.builtin.repair import candidates
from lsp_server.models.current import CurrentModels
from lsp_server.protocol.feature_set import FeatureSet, Opening
from lsp_server.storage.cache import open_cache
from lsp_server.storage.paths import tally_file, tools_folder
from lsp_server.storage.tally import append_counts

# A build of a large crate grows fast.
_LOOK_AT_TOOLS_SECONDS = 600.0
_BOOK_SECONDS = 120.0


class Tandem:
    """All parts on one workspace, for an editor and for the command line alike.

    `keep_watching` begins what an editor's session needs for as long as it lasts; a command calls
    `look_up_models` and `read_workspace` instead, once.
    """

    def __init__(self, opening: Opening) -> None:
        self._settings = opening.settings
        self._trusted = opening.trusted
        self._clock = SystemClock()
        self._background = Background()
        self._cache = open_cache(opening.settings.cache)
        self._context = ContextEngine(opening.settings.index, opening.settings.cache)
        self._context.ask_also(opening.definitions)
        self._models = CurrentModels(opening.settings, self._clock, self._cache)
        self._builtin = BuiltInEngine()
        self._workspace = OpenWorkspace(opening.roots, opening.open_documents)
        self._house = ModelHouse(self._models, self._known)
        self._counting = ""
        self._models.subscribe(self._count_as_the_executor)
        shop = self._workshop()
        self._ask = Ask(shop)
        self._inline_completion = self._completing()
        self._models.subscribe(self._inline_completion.warm_up.stirred)
        self._acceptance = Acceptance(
            self._workspace.latest,
            partial(append_counts, tally_file(opening.settings.cache)),
            self._background.start,
            self._clock,
        )
        self._watcher = Watcher(self._listeners(), self._background)
        self.features = FeatureSet(
            inline_completion=self._inline_completion,
            ask=self._ask,
            actions=Actions(shop),
            model_house=self._house,
            watcher=self._watcher,
            close=self.close,
            counter=self._acceptance,
        )

    def keep_watching(self) -> None:
        """Look for models and read the workspace, again and again until `close`."""
        self._background.start(self._models.watch(), "Looking for models")
        self._background.start(swept(), "Removing shadows that a crash left behind")
        self._background.start(self._keep_tools_small(), "Keeping small what tools keep")
        self._background.start(self._keep_books(), "Writing down what was spent")
        self._watcher.read_workspace()

    async def look_up_models(self) -> None:
        """Ask Ollama once what it has."""
        await self._models.refresh()

    async def read_workspace(self) -> None:
        """Read the workspace to the end."""
        await self._watcher.read_workspace()

    def close(self) -> None:
        """End all work at once, without waiting; child processes end with their input."""
        self._background.stop()
        self._inline_completion.warm_up.close()
        self._acceptance.flush()
        self._book()
        self._builtin.close()
        self._inline_completion.flush()
        self._cache.close()

    async def closed(self) -> None:
        """End all work and wait until it has ended."""
        self.close()
        await self._inline_completion.close()
        await self._context.stop()
        await self._models.close()

    def _book(self) -> None:
        day = time.strftime("%Y-%m-%d")
        for spent in self._house.spent():
            append_counts(tally_file(self._settings.cache), {"day": day, **spent})

    async def _keep_books(self) -> None:
        """Write down what was spent now and then: an editor may kill us without a word."""
        while True:
            await self._clock.sleep(_BOOK_SECONDS)
            self._book()

    async def _keep_tools_small(self) -> None:
        while True:
            cache = self._settings.cache
            await kept_within(tools_folder(cache), cache.size_mb * 1024 * 1024)
            await self._clock.sleep(_LOOK_AT_TOOLS_SECONDS)

    def _workshop(self) -> Workshop:
        return Workshop(
            models=self._models,
            context=TaskContext(self._context),
            syntax=Syntax(syntax.faults, syntax.is_known, syntax.enclosing_definition),
            workspace=self._workspace,
            settings=lambda: self._settings,
            surroundings=self._surroundings,
            repairs=candidates,
            clock=self._clock,
        )

    def _completing(self) -> InlineCompletion:
        helpers = Helpers(
            models=self._models,
            context=TypingContext(self._context),
            builtin=self._builtin,
            syntax=syntax,
            settings=lambda: self._settings.completion,
            context_tokens=lambda: self._settings.executor.context_tokens,
            cache=self._cache,
            clock=self._clock,
            then=self._ask.warm_up,
        )
        return InlineCompletion(helpers)

    def _listeners(self) -> Listeners:
        return Listeners(
            workspace=self._workspace,
            context=self._context,
            builtin=self._builtin,
            inline_completion=self._inline_completion,
            settings_changed=self._take_settings,
            was_read=self._house.changed,
        )

    def _known(self) -> dict[str, Any]:
        """Return what the status tells of the workspace, as JSON values."""
        index = self._context.status
        return {
            "index": {
                "files": index.done,
                "definitions": index.definitions,
                "complete": index.complete,
            },
            "builtIn": {"tokens": self._builtin.token_count},
            "waiting": self._models.waiting,
        }

    def _count_as_the_executor(self) -> None:
        """Count the context's tokens with the vocabulary of the model that types."""
        state = self._models.state
        name = state.playing.get(Role.EXECUTOR, "")
        if name and name != self._counting:
            self._counting = name
            meter = state.meters[name]
            self._context.use_counter(meter.count, meter.speeds)

    def _surroundings(self) -> Surroundings:
        limits = Limits(seconds=self._settings.fix.check_seconds)
        state = tools_folder(self._settings.cache)
        return Surroundings(environment_variables(), state, self._trusted, limits)

    def _take_settings(self, settings: Settings, *, trusted: bool) -> None:
        self._settings, self._trusted = settings, trusted
        self._background.start(self._models.use(settings), "Going over to new settings")


def assemble(opening: Opening) -> Tandem:
    """Build all parts on one workspace; must be called in a running event loop."""
    return Tandem(opening)
