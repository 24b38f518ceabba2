"""What a file offers to others, and whether a program begins in it, as its language has it."""

import re
from collections.abc import Callable, Sequence

from lsp_server.context.index.reading.definitions import CALLABLE, TYPES, Definition
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.modules import SCRIPT

_MOST_NAMES = 40
_OFFERED = CALLABLE | TYPES | {"constant", "module", "namespace"}
_SPACES = frozenset({"module", "namespace"})
_EXPORTED = re.compile(r"\s*(?:export|declare)\b|\s*(?:module\.)?exports\b")
_RUST_PUBLIC = re.compile(r"\s*(?:#\[[^\]]*\]\s*)*(?:pub\b|macro_rules!)")
_HIDDEN = re.compile(r"\b(?:private|internal|protected|fileprivate)\b")
_STATIC = re.compile(r"\bstatic\b")
_PUBLIC = re.compile(r"\bpublic\b")
_RUST_PROGRAM = re.compile(r"(?:\A|/)src/(?:main|bin/[^/]+(?:/main)?)\.rs\Z")
_PROGRAMS = frozenset({"__main__.py", "manage.py"})
# There the function in which a program begins stands in a class.
_CLASSES = frozenset({"java", "csharp", "kotlin"})


def offered_names(row: FileRow) -> tuple[str, ...]:
    """Return the types, functions and constants that others can use, in file order, each once."""
    # `module.exports = {...}` is read as a constant of that name.
    items = [item for item in row.definitions if item.kind in _OFFERED and item.name != "exports"]
    outer = [item for item in items if _is_outer(item, row.definitions)]
    test = _RULES.get(row.language, _by_name)
    found = [item.name for item in outer if test(item)]
    if not found and row.language in SCRIPT:
        # What it hands out is said in no header.
        found = [item.name for item in outer]
    return tuple(dict.fromkeys(found))[:_MOST_NAMES]


def _is_outer(item: Definition, items: Sequence[Definition]) -> bool:
    """Whether a definition stands in namespaces only, and is no method apart from its type."""
    if item.parent < 0:
        return not item.container
    parent = items[item.parent]
    return parent.kind in _SPACES and _is_outer(parent, items)


def _by_name(item: Definition) -> bool:
    return not item.name.startswith("_")


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
    """Whether a program begins in a file, by its name or by what it defines."""
    if row.path.rsplit("/", 1)[-1] in _PROGRAMS or _RUST_PROGRAM.search(row.path):
        return True
    if row.language == "rust" or (row.language == "go" and row.package.split()[-1:] != ["main"]):
        return False
    wanted = "Main" if row.language == "csharp" else "main"
    mains = [item for item in row.definitions if item.name == wanted and item.kind in CALLABLE]
    return any(item.parent < 0 or row.language in _CLASSES for item in mains)
