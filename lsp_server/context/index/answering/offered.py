"""What a file offers to others, and whether a program begins in it, as its language has it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lsp_server.context.index.ranking.tables import Tables
from lsp_server.context.index.reading.definitions import CALLABLE, TYPES, Definition
from lsp_server.context.index.reading.exports import (
    Exports,
    read_exports,
    read_passed_on,
    renames_to_itself,
)
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.modules import SCRIPT

_OFFERED = CALLABLE | TYPES | {"constant", "module", "namespace"}
_SPACES = frozenset({"module", "namespace"})
_EXPORTED = re.compile(r"\s*(?:export|declare)\b|\s*(?:module\.)?exports\b")
_DEFAULT = re.compile(r"\s*export\s+default\b")
_RUST_PUBLIC = re.compile(r"\s*(?:#\[[^\]]*\]\s*)*(?:pub\b|macro_rules!)")
_RUST_HANDS_ON = re.compile(r"\s*pub\s*(?:\([^)]*\)\s*)?(?:use|extern|mod)\b")
_HIDDEN = re.compile(r"\b(?:private|internal|protected|fileprivate)\b")
_STATIC = re.compile(r"\bstatic\b")
_PUBLIC = re.compile(r"\bpublic\b")
_PUBLIC_ALIAS = re.compile(r"\b(\w+)\s+as\s+\1\b")
# In these a script says more than the headers of its definitions do.
_SCRIPT_EXPORTS = re.compile(rb"\bexport\s*(?:type\s*)?[{*=]|\bexport\s+default\b|\bexports\b")
_RUST_PROGRAM = re.compile(r"(?:\A|/)src/(?:lib|main|bin/[^/]+(?:/main)?)\.rs\Z")
_PROGRAMS = frozenset({"__main__.py", "manage.py"})
_PACKAGE = "__init__.py"
# There the function in which a program begins stands in a class.
_CLASSES = frozenset({"java", "csharp", "kotlin"})


@dataclass(frozen=True, slots=True)
class _Own:
    """What a file offers by itself, what of that no star brings, and the files it takes whole."""

    names: Sequence[str]
    defaults: frozenset[str]
    starred: Sequence[int]


class Offered:
    """What the files of `tables` offer; `content_of` gives the text of a row.

    Keep it as long as one answer: it remembers what the files say.
    """

    def __init__(self, tables: Tables, content_of: Callable[[FileRow], bytes]) -> None:
        self._tables = tables
        self._content_of = content_of
        self._said: dict[int, Exports] = {}
        self._own: dict[int, _Own] = {}

    def names(self, file: int) -> tuple[str, ...]:
        """Return what others can take from a file, each name once.

        Its own types and functions come first, in file order, then its constants, then what it
        hands on.
        """
        found = dict.fromkeys(self._own_of(file).names)
        files = [file]
        # Stars go in circles, too: each file is followed once.
        for one in files:
            for other in self._own_of(one).starred:
                if other not in files:
                    files.append(other)
                    own = self._own_of(other)
                    found.update(dict.fromkeys(n for n in own.names if n not in own.defaults))
        return tuple(found)

    def is_program(self, file: int) -> bool:
        """Whether a program begins in a file, by its name, what it defines or what it says."""
        return is_program(self._tables.rows[file]) or self._exports(file).is_program

    def _own_of(self, file: int) -> _Own:
        if file not in self._own:
            self._own[file] = self._read_own(file)
        return self._own[file]

    def _read_own(self, file: int) -> _Own:
        row, said = self._tables.rows[file], self._exports(file)
        if said.is_all:
            return _Own(said.names, frozenset(), ())
        own = _shown(row)
        defaults = {item.name for item in own if _DEFAULT.match(item.header)}
        names = [item.name for item in own]
        names += [*said.names, *said.defaults]
        starred: list[int] = []
        for statement in said.passed:
            for one in read_passed_on(statement, row.language):
                files = self._tables.modules.files_of(row, one.module)
                if one.is_all:
                    starred += (self._tables.file_of[path] for path in files)
                elif row.language == "rust" or _is_facade(row, files, has_own=bool(own)):
                    names += filter(_is_plain, one.names)
                else:
                    names += (name for name in one.names if renames_to_itself(statement, name))
        return _Own(names, frozenset(defaults.union(said.defaults)), starred)

    def _exports(self, file: int) -> Exports:
        if file not in self._said:
            self._said[file] = self._read_exports(self._tables.rows[file])
        return self._said[file]

    def _read_exports(self, row: FileRow) -> Exports:
        if row.language == "rust":
            return Exports(passed=tuple(filter(_RUST_HANDS_ON.match, row.imports)))
        if row.language == "python" and _may_say_more(row):
            return read_exports(self._content_of(row), row.language)
        if row.language in SCRIPT:
            content = self._content_of(row)
            if _SCRIPT_EXPORTS.search(content):
                return read_exports(content, row.language)
        return Exports()


def _may_say_more(row: FileRow) -> bool:
    """Whether a Python file can hand out what it imports, or say what it hands out, or run."""
    if row.path.rsplit("/", 1)[-1] == _PACKAGE and row.imports:
        return True
    if row.holds("__all__") or row.holds("__main__"):
        return True
    return any("*" in text or _PUBLIC_ALIAS.search(text) for text in row.imports)


def _is_facade(row: FileRow, files: Sequence[str], *, has_own: bool) -> bool:
    """Whether a Python file imports from `files` to hand it on.

    That is so in a package that imports from its own modules, or does nothing but import.
    """
    folder, _, name = row.path.rpartition("/")
    if name != _PACKAGE or not files:
        return False
    return not has_own or any(path.startswith(f"{folder}/" if folder else "") for path in files)


def _shown(row: FileRow) -> list[Definition]:
    """Return the definitions that others can use as they stand there."""
    # `module.exports = {...}` is read as a constant of that name.
    items = [item for item in row.definitions if item.kind in _OFFERED and item.name != "exports"]
    outer = [item for item in items if _is_outer(item, row.definitions)]
    if row.language not in SCRIPT or not _is_page_script(row):
        outer = [item for item in outer if _RULES.get(row.language, _by_name)(item)]
    # Loggers, patterns and type variables say the least of a file, and often stand first in it.
    return sorted(outer, key=lambda item: item.kind == "constant")


def _is_page_script(row: FileRow) -> bool:
    """Whether a script is no module: all that it defines is there for the others of its page."""
    return not row.imports and not row.holds("export") and not row.holds("exports")


def _is_outer(item: Definition, items: Sequence[Definition]) -> bool:
    """Whether a definition stands in namespaces only, and is no method apart from its type."""
    if item.parent < 0:
        return not item.container
    parent = items[item.parent]
    return parent.kind in _SPACES and _is_outer(parent, items)


def _is_plain(name: str) -> bool:
    return not name.startswith("_")


def _by_name(item: Definition) -> bool:
    return _is_plain(item.name)


def _go(item: Definition) -> bool:
    return item.name[:1].isupper()


def _rust(item: Definition) -> bool:
    return _RUST_PUBLIC.match(item.header) is not None


def _script(item: Definition) -> bool:
    return _EXPORTED.match(item.header) is not None


def _java(item: Definition) -> bool:
    return _PUBLIC.search(item.header) is not None


def _kotlin(item: Definition) -> bool:
    return _HIDDEN.search(item.header) is None


def _c(item: Definition) -> bool:
    return _STATIC.search(item.header) is None


_RULES: dict[str, Callable[[Definition], bool]] = {
    "go": _go,
    "rust": _rust,
    **dict.fromkeys(SCRIPT, _script),
    "java": _java,
    "csharp": _java,
    "kotlin": _kotlin,
    "c": _c,
    "cpp": _c,
}


def is_program(row: FileRow) -> bool:
    """Whether a program or a crate begins in a file, by its name or by what it defines."""
    if row.path.rsplit("/", 1)[-1] in _PROGRAMS or _RUST_PROGRAM.search(row.path):
        return True
    if row.language == "rust" or (row.language == "go" and row.package.split()[-1:] != ["main"]):
        return False
    wanted = "Main" if row.language == "csharp" else "main"
    mains = [item for item in row.definitions if item.name == wanted and item.kind in CALLABLE]
    return any(item.parent < 0 or row.language in _CLASSES for item in mains)
