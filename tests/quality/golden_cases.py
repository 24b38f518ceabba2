"""The golden table: scenes of code, what a model says there, and what is shown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
_ESCAPE = re.compile(r"\\(.)")
_SIGNS = {"n": "\n", "t": "\t", "s": " ", "r": "\r"}


@dataclass(frozen=True)
class Case:
    """One line of the table. `shows` is empty where nothing may be shown.

    `file` is the kind of file that the code is; its name among the tables ends with it.
    """

    name: str
    file: str
    code: str
    says: str
    shows: str
    replaces: str
    asked: bool = True
    invoked: bool = False


def unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: _SIGNS.get(match[1], match[1]), text)


def read_cases() -> Iterator[Case]:
    """Yield the cases of all files, in order."""
    for path in sorted(FOLDER.glob("*.cases")):
        for scene in re.split(r"^% ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, _, rest = scene.partition("\n")
            yield from _scene(path.stem, title, rest.split("\n"))


def _scene(file: str, title: str, lines: list[str]) -> Iterator[Case]:
    start = next(n for n, line in enumerate(lines) if line.startswith(("? ", "> ", ">> ", "!")))
    code = "\n".join(lines[:start]) + "\n"
    label, says, mark = "", "", ""
    for line in lines[start:]:
        head, _, text = line.partition(" ")
        if head == "?":
            label = text
        elif head in {">", ">>", "!"}:
            mark, says = head, unescape(text)
        elif head == "=":
            shows, _, replaces = text.partition(" ++ ")
            yield Case(
                f"{file}: {title}: {label}",
                file.rpartition(".")[2],
                code,
                says,
                unescape(shows),
                replaces,
                asked=mark != "!",
                invoked=mark == ">>",
            )
