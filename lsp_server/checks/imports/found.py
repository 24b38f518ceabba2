"""An import of a text, and the files around it that say what can be imported."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import Pattern

from lsp_server.checks.subject import Subject

_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Import:
    """What is imported, as written, and its zero-based line."""

    name: str
    line: int


def matches(pattern: Pattern[str], text: str) -> Iterator[Import]:
    """Yield an import for each match of `pattern`; its first group that matched is the name."""
    for match in pattern.finditer(text):
        name = next(group for group in match.groups() if group is not None)
        yield Import(name, text.count("\n", 0, match.start(match.lastindex or 0)))


def manifests(subject: Subject, *names: str) -> Iterator[Path]:
    """Yield the files of these names in the folders from the subject's up to the root."""
    for folder in subject.relative.parents:
        for name in names:
            yield from sorted((subject.root / folder).glob(name))


def text_of(path: Path) -> str:
    """Return the beginning of a file, or an empty string where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode(errors="replace")
    except OSError:
        return ""
