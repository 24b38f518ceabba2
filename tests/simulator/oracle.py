"""A script that knows the true text of some files, and answers by looking at it.

With it a person, a demo or an end-to-end test can play any place in any code: a hole is filled
with what the file truly says there, a broken definition is repaired at the second attempt, and a
question is answered with the files that hold its words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulator.values import Answer, Ask

_FENCE = re.compile(r"```[\w+-]*\n(.*?)```", re.DOTALL)
_DEFINITION = re.compile(r"^(\s*)(?:async +)?(?:def|class|func|fn|function)\s+(\w+)", re.MULTILINE)
_PIECE = re.compile(r"^# The piece to change: (.+), from line (\d+)$", re.MULTILINE)
_BELOW = re.compile(r"^# .+, below the piece\n```[^\n]*\n(.*?)```$", re.MULTILINE | re.DOTALL)
_WORD = re.compile(r"[A-Za-z_]\w{3,}")
_SOURCES = frozenset({".py", ".ts", ".js", ".go", ".rs", ".java", ".c", ".cpp"})
_SHORTEST_MATCH = 12
_MOST_LINES = 8


def read_sources(root: Path, most: int = 2000) -> dict[str, str]:
    """Return the text of the source files below `root` by relative path."""
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        if path.suffix in _SOURCES and path.is_file():
            found[path.relative_to(root).as_posix()] = path.read_text("utf-8", errors="replace")
        if len(found) >= most:
            break
    return found


@dataclass
class Oracle:
    """A script over true texts by path."""

    files: Mapping[str, str]
    attempts: Counter[str] = field(default_factory=Counter)

    def __call__(self, ask: Ask) -> Answer:
        """Answer a hole, a chat that fills a hole, a task on code, or a question."""
        if ask.above is not None:
            return Answer(self.continuation(ask.above, ask.below))
        if ask.prefill:
            return Answer(self.continuation(_unfenced(ask.prefill), _last_fence(ask)))
        text = str(ask.messages[-1]["content"]) if ask.messages else ask.prompt
        piece = _PIECE.search(text)
        if piece is not None:
            return self.repair(piece[1], int(piece[2]), text)
        return self.explain(text.rpartition("\n# Question\n")[2])

    def continuation(self, above: str, below: str) -> str:
        """Return what truly follows the text above, up to where the text below begins."""
        for size in (4000, 1000, 400, 160, 60, 30, _SHORTEST_MATCH):
            key = above[-size:]
            for text in self.files.values():
                at = text.rfind(key) if key.strip() else -1
                if at >= 0:
                    return _until(text[at + len(key) :], below)
        return ""

    def repair(self, path: str, first: int, task: str) -> Answer:
        """Return the piece of `path` that begins at line `first`, counted from one.

        Each odd attempt answers with one that is still broken, each even one with the true text.
        """
        true = self._true_piece(path, first, task)
        if true is None:
            return Answer("I do not know this file.")
        self.attempts[path] += 1
        said = _spoiled(true) if self.attempts[path] % 2 else true
        thinking = f"The piece of {path} must parse and keep its meaning."
        return Answer(f"```\n{said}```\n", thinking)

    def explain(self, question: str) -> Answer:
        """Return a short answer that names the files in which the question's words stand."""
        words = {word.lower() for word in _WORD.findall(question)}
        ranked = sorted(self.files, key=lambda path: -_hits(words, path, self.files[path]))[:3]
        lines = [f"- `{path}` defines {_names(self.files[path])}." for path in ranked]
        thinking = f"The words {', '.join(sorted(words)[:5])} lead to {len(ranked)} files."
        return Answer("\n".join(["The code that answers this:", "", *lines, ""]), thinking)

    def _true_piece(self, path: str, first: int, task: str) -> str | None:
        known = next((name for name in self.files if _same_file(name, path)), None)
        if known is None:
            return None
        lines = self.files[known].splitlines(keepends=True)
        below = _BELOW.search(task)
        after = _find(lines, below[1].splitlines(keepends=True)[:3], first) if below else len(lines)
        return "".join(lines[first - 1 : after])


def _same_file(one: str, other: str) -> bool:
    return one == other or one.endswith(f"/{other}") or other.endswith(f"/{one}")


def _find(lines: list[str], wanted: list[str], start: int) -> int:
    """Return where `wanted` stands in `lines` at or after `start`, or the end."""
    places = range(start, len(lines))
    return next((at for at in places if lines[at : at + len(wanted)] == wanted), len(lines))


def _spoiled(code: str) -> str:
    """Take the sign that ends the first line that opens or closes something."""
    lines = code.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.rstrip().endswith((":", "{", ")")):
            lines[number] = line.rstrip()[:-1] + "\n"
            return "".join(lines)
    return code + "(\n"


def _until(rest: str, below: str) -> str:
    """Cut at the first line of `below`, at a blank line after the first, or after some lines."""
    first = below.lstrip("\n").partition("\n")[0] if below.strip() else None
    lines = rest.splitlines(keepends=True)
    kept: list[str] = []
    for number, line in enumerate(lines[:_MOST_LINES]):
        if number and (line.rstrip("\n") == first or not line.strip()):
            break
        kept.append(line)
    return "".join(kept).rstrip("\n")


def _last_fence(ask: Ask) -> str:
    turns = [str(message["content"]) for message in ask.messages[:-1]]
    fences = _FENCE.findall(turns[-1]) if turns else []
    return fences[0] if len(fences) > 1 else ""


def _unfenced(prefill: str) -> str:
    return prefill.partition("\n")[2] if prefill.startswith("```") else prefill


def _hits(words: Iterable[str], path: str, text: str) -> float:
    low = text.lower()
    return sum((word in path.lower()) * 5 + min(low.count(word), 5) for word in words)


def _names(text: str) -> str:
    names = [match[2] for match in _DEFINITION.finditer(text) if not match[1].strip("\n")]
    return ", ".join(f"`{name}`" for name in names[:4]) or "no names of its own"
