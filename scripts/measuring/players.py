"""Scripted models that are right at once, right later, wrong for ever, and worse."""

import difflib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.common.languages import language_named
from lsp_server.common.text import body, split_lines
from scripts.measuring.faults import Fault

_IMPORTS = {
    "python": "import invented_by_a_model",
    "go": 'import "example.net/invented/model"',
    "rust": "use invented_by_a_model::Thing;",
    "typescript": 'import "invented-by-a-model";',
    "java": "import net.invented.model.Thing;",
}


@dataclass(frozen=True)
class Player:
    """The answers to one fault, and what must come of them.

    `rounds` is how many answers should be asked for, or None where it depends on the tools;
    `lands` says whether the right text must be offered as proven.
    """

    answers: tuple[str, ...]
    rounds: int | None
    lands: bool


def whole(fault: Fault) -> str:
    """Return the right definition in a fence."""
    return f"```{fault.broken.language}\n{fault.piece(fault.right)}```"


def blocks(fault: Fault) -> str:
    """Return search/replace of the whole definition, which stands in the file once."""
    return _block(fault.piece(fault.broken.text), fault.piece(fault.right))


def diff(fault: Fault) -> str:
    """Return a unified diff with wide context."""
    lines = difflib.unified_diff(
        [body(line) for line in fault.broken.lines],
        [body(line) for line in split_lines(fault.right)],
        lineterm="",
        n=12,
    )
    return "```diff\n" + "\n".join(lines) + "\n```"


def file(fault: Fault) -> str:
    """Return the whole file in a fence that the file cannot close."""
    return f"`````{fault.broken.language}\n{fault.right}`````"


def prose(fault: Fault) -> str:
    """Return the definition between prose, the broken one quoted first."""
    quoted = f"```\n{fault.piece(fault.broken.text)}```"
    return f"The fault is here:\n{quoted}\nIt should read:\n{whole(fault)}\nThat is all."


def wrong(fault: Fault, number: int) -> str:
    """Return the definition as broken as it was, with another remark in it."""
    lines = split_lines(fault.piece(fault.broken.text))
    sign = language_named(fault.broken.language).line_comment
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    text = f"{indent}{sign} Attempt {number}.\n{''.join(lines)}"
    return f"```{fault.broken.language}\n{text}```"


def worse(fault: Fault) -> str:
    """Return the definition broken in one more place."""
    lines = split_lines(fault.piece(fault.broken.text))
    lines.insert(len(lines) // 2, ")]} = ) ( = [{ ;;\n")
    return f"```{fault.broken.language}\n{''.join(lines)}```"


def invented(fault: Fault) -> str:
    """Return the right definition and an import of what is nowhere."""
    head = next(line for line in fault.broken.lines if _is_once(line, fault))
    added = f"{head}{_IMPORTS[fault.broken.language]}\n"
    if fault.broken.language not in ("java", "go"):
        added = f"{_IMPORTS[fault.broken.language]}\n{head}"
    return blocks(fault) + _block(head, added)


def twice(fault: Fault) -> str:
    """Return a block whose lines to find stand in the file more than once."""
    counts = Counter(body(line) for line in fault.broken.lines if line.strip())
    common = next((line for line, count in counts.most_common(1) if count > 1), "")
    return _block(f"{common}\n", f"{common}x\n")


def _is_once(line: str, fault: Fault) -> bool:
    """Whether a line outside of the definition stands in the file once, and is code."""
    text = line.strip()
    starts = ("package ", "import ", "from ", "use ", "export ", "mod ", "#![")
    inside = fault.broken.lines[fault.first : fault.last]
    same = sum(other.strip() == text for other in fault.broken.lines)
    return bool(text) and same == 1 and text.startswith(starts) and line not in inside


def _block(search: str, replace: str) -> str:
    return f"<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n"


PLAYERS: dict[str, Callable[[Fault], Player]] = {
    "right at once, whole piece": lambda f: Player((whole(f),), 1, lands=True),
    "right at once, search/replace": lambda f: Player((blocks(f),), 1, lands=True),
    "right at once, unified diff": lambda f: Player((diff(f),), 1, lands=True),
    "right at once, whole file": lambda f: Player((file(f),), 1, lands=True),
    "right at once, prose around": lambda f: Player((prose(f),), 1, lands=True),
    "right after one reflection": lambda f: Player((wrong(f, 1), whole(f)), 2, lands=True),
    "right after two": lambda f: Player((wrong(f, 1), wrong(f, 2), whole(f)), 3, lands=True),
    "wrong for ever": lambda f: Player(tuple(wrong(f, n) for n in range(4)), 3, lands=False),
    "worse": lambda f: Player((wrong(f, 1), worse(f), worse(f)), None, lands=False),
    "invented import": lambda f: Player((invented(f), whole(f)), 2, lands=True),
    "anchor that fits twice": lambda f: Player((twice(f), whole(f)), 2, lands=True),
    "the same answer again": lambda f: Player((wrong(f, 1), wrong(f, 1), whole(f)), 2, lands=False),
}
