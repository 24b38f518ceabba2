"""The built-in engine: what it reads, and what it offers at a place."""

import asyncio
import logging
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lsp_server.common.children import start_module
from lsp_server.common.errors import TandemError
from lsp_server.common.languages import language_of_path
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.models.builtin.block import Block
from lsp_server.models.builtin.confidence import confidence
from lsp_server.models.builtin.corpus import Corpus
from lsp_server.models.builtin.engine import Guess, guesses
from lsp_server.models.builtin.lexer import FIRST_WORD
from lsp_server.models.builtin.vocabulary import Vocabulary

log = logging.getLogger(__name__)

_SLICE = 2048
_FILES_A_SLICE = 256
_LONGEST_LINE = 4096
# Reading a document holds the loop: about a tenth of a second for so many characters.
_MOST_CHARACTERS = 512 * 1024

PART_MARGIN = 0.25
"""How much surer the engine must be of a single word than of a whole line: a word saves little."""

SHORTEST_WORD = 3
"""Fewest letters of a single word that are worth showing; the end of a line always is."""


class NotRead(TandemError):
    """The workspace could not be read for the built-in engine."""


@dataclass(frozen=True, slots=True)
class Continuation:
    """What the engine offers: text for the cursor, and the probability that all of it is right."""

    text: str
    confidence: float


class BuiltInEngine:
    """Continues lines from what open documents and the workspace's files already say.

    Reading the workspace happens in a child process; everything else is plain computing of a few
    milliseconds at most, without input or output.
    """

    def __init__(self) -> None:
        self._corpus = Corpus()
        self._waiting: dict[str, tuple[str, str]] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def token_count(self) -> int:
        """How many tokens of the workspace's files it knows."""
        return self._corpus.token_count

    @property
    def wants_reading(self) -> bool:
        """Whether so many files changed that `read` should be called again."""
        return self._corpus.wants_rebuild

    def touch(self) -> int:
        """Read all arrays into memory, as use would in time; return their megabytes."""
        return self._corpus.touch() // 1_000_000

    def complete(self, place: Place, least: float) -> Continuation | None:
        """Return the longest text of confidence `least` or more at `place`, or None."""
        # The line is read up to the cursor at each key: half a second where it is a megabyte long.
        if len(place.line_before) > _LONGEST_LINE or _is_large(place.snapshot):
            return None
        for guess in guesses(self._corpus, place):
            sure = confidence(guess)
            if is_offered(guess, sure, least):
                return Continuation(guess.text, sure)
        return None

    def opened(self, snapshot: Snapshot) -> None:
        """Read a document as it stands in the editor."""
        if _is_large(snapshot):
            log.info("A document is too large for the built-in engine.")
            return
        path = str(snapshot.path or snapshot.uri)
        self._corpus.document(path, snapshot.lines, snapshot.language)

    def closed(self, snapshot: Snapshot) -> None:
        """Take the document's text as that of its file."""
        path = str(snapshot.path or snapshot.uri)
        self._corpus.close(path)
        if _is_large(snapshot):
            self.forget(path)
            return
        self.changed(path, snapshot.text, snapshot.language)

    def hide(self, snapshot: Snapshot) -> None:
        """Keep an open document's text from all other documents."""
        self._corpus.hide(str(snapshot.path or snapshot.uri))

    def dropped(self, snapshot: Snapshot) -> None:
        """Forget a document that was closed and is no file of the workspace."""
        path = str(snapshot.path or snapshot.uri)
        self._corpus.close(path)
        self.forget(path)

    def changed(self, path: str, text: str, language: str) -> None:
        """Take the new text of a file of the workspace."""
        self._corpus.update(path, text, language)
        if self._waiting is not None:
            self._waiting[path] = (text, language)

    def forget(self, path: str) -> None:
        """Drop a file that was deleted."""
        self._corpus.forget(path)
        if self._waiting is not None:
            self._waiting.pop(path, None)

    async def read(self, files: Iterable[Path]) -> None:
        """Read `files` in a child process and take what they say in place of all read before.

        Until it is done the engine answers from what it had. Changes meanwhile are kept. Raises
        `NotRead` if the child fails; cancelling ends the child.
        """
        self._waiting = {}
        folder = tempfile.TemporaryDirectory(prefix="tandem-", ignore_cleanup_errors=True)
        try:
            await _run_builder(folder.name, files)
            vocabulary = await _read_vocabulary(Path(folder.name))
            await asyncio.sleep(0)
            self._corpus.replace(Block.load(Path(folder.name)), vocabulary)
            for path, (text, language) in self._waiting.items():
                self._corpus.update(path, text, language)
        except BaseException:
            folder.cleanup()
            raise
        finally:
            self._waiting = None
        # The arrays are mapped from the folder's files: it lives as long as they are in use.
        self._drop_folder()
        self._folder = folder
        log.info("The built-in engine knows %d tokens.", self.token_count)

    def close(self) -> None:
        """Give up what was read; the engine must not be used afterwards."""
        self._corpus = Corpus()
        self._drop_folder()

    def _drop_folder(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _is_large(snapshot: Snapshot) -> bool:
    return sum(map(len, snapshot.lines)) > _MOST_CHARACTERS


async def _read_vocabulary(folder: Path) -> Vocabulary:
    """Return what the child wrote; a hundred thousand words are taken in slices."""
    text = (folder / "words").read_text(encoding="utf-8")
    await asyncio.sleep(0)
    words = text.split("\n")
    vocabulary = Vocabulary()
    await asyncio.sleep(0)
    for start in range(FIRST_WORD, len(words), _SLICE):
        vocabulary.extend(words[start : start + _SLICE])
        await asyncio.sleep(0)
    return vocabulary


def is_offered(guess: Guess, sure: float, least: float) -> bool:
    """Whether a guess of confidence `sure` is shown where `least` is asked for."""
    if guess.whole:
        return sure >= least and bool(guess.text.strip())
    return sure >= least + PART_MARGIN and len(guess.text.strip()) >= SHORTEST_WORD


async def _run_builder(folder: str, files: Iterable[Path]) -> None:
    rows: list[str] = []
    for path in files:
        rows.append(f"{language_of_path(path).name}\t{path}")
        if len(rows) % _FILES_A_SLICE == 0:
            await asyncio.sleep(0)
    child = await start_module(
        "lsp_server.models.builtin.builder",
        folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, remarks = await child.communicate(os.fsencode("\0".join(rows)))
    except BaseException:
        if child.returncode is None:
            child.kill()
            await child.wait()
        raise
    if child.returncode:
        log.error("The reader of the built-in engine failed: %s", remarks.decode(errors="replace"))
        raise NotRead(
            "The built-in engine could not read the workspace.",
            "It goes on with the open documents; the log has the cause.",
        )
