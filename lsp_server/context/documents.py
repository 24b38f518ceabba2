"""The open documents by the names under which the index knows them, the last viewed first."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lsp_server.common.snapshot import Snapshot
from lsp_server.context.index.messages import BufferChanged, BufferClosed
from lsp_server.context.index.process import IndexClient
from lsp_server.context.index.walk import is_private

_RECENT = 20
_QUIET_SECONDS = 0.3


class OpenDocuments:
    """What the editor has open; the index process is told of it when the typing rests.

    Private documents (secret or ignored files) are neither told of nor named.
    """

    def __init__(self, client: IndexClient, key_of: Callable[[Path | None], str]) -> None:
        self._client = client
        self._key_of = key_of
        self._roots: Sequence[Path] = ()
        self._private: dict[str, bool] = {}
        self._names: dict[str, str] = {}
        self._opened: dict[str, Snapshot] = {}
        self._recent: list[str] = []
        self._unsent: set[str] = set()
        self._sending: asyncio.TimerHandle | None = None

    @property
    def opened(self) -> Mapping[str, Snapshot]:
        """The open documents by name, as they stand in the editor."""
        return self._opened

    @property
    def recent(self) -> Sequence[str]:
        """The names of the documents that were looked at, the last one first."""
        return self._recent

    def name_anew(self, roots: Sequence[Path]) -> None:
        """Know the open documents by their names below `roots` from now on."""
        self._roots = roots
        self._private.clear()
        self._names.clear()
        names = {key: self._key_of(known.path) for key, known in self._opened.items()}
        if self._client.is_running:
            for old in names.keys() - names.values():
                self._client.tell(BufferClosed(old))
        self._opened = {names[key]: known for key, known in self._opened.items()}
        self._recent = [names.get(key, key) for key in self._recent]
        self._unsent = set(self._opened)

    def changed(self, snapshot: Snapshot) -> None:
        """Take note of a document as it stands now; cheap enough for every key."""
        if self.is_private(snapshot):
            return
        # Paths are compared part by part, which would cost each key as much as all the rest here.
        key = self._names.get(snapshot.uri) or self._key_of(snapshot.path)
        self._names[snapshot.uri] = key
        self._opened[key] = snapshot
        self._unsent.add(key)
        if self._sending is None:
            loop = asyncio.get_running_loop()
            self._sending = loop.call_later(_QUIET_SECONDS, self.send)
        self._note_recent(key)

    def focused(self, snapshot: Snapshot) -> None:
        """Take note that the user has turned to a document: it is the one he last looked at."""
        if not self.is_private(snapshot):
            self._note_recent(self._key_of(snapshot.path))

    def _note_recent(self, key: str) -> None:
        if self._recent[:1] != [key]:
            self._recent = [key, *(known for known in self._recent if known != key)][:_RECENT]

    def send(self) -> None:
        """Tell the index process what has changed since it was last told."""
        # Not at each key: the index process would parse what is out of date when it is done.
        self._sending = None
        keys, self._unsent = self._unsent, set()
        if not self._client.is_running:
            return
        for key in keys:
            snapshot = self._opened.get(key)
            if snapshot is not None and snapshot.path is not None and not self.is_private(snapshot):
                self._client.tell(BufferChanged(key, snapshot.language, snapshot.text))

    def closed(self, uri: str) -> list[str]:
        """Take note that a document was closed; the file on disk holds again.

        Returns the names that nothing bears any more: those of documents outside the workspace.
        """
        self._private.pop(uri, None)
        self._names.pop(uri, None)
        gone = []
        for key in [key for key, known in self._opened.items() if known.uri == uri]:
            path = self._opened.pop(key).path
            if path is None or Path(key).is_absolute():
                self._recent = [known for known in self._recent if known != key]
                gone.append(key)
            if self._client.is_running:
                self._client.tell(BufferClosed(key))
        return gone

    def is_private(self, snapshot: Snapshot) -> bool:
        """Whether a document is for itself alone: secret, or ignored."""
        # The rules stand in files, which are not read again at each key.
        if snapshot.uri not in self._private:
            self._private[snapshot.uri] = is_private(self._roots, snapshot.path)
        return self._private[snapshot.uri]

    def forget_rules(self) -> None:
        """Read anew which documents are private: the rules may have changed."""
        self._private.clear()
        # The index process has let go of those that were private for a while.
        self._unsent = set(self._opened)
        self.send()

    def stop(self) -> None:
        """Tell nothing any more."""
        if self._sending is not None:
            self._sending.cancel()
