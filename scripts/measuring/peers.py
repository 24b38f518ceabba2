"""The prompts of other systems, by the documented order of their parts alone.

Continue: snippets in random order, text above, text below. llama.vim: a ring of chunks, text above,
text below, and the line at the cursor last. Cody: snippets ranked by likeness to the lines at the
cursor, text above, 100 characters below. All three cut windows of lines that move with the cursor.
"""

import random
import re
from collections.abc import Callable, Sequence

from scripts.measuring.hour import Kind, Step

_WORDS = re.compile(r"\w+")
_LINES_PER_TOKEN = 1 / 40
_CHUNK_LINES, _CHUNK_TOKENS = 32, 2000
_SNIPPETS_SHARE = 0.6
_CODY_BELOW = 100


class Peers:
    """Builds each peer's prompt for a step out of the same snippets, within the same budget."""

    def __init__(self, budget: int, rng: random.Random, count: Callable[[str], int]) -> None:
        self._budget, self._rng, self._count = budget, rng, count
        self._ring: list[str] = []

    def continue_(self, step: Step, snippets: Sequence[str]) -> str:
        """Return Continue's prompt."""
        shuffled = list(snippets)
        self._rng.shuffle(shuffled)
        above, below = self._around(step)
        return f"<fim_prefix>{self._filled(shuffled)}{above}<fim_suffix>{below}<fim_middle>"

    def cody(self, step: Step, snippets: Sequence[str]) -> str:
        """Return Cody's prompt."""
        near = set(_WORDS.findall(step.above[-600:]))
        ranked = sorted(snippets, key=lambda text: -_likeness(near, text))
        above, _ = self._around(step)
        below = step.below[:_CODY_BELOW]
        return f"<fim_prefix>{self._filled(ranked)}{above}<fim_suffix>{below}<fim_middle>"

    def llama_vim(self, step: Step, snippets: Sequence[str]) -> str:
        """Return llama.vim's prompt; a change of place puts a chunk into the ring."""
        if step.kind in {Kind.SWITCH, Kind.JUMP, Kind.SAVE}:
            lines = (step.above + step.below).splitlines(keepends=True)
            at = step.above.count("\n")
            self._ring.append("".join(lines[max(at - _CHUNK_LINES, 0) : at + _CHUNK_LINES]))
            self._ring = self._ring[-max(self._budget // _CHUNK_TOKENS, 4) :]
        above, below = self._around(step)
        start, _, line = above.rpartition("\n")
        extra = self._filled([*self._ring, *snippets])
        return f"{extra}<fim_prefix>{start}\n<fim_suffix>{below}<fim_middle>{line}"

    def _around(self, step: Step) -> tuple[str, str]:
        share = int(self._budget * _LINES_PER_TOKEN)
        above = step.above.splitlines(keepends=True)[-share:]
        return "".join(above), "".join(step.below.splitlines(keepends=True)[: share // 4])

    def _filled(self, snippets: Sequence[str]) -> str:
        room, kept = self._budget * _SNIPPETS_SHARE, list[str]()
        for text in snippets:
            room -= self._count(text)
            if room < 0:
                break
            kept.append(text)
        return "\n".join(kept)


def peer_chat(step: Step) -> str:
    """Return what all of them ask in a chat: the file, and the task last."""
    task = "Fix this problem." if step.kind is Kind.FIX else "How does this work?"
    return f"You know code.\n```\n{step.above}{step.below}```\n{task}"


def _likeness(near: set[str], text: str) -> float:
    words = set(_WORDS.findall(text))
    return len(near & words) / max(len(near | words), 1)
