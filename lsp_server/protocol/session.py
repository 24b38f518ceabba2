"""What a handler may use: one editor's documents, settings, features and tasks."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types

from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.config.settings import Settings
from lsp_server.protocol.answers.store import Answers
from lsp_server.protocol.documents import Documents, path_of
from lsp_server.protocol.editor.elsewhere import ClientDefinitions
from lsp_server.protocol.editor.offered import Offered
from lsp_server.protocol.editor.profile import ClientProfile
from lsp_server.protocol.feature_set import FeatureSet, Host, Opening
from lsp_server.protocol.schedule import Schedule
from lsp_server.protocol.tasks import Tasks
from lsp_server.protocol.wire.base import TandemServer

_log = logging.getLogger(__name__)


class Session:
    """One editor, from `initialize` to `exit`."""

    def __init__(self, server: TandemServer, host: Host, profile: ClientProfile) -> None:
        self.server = server
        self.host = host
        self.profile = profile
        self.documents = Documents(profile.encoding)
        self.schedule = Schedule(server.protocol)
        self.tasks = Tasks(server, profile)
        self.answers = Answers()
        self.offered = Offered()
        self.settings = Settings()
        self.roots: tuple[Path, ...] = ()
        self.has_list_item = False
        self.trusted = False
        self._features: FeatureSet | None = None
        self._closed = False
        self._values: Mapping[str, Any] = {}
        self._told: set[str] = set()

    @property
    def features(self) -> FeatureSet:
        """The features; made when first asked for, which imports what is heavy."""
        if self._features is None:
            if self._closed:
                raise asyncio.CancelledError
            opening = Opening(
                self.settings,
                self.roots,
                self.trusted,
                self._open_snapshots,
                ClientDefinitions(self) if self.profile.tells_definitions else None,
            )
            self._features = self.host.assemble(opening)
        return self._features

    @property
    def is_closed(self) -> bool:
        """Whether the editor has gone or asked us to go."""
        return self._closed

    def take_roots(self, params: Mapping[str, Any]) -> None:
        """Read the workspace folders out of the params of `initialize`."""
        folders = params.get("workspaceFolders")
        uris = [folder.get("uri") for folder in folders or () if isinstance(folder, Mapping)]
        if not uris:
            uris = [params.get("rootUri")]
        paths = [path_of(uri) for uri in uris if isinstance(uri, str)]
        self.roots = tuple(path for path in paths if path is not None)
        if not self.roots and isinstance(root := params.get("rootPath"), str) and root:
            self.roots = (Path(root),)

    def change_settings(self, values: Mapping[str, Any]) -> None:
        """Lay the editor's `values` over those that it gave before.

        A `trusted` among them means nothing: these values may come from the workspace itself.
        """
        self._values = _laid_over(self._values, values)
        self.reload_settings()

    def reload_settings(self) -> None:
        """Read all sources of settings again, tell what is wrong in them, and pass them on."""
        loaded, messages = self.host.load_settings(self._values, self.roots, trusted=self.trusted)
        for message in messages:
            if message not in self._told:
                self._told.add(message)
                self.show(message, types.MessageType.Warning)
        self.settings = loaded
        if self._features is not None:
            self._features.watcher.settings_changed(loaded, trusted=self.trusted)

    def place(self, uri: str, position: types.Position) -> Place | None:
        """Return the place that the client means, or None if the document is not open."""
        document = self.documents.get(uri)
        if document is None:
            _log.info("A request named a document that is not open.")
            return None
        return Place(document.snapshot, document.position(position))

    def is_current(self, snapshot: Snapshot) -> bool:
        """Whether the document still has the text of `snapshot`."""
        document = self.documents.get(snapshot.uri)
        return document is not None and document.snapshot is snapshot

    def show(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Tell the user something in one message."""
        self.server.window_show_message(types.ShowMessageParams(kind, message))

    def close(self) -> None:
        """End all tasks and let the features put their things in order."""
        self._closed = True
        self.tasks.cancel_all()
        if self._features is not None:
            features, self._features = self._features, None
            features.close()

    def _open_snapshots(self) -> tuple[Snapshot, ...]:
        return tuple(document.snapshot for document in self.documents)


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return both trees as one; where both have a value `above` wins, null says nothing."""
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            merged[name] = _laid_over(under, value)
        elif value is not None and name != "trusted":
            merged[name] = value
    return merged
