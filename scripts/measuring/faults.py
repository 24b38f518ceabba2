"""Faults put into real code where its syntax says that they hurt."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import body, split_lines
from lsp_server.context.index.syntax import outline

_FEWEST, _MOST = 4, 60
_WORD = re.compile(r"(?<![\w.\"'@#$&])[a-z_][A-Za-z0-9_]{2,}\b(?![\"'!:])")
_CALLABLE = ("function", "method")


@dataclass(frozen=True)
class Fault:
    """A real file with one fault in one of its definitions.

    Lines `first` to `last` (excluded) are the definition in the broken text.
    """

    path: Path
    kind: str
    right: str
    broken: Snapshot
    name: str
    first: int
    last: int

    def piece(self, text: str) -> str:
        """Return the definition's lines in a text that differs from the broken one in them only."""
        lines = split_lines(text)
        return "".join(lines[self.first : self.last + len(lines) - len(self.broken.lines)])


Mutation = Callable[[list[str], random.Random], tuple[int, str] | None]


def faults_in(path: Path, language: str, chance: random.Random) -> Iterator[Fault]:
    """Yield faults in the definitions of a file, one each, in no particular order."""
    text = path.read_bytes().decode("utf-8", "replace")
    lines = split_lines(text)
    definitions = [found for found in outline(text, language) if found.kind in _CALLABLE]
    chance.shuffle(definitions)
    for found in definitions:
        first, last = found.span.start.line, found.span.end.line + 1
        kind = chance.choice(list(MUTATIONS))
        changed = MUTATIONS[kind]([body(line) for line in lines[first:last]], chance)
        if not _FEWEST <= last - first <= _MOST or changed is None:
            continue
        number = first + changed[0]
        ending = lines[number][len(body(lines[number])) :]
        broken = "".join([*lines[:number], changed[1] + ending, *lines[number + 1 :]])
        snapshot = Snapshot.of_text(broken, language=language, path=path, version=1)
        yield Fault(path, kind, text, snapshot, found.name, first, last)


def misspelt(lines: list[str], chance: random.Random) -> tuple[int, str] | None:
    """Exchange two letters of a name that is used in the body."""
    places = [
        (number, match)
        for number, line in enumerate(lines[1:], 1)
        if not _is_comment(line)
        for match in _WORD.finditer(line)
        if match[0] not in _KEYWORDS and len(set(match[0])) > 1
    ]
    if not places:
        return None
    number, match = chance.choice(places)
    middle = len(match[0]) // 2
    word = match[0][:middle] + match[0][middle:][::-1]
    word = word if word != match[0] else match[0] + "x"
    return number, lines[number][: match.start()] + word + lines[number][match.end() :]


def unclosed(lines: list[str], chance: random.Random) -> tuple[int, str] | None:
    """Drop a closing bracket."""
    places = [
        (number, match.start())
        for number, line in enumerate(lines[1:], 1)
        if not _is_comment(line)
        for match in re.finditer(r"[)\]]", line)
    ]
    if not places:
        return None
    number, column = chance.choice(places)
    return number, lines[number][:column] + lines[number][column + 1 :]


def wrong_keyword(lines: list[str], chance: random.Random) -> tuple[int, str] | None:
    """Slip in a keyword, as fingers do."""
    slips = {"return": "retrun", "else": "esle", "while": "whiel", "import": "improt"}
    places = [
        (number, match)
        for number, line in enumerate(lines[1:], 1)
        if not _is_comment(line)
        for match in re.finditer(rf"\b({'|'.join(slips)})\b", line)
    ]
    if not places:
        return None
    number, match = chance.choice(places)
    return number, lines[number][: match.start()] + slips[match[0]] + lines[number][match.end() :]


def _is_comment(line: str) -> bool:
    return line.strip().startswith(("#", "//", "*", "/*", '"', "'"))


_KEYWORDS = frozenset(
    "and as assert async await boolean break byte case catch char class const continue def default "
    "defer del double elif else enum except export extends extern false final finally float fn for "
    "from func function global go goto if impl implements import in instanceof int interface is "
    "lambda let long loop map match mod move mut new nil none not null or package pass pub public "
    "private protected raise range ref return select self short static string struct super switch "
    "throw throws trait true try type typeof union unsafe use var void where while with yield "
    "usize str bool number error rune any never unknown readonly keyof infer this".split()
)

MUTATIONS: dict[str, Mutation] = {
    "misspelt name": misspelt,
    "unclosed bracket": unclosed,
    "wrong keyword": wrong_keyword,
}
