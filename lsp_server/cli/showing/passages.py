"""Which places of the source the demonstration plays on."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp_server.common.languages import language_of_path
from lsp_server.common.text import body, split_lines
from lsp_server.context.index.reading.definitions import CALLABLE, TYPES, Definition
from lsp_server.context.index.reading.rows import is_test_path
from lsp_server.context.index.syntax import faults, is_known, outline

_WORDS = re.compile(r"\w+|[^\w\s]")
_RUN = 3
_MOST_FILES = 60
_LINES = range(5, 10)
_FILE_LINES = range(8, 2500)


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of one file, `first` and the one after the last, counted from zero."""

    file: Path
    first: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of a file that is spoilt: where, how it was, and how it is then.

    Where the source is broken as it is, both are the same.
    """

    file: Path
    line: int
    right: str
    wrong: str


def product_of(files: Sequence[Path], root: Path) -> Sequence[Path]:
    """Return the files below `root` but for tests and measurements; all if there are no others.

    Nobody would judge a tool by how it types those.
    """
    kept = [file for file in files if not is_test_path(file.relative_to(root).as_posix())]
    return kept or files


def passage_to_type(files: Sequence[Path]) -> Passage | None:
    """Return the body of a short function that reads most like the rest of the source.

    A programmer's next lines are seldom unlike all that is there: this is the case to show.
    """
    texts = {file: _text(file) for file in files[:_MOST_FILES]}
    runs = Counter(run for text in texts.values() for run in _runs(text))
    rated = [
        (_likeness("".join(split_lines(texts[file])[found.first : found.end]), runs), found)
        for file in texts
        for found in _bodies(file)
    ]
    return max(rated, key=lambda pair: pair[0])[1] if rated else None


def fault_of_its_own(files: Sequence[Path]) -> Fault | None:
    """Return the line at which a Python file cannot be parsed as it is.

    In other languages macros and dialects make a parser stumble over right code too often.
    """
    python = [file for file in files if language_of_path(file).name == "python"]
    for file in python[:_MOST_FILES]:
        text = _text(file)
        for problem in faults(text, "python"):
            number = problem.span.start.line
            line = body(split_lines(text)[number])
            return Fault(file, number, line, line)
    return None


def fault_of_syntax(files: Sequence[Path], without: Path | None) -> Fault | None:
    """Return a line of a function whose colon or last bracket is to go missing."""
    for file, definition, lines in _functions(files, without):
        for number in range(definition.span.start.line, definition.span.end.line):
            wrong = _broken(body(lines[number]))
            if wrong and faults(_with(lines, number, wrong), language_of_path(file).name):
                return Fault(file, number, body(lines[number]), wrong)
    return None


def fault_of_name(files: Sequence[Path], without: Path | None) -> Fault | None:
    """Return a line of a Python function on which a local name is to be misspelt."""
    python = [file for file in files if language_of_path(file).name == "python"]
    for file, definition, lines in _functions(python, without):
        body_lines = range(definition.span.start.line + 1, definition.span.end.line + 1)
        for number in body_lines:
            set_here = re.match(r"\s+([a-z]\w{4,}) = ", lines[number])
            if set_here is None:
                continue
            found = _use(set_here[1], lines, range(number + 1, body_lines.stop))
            if found is not None:
                right = body(lines[found])
                wrong = re.sub(rf"\b{set_here[1]}\b", _misspelt(set_here[1]), right, count=1)
                return Fault(file, found, right, wrong)
    return None


def largest_definition(files: Sequence[Path]) -> Definition | None:
    """Return the function or type with the most lines, after which a question can be put."""
    found = [
        definition
        for file in files[:_MOST_FILES]
        for definition in outline(_text(file), language_of_path(file).name)
        if not definition.container and definition.kind in CALLABLE | TYPES
    ]
    return max(found, key=lambda one: one.span.end.line - one.span.start.line, default=None)


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace")


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = _WORDS.findall(text)
    yield from zip(*(words[start:] for start in range(_RUN)), strict=False)


def _likeness(text: str, runs: Counter[tuple[str, ...]]) -> float:
    """Return the share of runs of words that stand elsewhere, too."""
    here = list(_runs(text))
    return sum(runs[run] > 1 for run in here) / len(here) if here else 0.0


def _functions(
    files: Sequence[Path], without: Path | None
) -> Iterator[tuple[Path, Definition, list[str]]]:
    for file in sorted(files, key=lambda path: -path.stat().st_size):
        language = language_of_path(file).name
        lines = split_lines(_text(file))
        if file == without or not is_known(language) or len(lines) not in _FILE_LINES:
            continue
        if faults("".join(lines), language):
            continue
        for definition in outline("".join(lines), language):
            if definition.kind in CALLABLE:
                yield file, definition, lines


def _bodies(file: Path) -> Iterable[Passage]:
    for _, definition, lines in _functions([file], None):
        first, end = _statements(definition, lines)
        if end - first in _LINES and not _has_prose(lines[first:end]):
            yield Passage(file, first, end, definition.qualified)


def _statements(definition: Definition, lines: Sequence[str]) -> tuple[int, int]:
    """Return the lines of the body, without a closing bracket of its own."""
    headers = definition.header.rstrip().count("\n") + 1
    last = definition.span.end.line
    end = last if lines[last].strip() in {"}", "};", "end"} else last + 1
    return definition.name_line + headers, end


def _has_prose(lines: Sequence[str]) -> bool:
    return any(re.search(r'"""|\'\'\'|^\s*(#|//|/?\*)|^\s*$', line) for line in lines)


def _broken(line: str) -> str | None:
    if line.rstrip().endswith(":") and line.count("(") == line.count(")"):
        return line.rstrip()[:-1]
    if re.search(r"\w\(.*\)\s*;?\s*$", line) and line.count("(") == line.count(")"):
        at = line.rindex(")")
        return line[:at] + line[at + 1 :]
    return None


def _with(lines: Sequence[str], number: int, line: str) -> str:
    end = lines[number][len(body(lines[number])) :]
    return "".join([*lines[:number], line + end, *lines[number + 1 :]])


def _use(name: str, lines: Sequence[str], numbers: range) -> int | None:
    use = re.compile(rf"(?<![\w.\"']){name}(?![\w\"']|\s*=)")
    return next((n for n in numbers if use.search(lines[n])), None)


def _misspelt(name: str) -> str:
    """Return `name` with two neighbouring letters exchanged."""
    at = next((i for i in range(1, len(name) - 1) if name[i] != name[i + 1]), 0)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
