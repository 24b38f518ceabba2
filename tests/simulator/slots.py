"""What llama-server keeps of prompts: slots, the prompt cache in host memory, and checkpoints.

The rules are those of llama.cpp's server (tools/server: slot choice by shared prefix, saving and
restoring of prompts, checkpoints for sliding windows).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tests.simulator.memory import swa_cells

_LEAST_SIMILARITY = 0.10
_LEAST_KEPT_BY_SLOT = 0.50
_LEAST_KEPT_OF_ENTRY = 0.25
_CHECKPOINT_SPACING = 8192
_MOST_CHECKPOINTS = 32
# A checkpoint is taken four tokens before a prompt's end, and restoring it keeps three of those.
_BEFORE_END, _AFTER_RESTORE = 4, 3


@dataclass(frozen=True)
class Checkpoint:
    """The state of the sliding-window layers after `tokens` tokens, made in request `task`."""

    tokens: int
    task: int


@dataclass
class Slot:
    """One slot: the tokens it holds, its checkpoints, and when it is free again.

    A `restored` one has of the sliding-window layers no more than the window itself.
    """

    tokens: list[int] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    busy: bool = False
    free_at: float = 0.0
    used_at: float = -1.0
    restored: bool = False


@dataclass(frozen=True)
class Saved:
    """A prompt in host memory."""

    tokens: list[int]
    checkpoints: tuple[Checkpoint, ...]
    size: int


@dataclass(frozen=True)
class Rules:
    """What the model and the server's version make of the cache. `window` zero: no window."""

    window: int
    batch: int
    bytes_per_token: int
    cache_ram: int
    plain: bool = False
    memory: int = 4096


class Prompts:
    """The slots of one runner and the prompts saved beside them."""

    def __init__(self, count: int, rules: Rules) -> None:
        self.slots = [Slot() for _ in range(count)]
        self.saved: list[Saved] = []
        self._rules = rules

    def take(self, ids: Sequence[int], now: float) -> tuple[Slot, int]:
        """Choose a slot for the prompt `ids`; return it and how many tokens it can keep."""
        new = list(ids)
        idle = [slot for slot in self.slots if not slot.busy]
        best = max(idle, key=lambda slot: common_prefix(slot.tokens, new))
        by_prefix = common_prefix(best.tokens, new) / max(len(new), 1) > _LEAST_SIMILARITY
        slot = best if by_prefix else min(idle, key=lambda one: one.used_at)
        shared = common_prefix(slot.tokens, new)
        keeps = shared / len(slot.tokens) if slot.tokens else 0.0
        if not self._rules.plain and (not by_prefix or keeps < _LEAST_KEPT_BY_SLOT):
            self._save(slot)
            self._restore(slot, new)
        if not self._rules.plain:
            for other in idle:
                if other is not slot:
                    self._save(other)
        slot.busy, slot.used_at = True, now
        kept = self._usable(slot, common_prefix(slot.tokens, new))
        kept = max(min(kept, len(new) - 1), 0)
        slot.checkpoints = [one for one in slot.checkpoints if one.tokens <= kept]
        slot.tokens = new[:kept]
        return slot, kept

    def read(self, slot: Slot, ids: Sequence[int], task: int) -> None:
        """Note that the whole prompt is in the slot; checkpoints are made near its end."""
        if self._rules.window and not self._rules.plain:
            end = len(ids) - _BEFORE_END
            for at in (end - self._rules.batch, end):
                if at > len(slot.tokens) or (at > 0 and at == end):
                    self._checkpoint(slot, Checkpoint(at, task))
        slot.tokens = list(ids)
        slot.restored = False

    def _checkpoint(self, slot: Slot, new: Checkpoint) -> None:
        kept: list[Checkpoint] = []
        for one in slot.checkpoints:
            near = kept and one.tokens - kept[-1].tokens < _CHECKPOINT_SPACING
            if not (near and one.task != new.task):
                kept.append(one)
        slot.checkpoints = [*kept, new][-_MOST_CHECKPOINTS:]

    def _usable(self, slot: Slot, shared: int) -> int:
        """Return how much of the shared prefix survives the sliding window."""
        window = self._rules.window
        if not window or shared == len(slot.tokens):
            return shared
        cells = self._rules.memory if self._rules.plain else swa_cells(window, self._rules.batch)
        oldest = max(len(slot.tokens) - (window if slot.restored else cells), 0)
        if oldest <= max(shared - window, 0):
            return shared
        usable = [one.tokens for one in slot.checkpoints if one.tokens + _AFTER_RESTORE <= shared]
        return max(usable) + _AFTER_RESTORE if usable else 0

    def _save(self, slot: Slot) -> None:
        size = len(slot.tokens) * self._rules.bytes_per_token
        if not slot.tokens or size > self._rules.cache_ram:
            return
        if any(common_prefix(one.tokens, slot.tokens) == len(slot.tokens) for one in self.saved):
            return
        self.saved = [
            one for one in self.saved if common_prefix(one.tokens, slot.tokens) < len(one.tokens)
        ]
        self.saved.append(Saved(slot.tokens, tuple(slot.checkpoints), size))
        while sum(one.size for one in self.saved) > self._rules.cache_ram:
            self.saved.pop(0)

    def _restore(self, slot: Slot, new: list[int]) -> None:
        shared = common_prefix(slot.tokens, new)
        keeps = shared / len(slot.tokens) if slot.tokens else 0.0
        best: Saved | None = None
        best_keeps, best_shared = keeps, shared
        for one in self.saved:
            common = common_prefix(one.tokens, new)
            kept = common / len(one.tokens)
            if kept >= _LEAST_KEPT_OF_ENTRY and kept > best_keeps and common > best_shared:
                best, best_keeps, best_shared = one, kept, common
        if best is not None:
            self.saved.remove(best)
            slot.tokens, slot.checkpoints = best.tokens, list(best.checkpoints)
            slot.restored = True


def common_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens two sequences share from their start."""
    length = min(len(one), len(other))
    if one[:length] == other[:length]:
        return length
    left = np.asarray(one[:length], dtype=np.int64)
    right = np.asarray(other[:length], dtype=np.int64)
    return int(np.argmax(left != right))
