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
_WORD = re.compile(r"[A-Za-z_]\w{3,}")
_SHORTEST_MATCH = 12
_MOST_LINES = 8


def read_sources(root: Path, most: int = 2000) -> dict[str, str]:
    """Return the text of the source files below `root` by relative path."""
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".ts", ".js", ".go", ".rs", ".java", ".c", ".cpp"}:
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
        broken = _definition_in(ask)
        if broken is not None:
            return self.repair(*broken)
        return self.explain(_question(ask))

    def continuation(self, above: str, below: str) -> str:
        """Return what truly follows the text above, up to where the text below begins."""
        for size in (4000, 1000, 400, 160, 60, 30, _SHORTEST_MATCH):
            key = above[-size:]
            for text in self.files.values():
                at = text.rfind(key) if key.strip() else -1
                if at >= 0:
                    return _until(text[at + len(key) :], below)
        return ""

    def repair(self, name: str, code: str) -> Answer:
        """Return the definition: the first time still broken, then as it truly is."""
        true = self._true_definition(name, code)
        if true is None:
            return Answer(f"```\n{code}```\n")
        self.attempts[name] += 1
        if self.attempts[name] % 2:
            head, _, rest = true.partition("\n")
            true = f"{head.rstrip().rstrip(':{')}\n{rest}"
        thinking = f"The definition of {name} must parse and keep its meaning."
        return Answer(f"```\n{true}```\n", thinking)

    def explain(self, question: str) -> Answer:
        """Return a short answer that names the files in which the question's words stand."""
        words = {word.lower() for word in _WORD.findall(question)}
        ranked = sorted(self.files, key=lambda path: -_hits(words, path, self.files[path]))[:3]
        lines = [f"- `{path}` defines {_names(self.files[path])}." for path in ranked]
        thinking = f"The words {', '.join(sorted(words)[:5])} lead to {len(ranked)} files."
        return Answer("\n".join(["The code that answers this:", "", *lines, ""]), thinking)

    def _true_definition(self, name: str, code: str) -> str | None:
        indent = len(code) - len(code.lstrip(" "))
        for text in self.files.values():
            for match in _DEFINITION.finditer(text):
                if match[2] == name and len(match[1].lstrip("\n")) == indent:
                    return _block(text[match.start() :].lstrip("\n"))
        return None


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


def _block(text: str) -> str:
    """Return the definition with which `text` begins: its head and all deeper lines."""
    lines = text.splitlines(keepends=True)
    indent = len(lines[0]) - len(lines[0].lstrip())
    closed = 1
    for number, line in enumerate(lines[1:], 1):
        depth = len(line) - len(line.lstrip())
        if line.strip() and depth <= indent and line.lstrip()[0] not in ")}]":
            break
        if line.strip():
            closed = number + 1
    return "".join(lines[:closed])


def _definition_in(ask: Ask) -> tuple[str, str] | None:
    """Return name and text of the definition in the last fence of the chat's last turn."""
    for code in reversed(_FENCE.findall(_question(ask))):
        match = _DEFINITION.search(code)
        if match is not None:
            return match[2], code[match.start() :].lstrip("\n")
    return None


def _question(ask: Ask) -> str:
    content = ask.messages[-1]["content"] if ask.messages else ask.prompt
    return str(content).rpartition("\n# ")[2] if "```" not in content else str(content)


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
