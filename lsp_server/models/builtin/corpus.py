"""What the built-in engine has read: a sorted block of the workspace, and what changed since.

A file that changes after the block was built is marked as gone from it and kept beside it, so an
update costs one file. When much has changed a new block is built.
"""

from collections.abc import Sequence

import numpy as np

from lsp_server.models.builtin.block import Block
from lsp_server.models.builtin.document import DocumentTokens
from lsp_server.models.builtin.tokens import EMPTY, Tokens, tokens_of
from lsp_server.models.builtin.vocabulary import Vocabulary
from lsp_server.models.builtin.votes import SAME_DOCUMENT, Floats, Source

OPEN = 3.0
SAME_FOLDER = 1.6
ELSEWHERE = 1.0

_REBUILD_TOKENS = 400_000


class Corpus:
    """Tokens of the workspace's files and of the open documents, by path."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self._block: Block | None = None
        self._numbers: dict[str, int] = {}
        self._folders: list[str] = []
        self._gone: set[str] = set()
        self._changed: dict[str, Tokens] = {}
        self._open: dict[str, DocumentTokens] = {}
        self._hidden: set[str] = set()
        self._sources: dict[str, list[Source]] = {}

    @property
    def token_count(self) -> int:
        """Tokens that are looked through, the open documents not counted."""
        block = 0 if self._block is None else len(self._block.ids)
        return block + sum(map(len, self._changed.values()))

    @property
    def wants_rebuild(self) -> bool:
        """Whether so much has changed that a new block pays."""
        return sum(map(len, self._changed.values())) > _REBUILD_TOKENS

    def replace(self, block: Block, vocabulary: Vocabulary) -> None:
        """Take a freshly built block; what changed before it was built is in it."""
        self.vocabulary = vocabulary
        self._block, self._gone, self._changed = block, set(), {}
        self._folders = [_folder(path) for path in block.paths]
        self._numbers = {path: number for number, path in enumerate(block.paths)}
        self._open.clear()
        self._sources.clear()

    def touch(self) -> int:
        """Read every page of the block; return its bytes."""
        return 0 if self._block is None else self._block.touch()

    def update(self, path: str, text: str, language: str) -> None:
        """Take the new text of one file."""
        self._gone.add(path)
        self._changed[path] = tokens_of(text, language, self.vocabulary)
        self._sources.clear()

    def forget(self, path: str) -> None:
        """Drop a file that was deleted."""
        self._gone.add(path)
        self._changed.pop(path, None)
        self._sources.clear()

    def document(self, path: str, lines: Sequence[str], language: str) -> DocumentTokens:
        """Return the tokens of an open document, brought up to `lines`."""
        tokens = self._open.get(path)
        if tokens is None:
            tokens = self._open[path] = DocumentTokens(language, self.vocabulary)
            self._sources.clear()
        tokens.update(lines)
        return tokens

    def hide(self, path: str) -> None:
        """Keep the open document at `path` from all others, until `close`."""
        self._hidden.add(path)
        self.forget(path)

    def close(self, path: str) -> None:
        """Stop looking at the open document; its file counts again as last read."""
        self._open.pop(path, None)
        self._hidden.discard(path)
        self._sources.clear()

    def others(self, path: str) -> list[Source]:
        """Return where to look besides the document at `path` itself, nearest first."""
        found = self._sources.get(path)
        if found is None:
            found = self._sources[path] = self._others(path)
        return found

    def _others(self, path: str) -> list[Source]:
        opened = [
            (p, d.tokens(), OPEN)
            for p, d in self._open.items()
            if p != path and p not in self._hidden
        ]
        changed = [
            (p, tokens, _nearness(p, path))
            for p, tokens in self._changed.items()
            if p != path and p not in self._open
        ]
        sources = [_run(opened + changed)]
        if self._block is not None:
            weights = self._block_weights(path)
            block = self._block
            sources.append(Source(block.ids, block.spaces, block.starts, weights, block))
        return sources

    def _block_weights(self, path: str) -> Floats:
        folder = _folder(path)
        near = [SAME_FOLDER if one == folder else ELSEWHERE for one in self._folders]
        weights = np.array([*near, 0.0], np.float64)
        for gone in {path, *self._gone, *self._open}:
            if gone in self._numbers:
                weights[self._numbers[gone]] = 0.0
        return weights


def around_cursor(above: Tokens, below: Tokens) -> list[Source]:
    """Return the document's own text as places to look, without the cursor's line."""
    return [_run([("", above, SAME_DOCUMENT)]), _run([("", below, SAME_DOCUMENT)])]


def _run(files: Sequence[tuple[str, Tokens, float]]) -> Source:
    tokens = [t for _, t, _ in files] or [EMPTY]
    starts = np.concatenate([[0], np.cumsum([len(t) for t in tokens])]).astype(np.int64)
    weights = np.array([w for _, _, w in files] + [0.0] * (2 - bool(files)), np.float64)
    return Source(
        np.concatenate([t.ids for t in tokens]),
        np.concatenate([t.spaces for t in tokens]),
        starts,
        weights,
    )


def _nearness(path: str, other: str) -> float:
    return SAME_FOLDER if _folder(path) == _folder(other) else ELSEWHERE


def _folder(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[0]
