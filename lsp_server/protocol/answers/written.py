"""Answers as files, for editors that can show nothing else."""

import asyncio
import contextlib
import logging
import os
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types

from lsp_server.common.edits import TextEdit
from lsp_server.common.text import Position, Span, end_of, split_lines
from lsp_server.protocol.answers.served import beginning_of_document
from lsp_server.protocol.convert import to_text_edit
from lsp_server.protocol.documents import Document
from lsp_server.protocol.session import Session

_SECONDS_BETWEEN = 0.25
_ANSWER_SECONDS = 5.0
_MOST_CHARACTERS = 300
_MOST_SECONDS_KEPT = 30 * 24 * 3600
_SUFFIXES = {".md", ".diff", ".new"}
_log = logging.getLogger(__name__)


def new_file(session: Session, suffix: str) -> Path:
    """Return the path of a new file for an answer or a patch; those of last month are removed."""
    folder = session.host.answers_folder(session.settings)
    oldest = time.time() - _MOST_SECONDS_KEPT
    for path in folder.glob("*"):
        with contextlib.suppress(OSError):
            if path.suffix in _SUFFIXES and path.stat().st_mtime < oldest:
                path.unlink()
    return folder / f"{uuid.uuid4()}{suffix}"


def write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner can read, in a folder that only its owner can enter."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    new.replace(path)


class AnswerMessage:
    """For editors that cannot even show a file: the beginning as a message, the rest in a file."""

    def __init__(self, session: Session, path: Path) -> None:
        self.uri = path.as_uri()
        self._session = session
        self._path = path

    async def open(self, text: str) -> None:
        """Show nothing yet; the line of progress is there."""

    def update(self, text: str) -> None:
        """Wait for the end."""

    async def finish(self, text: str) -> None:
        """Show the beginning, and where the whole is."""
        write_privately(self._path, text)
        begin = text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS].rstrip() + "…"
        self._session.show(f"{begin.strip()}\n\nThe whole answer: {self._path}")


class AnswerFile:
    """A file that is shown in the editor and grows there by edits, a few times a second.

    The file itself is written only while the editor does not have it open, so that no editor
    finds its buffer and the disk at odds. Where the editor refuses an edit or the user has
    changed the text, the rest goes into the file and a message says so.

    Editors that use us for some languages only (Helix, Emacs) show the file and tell us nothing
    more of it; to them the edits go without a version. Where we were told of it and it was closed
    again, an edit would open it anew.
    """

    def __init__(self, session: Session, path: Path) -> None:
        self.uri = path.as_uri()
        self._session = session
        self._path = path
        self._known = ""
        self._wanted = ""
        self._news = asyncio.Event()
        self._is_shown = False
        self._is_told_of = False
        self._given_up = False
        self._finished = False
        self._pump: asyncio.Task[None] | None = None

    async def open(self, text: str) -> None:
        """Show the file."""
        write_privately(self._path, text)
        self._known = self._wanted = text
        self._pump = self._session.tasks.spawn(self._keep_showing())

    def update(self, text: str) -> None:
        """Show the text, soon."""
        self._wanted = text
        self._news.set()

    async def finish(self, text: str) -> None:
        """Show the last text; if the editor does not, it is in the file."""
        self._finished = True
        self.update(text)
        if self._pump is not None:
            await asyncio.wait([self._pump], timeout=_ANSWER_SECONDS)
            self._pump.cancel()
        if self._known != text:
            write_privately(self._path, text)
            self._session.show(f"The whole answer is in {self._path}.")

    async def _ask_to_show(self) -> bool:
        """Return whether the editor says that it shows the file."""
        params = types.ShowDocumentParams(
            uri=self.uri, take_focus=True, selection=beginning_of_document()
        )
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return (await self._session.server.window_show_document_async(params)).success
        except Exception as error:  # noqa: BLE001 - whatever the editor replied, it is a no
            _log.info("The editor did not show an answer: %s.", type(error).__name__)
            return False

    async def _keep_showing(self) -> None:
        self._is_shown = await self._ask_to_show()
        self._is_told_of = self._session.documents.get(self.uri) is not None
        while not self._given_up and not (self._finished and self._known == self._wanted):
            await self._news.wait()
            self._news.clear()
            await self._show()
            if not self._finished:
                await asyncio.sleep(_SECONDS_BETWEEN)

    async def _show(self) -> None:
        """Bring the wanted text to where the user looks."""
        wanted = self._wanted
        document = self._session.documents.get(self.uri)
        if wanted == self._known:
            return
        if document is not None:
            self._is_told_of = True
            await self._edit(document, wanted)
        elif self._is_shown and not self._is_told_of:
            await self._edit_unseen(wanted)
        else:
            write_privately(self._path, wanted)
            self._known = wanted

    async def _edit(self, document: Document, wanted: str) -> None:
        snapshot = document.snapshot
        if _unix(snapshot.text) != _unix(self._known):
            self._given_up = True
            return
        changed = self._session.documents.next_change(self.uri)
        if await self._apply(snapshot.lines, wanted, document.version):
            # The editor's own notification of the edit may come after its answer.
            await asyncio.wait([changed], timeout=_ANSWER_SECONDS)

    async def _edit_unseen(self, wanted: str) -> None:
        await self._apply(split_lines(self._known), wanted, None)

    async def _apply(self, lines: Sequence[str], wanted: str, version: int | None) -> bool:
        """Make `wanted` of `lines` in the editor, or give up; returns whether it was made."""
        edit = to_text_edit(tail_edit(lines, wanted), lines, self._session.profile.encoding)
        if not await self._send(edit, version):
            self._given_up = True
            return False
        self._known = wanted
        return True

    async def _send(self, edit: types.TextEdit, version: int | None) -> bool:
        change: Any = types.WorkspaceEdit(changes={self.uri: [edit]})
        if self._session.profile.versioned_edits:
            identifier = types.OptionalVersionedTextDocumentIdentifier(
                uri=self.uri, version=version
            )
            change = types.WorkspaceEdit(
                document_changes=[types.TextDocumentEdit(text_document=identifier, edits=[edit])]
            )
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                result = await self._session.server.workspace_apply_edit_async(
                    types.ApplyWorkspaceEditParams(edit=change, label="Tandem's answer")
                )
        except Exception as error:  # noqa: BLE001 - whatever the editor replied, it is a no
            _log.info("The editor did not take an edit of an answer: %s.", type(error).__name__)
            return False
        return result.applied


def tail_edit(lines: Sequence[str], wanted: str) -> TextEdit:
    """Return the edit that makes `wanted` of `lines` by replacing all behind what they share."""
    new = split_lines(wanted)
    same = 0
    while same < min(len(lines), len(new)) - 1 and _unix(lines[same]) == _unix(new[same]):
        same += 1
    return TextEdit(Span(Position(same, 0), end_of(lines)), "".join(new[same:]))


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")
