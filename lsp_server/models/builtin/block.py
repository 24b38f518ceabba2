"""Many files' tokens, sorted so that a context leads to what followed it.

Positions are sorted by the three tokens before them, the nearest first, so one array answers for
contexts of three, two and one token: each is a range of neighbouring keys.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lsp_server.models.builtin.tokens import Ids, Spaces, Tokens

_BITS = 21
_ARRAYS = ("ids", "spaces", "keys", "positions", "starts")

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """Tokens of many files, sorted for look-up.

    `keys[i]` packs the three tokens before `positions[i]`; `starts` are the positions at which the
    files of `paths` begin, and the end.
    """

    paths: tuple[str, ...]
    ids: Ids
    spaces: Spaces
    keys: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]

    def touch(self) -> int:
        """Read every page of the arrays; return the bytes that they take."""
        arrays = [getattr(self, name) for name in _ARRAYS]
        return sum(array.nbytes for array in arrays if array.max(initial=0) >= 0)

    def following(self, context: Sequence[int], most: int) -> Positions:
        """Return at most `most` positions that follow the last tokens of `context` (1 to 3)."""
        low = high = 0
        for token in reversed(context):
            low, high = (low << _BITS) | token, (high << _BITS) | token
        missing = _BITS * (3 - len(context))
        low, high = low << missing, ((high + 1) << missing) - 1
        first, end = np.searchsorted(self.keys, (low, high + 1))
        step = max(1, -(-int(end - first) // most))
        return self.positions[first:end:step].astype(np.int64)

    def save(self, folder: Path) -> None:
        """Write the arrays and paths into `folder`."""
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        (folder / "paths").write_bytes(os.fsencode("\0".join(self.paths)))

    @classmethod
    def load(cls, folder: Path) -> "Block":
        """Map what `save` wrote; the pages are read when they are first touched."""
        arrays = {n: np.load(folder / f"{n}.npy", mmap_mode="r") for n in _ARRAYS}
        text = os.fsdecode((folder / "paths").read_bytes())
        return cls(tuple(text.split("\0")) if text else (), **arrays)


def block_of(files: Sequence[tuple[str, Tokens]]) -> Block:
    """Sort the tokens of `files`, pairs of path and tokens, into one block."""
    sizes = np.array([len(tokens) for _, tokens in files], np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    ids = np.concatenate([np.empty(0, np.int32), *(tokens.ids for _, tokens in files)])
    spaces = np.concatenate([np.empty(0, np.bool_), *(tokens.spaces for _, tokens in files)])
    keys = np.zeros(len(ids), np.int64)
    for back in range(1, 4):
        keys[back:] |= ids[:-back].astype(np.int64) << (_BITS * (3 - back))
    order = np.argsort(keys, kind="stable").astype(np.int32)
    return Block(tuple(path for path, _ in files), ids, spaces, keys[order], order, starts)
