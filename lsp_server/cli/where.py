"""What the command line means by FILE:LINE:COL, and in which workspace it lies."""

import re
from dataclasses import dataclass
from pathlib import Path

from lsp_server.cli.errors import WrongUsage
from lsp_server.common.languages import language_of_text
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position, body

_NUMBERS = re.compile(r"(?P<file>.+?)(?::(?P<line>\d+))?(?::(?P<column>\d+))?:?")

# What marks the top of a project, the surest first.
_TOPS = (".git", ".hg", "tandem.yaml", "pyproject.toml", "package.json", "go.mod", "Cargo.toml")


@dataclass(frozen=True, slots=True)
class Where:
    """A file and perhaps a line and a column, which count from 1 as compilers print them."""

    file: Path
    line: int | None = None
    column: int | None = None


def parse_where(text: str) -> Where:
    """Read FILE, FILE:LINE or FILE:LINE:COL; a file whose name holds the colons goes first."""
    if Path(text).is_file():
        return Where(Path(text))
    found = _NUMBERS.fullmatch(text)
    if found is None:
        raise WrongUsage(f'"{text}" names no file.', "Write FILE, FILE:LINE or FILE:LINE:COL.")
    numbers = [int(number) if number else None for number in found.group("line", "column")]
    return Where(Path(found["file"]), *numbers)


def parse_line(text: str) -> Where:
    """Read FILE:LINE or FILE:LINE:COL; raises WrongUsage where the line is missing."""
    where = parse_where(text)
    if where.line is None:
        raise WrongUsage(f'"{text}" names no line.', "Write FILE:LINE or FILE:LINE:COL.")
    return where


def read_snapshot(file: Path) -> Snapshot:
    """Read a file from disk as a document; raises WrongUsage."""
    try:
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise WrongUsage(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise WrongUsage(f"{file} is not UTF-8 text.") from error
    path = file.resolve()
    return Snapshot.of_text(text, language=language_of_text(path, text.encode()).name, path=path)


def place_at(snapshot: Snapshot, where: Where) -> Place:
    """Return the place that `where` means; without a column, the end of the line.

    Raises WrongUsage if it does not exist in the file.
    """
    lines, number = snapshot.lines, 1 if where.line is None else where.line
    if not 1 <= number <= len(lines):
        # Behind the last line's end there is one more place, but nobody counts it as a line.
        last = len(lines) - (len(lines) > 1 and not lines[-1])
        raise WrongUsage(f"{where.file} has no line {number}.", f"It ends at line {last}.")
    end = len(body(lines[number - 1])) + 1
    column = end if where.column is None else where.column
    if not 1 <= column <= end:
        raise WrongUsage(
            f"Line {number} of {where.file} has no column {column}.", f"It ends at column {end}."
        )
    return Place(snapshot, Position(number - 1, column - 1))


def workspace_of(path: Path) -> Path:
    """Return the project that holds `path`: up to the nearest mark of one, else its folder.

    The user's home and the file system's root are never taken for a project.
    """
    folder = path.resolve()
    folder = folder if folder.is_dir() else folder.parent
    for candidate in (folder, *folder.parents):
        if candidate in {Path.home(), Path(candidate.anchor)}:
            break
        if any((candidate / name).exists() for name in _TOPS):
            return candidate
    return folder
