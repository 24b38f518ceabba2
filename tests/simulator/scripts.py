"""Scripts: what a model says to what it is asked."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.simulator.values import Answer, Ask, Script


@dataclass(frozen=True)
class Rule:
    """Answers for prompts in which `pattern` (a regular expression) is found.

    `kind` is "fill" for holes, "chat" for chats, or empty for both. The answers are given in turn;
    the last one stays.
    """

    pattern: str
    answers: tuple[Answer, ...]
    kind: str = ""


def scripted(rules: Iterable[Rule], otherwise: str = "") -> Script:
    """Return a script that goes through `rules` in order; the first that matches answers."""
    given: dict[int, int] = {}
    ordered = tuple(rules)

    def script(ask: Ask) -> Answer:
        kind = "chat" if ask.above is None and not ask.prefill else "fill"
        for number, rule in enumerate(ordered):
            if rule.kind in ("", kind) and re.search(rule.pattern, ask.prompt, re.DOTALL):
                turn = given.get(number, 0)
                given[number] = turn + 1
                return rule.answers[min(turn, len(rule.answers) - 1)]
        return Answer(otherwise)

    return script


def always(text: str, thinking: str = "") -> Script:
    """Return a script with one answer."""
    return lambda _ask: Answer(text, thinking)


def load_rules(path: Path) -> dict[str, Script]:
    """Read scripts by model name from a JSON file; "*" stands for every other model.

    The file is an object: {"MODEL": [{"when": "regular expression", "kind": "fill"|"chat"|"",
    "say": "text" or ["first time", "second time"], "thinking": "..."}]}.
    """
    names = json.loads(path.read_text(encoding="utf-8"))
    return {name: scripted(map(_rule, rules)) for name, rules in names.items()}


def _rule(entry: Mapping[str, Any]) -> Rule:
    said = entry["say"]
    texts = [said] if isinstance(said, str) else said
    thinking = entry.get("thinking", "")
    answers = tuple(Answer(text, thinking) for text in texts)
    return Rule(entry.get("when", ""), answers, entry.get("kind", ""))


ScriptFor = Callable[[str], Script]
