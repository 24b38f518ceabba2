"""Import statements read as what they ask for: a module, and names out of it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_QUOTED = re.compile(r"[\"'`<]([^\"'`<>]+)[\"'`>]")
_LONGEST = 20_000
_LONGEST_PATH = 1_000
_DEEPEST = 40
# The files of a workspace share most of their statements.
_MOST_KEPT = 16_384


@dataclass(frozen=True, slots=True)
class Imported:
    """One thing that a statement asks for.

    `module` is split into its parts. `relative` counts how many folders up the search begins, 1
    being the file's own; 0 means from a source root. `names` are taken out of the module; an
    empty tuple means the module itself or all of it. `file` is what the path of the file ends in,
    where the statement says more of it than its module; otherwise it is empty.
    """

    module: tuple[str, ...]
    names: tuple[str, ...] = ()
    relative: int = 0
    file: str = ""


@lru_cache(maxsize=_MOST_KEPT)
def read_import(statement: str, language: str) -> Sequence[Imported]:
    """Return what `statement` asks for; an empty list if it is not understood."""
    return _READERS.get(language, _generic)(statement[:_LONGEST])


def _on_one_line(text: str) -> str:
    """Return `text` with single blanks: patterns try every way to share out a run of them."""
    return " ".join(text.split())


def _python(statement: str) -> list[Imported]:
    text = _on_one_line(re.sub(r"#[^\n]*|[()\\]", " ", statement))
    match = re.match(
        r"from\s+(?P<dots>[.\s]*)(?P<module>(?:\w[\w.]*)?)\s*\bimport\s+(?P<names>.*)", text
    )
    if match:
        names = tuple(part.split()[0] for part in match["names"].split(",") if part.split())
        module = tuple(part for part in match["module"].split(".") if part)
        return [Imported(module, tuple(n for n in names if n != "*"), match["dots"].count("."))]
    modules = re.sub(r"^\s*import\s+", "", text).split(",")
    parts = (tuple(part.split()[0].split(".")) for part in modules if part.split())
    return [Imported(part) for part in parts]


def _script(statement: str) -> list[Imported]:
    statement = _on_one_line(statement)
    match = re.search(
        r"[\"'`]([^\"'`]+)[\"'`]\s*\)?\s*(?:with\b.*|assert\b.*)?;?\s*\Z", statement, re.DOTALL
    )
    if not match:
        return []
    source = match[1]
    names = tuple(_script_names(statement[: match.start()]))
    parts = [part for part in source.split("/") if part not in {"", "."}]
    if not source.startswith("."):
        return [Imported(tuple(parts), names)]
    ups = sum(part == ".." for part in parts)
    kept = [part for part in parts if part != ".."]
    if kept:
        kept[-1] = re.sub(r"\.(?:[cm]?[jt]sx?|d\.ts)\Z", "", kept[-1])
    return [Imported(tuple(kept), names, 1 + ups)]


def _script_names(clause: str) -> list[str]:
    clause = re.sub(r"\A\s*[\w$]+\s*=\s*await\s+import\b", " ", clause)
    clause = re.sub(
        r"\b(?:import|export|from|type|const|let|var|require|await)\b|\*\s*as\s+\w+", " ", clause
    )
    clause = re.sub(r"(\w+)\s+as\s+\w+", r"\1", clause)
    return _WORD.findall(clause)


def _go(statement: str) -> list[Imported]:
    match = _QUOTED.search(statement)
    return [Imported(tuple(match[1].split("/")))] if match else []


def _rust(statement: str) -> list[Imported]:
    text = re.sub(
        r"//[^\n]*|^\s*pub(?:\([^)]*\))?\s+|^\s*(?:use|extern\s+crate)\s+|;|#\[[^\]]*\]",
        " ",
        statement,
    )
    text = _on_one_line(text)
    text = re.sub(r"^pub(?:\([^)]*\))?\s+|^use\s+", "", text)
    module = re.match(r"mod\s+(\w+)", text)
    if module:
        return [Imported((module[1],), (), 1)]
    return [_rust_path(leaf) for leaf in _leaves(text.strip()) if leaf]


def _leaves(text: str, depth: int = 0) -> list[tuple[str, ...]]:
    """Expand `a::{b, c::d}` into its paths; nobody nests deeper than _DEEPEST."""
    if depth > _DEEPEST:
        return []
    brace = text.find("{")
    if brace < 0:
        path = re.sub(r"\s+as\s+\w+", "", text)
        return [tuple(part.strip() for part in path.split("::") if part.strip())]
    head = tuple(part.strip() for part in text[:brace].split("::") if part.strip())
    inner = text[brace + 1 : text.rfind("}")]
    found: list[tuple[str, ...]] = []
    opened, start = 0, 0
    for index, char in enumerate(inner + ","):
        opened += (char == "{") - (char == "}")
        if char == "," and opened == 0:
            piece = inner[start:index].strip()
            found += [(*head, *leaf) for leaf in _leaves(piece, depth + 1)] if piece else []
            start = index + 1
    return found


def _rust_path(leaf: tuple[str, ...]) -> Imported:
    relative = 0
    while leaf and leaf[0] in {"self", "super"}:
        relative = max(relative, 1) + (leaf[0] == "super")
        leaf = leaf[1:]
    if leaf and leaf[-1] in {"*", "self"}:
        return Imported(leaf[:-1], (), relative)
    return Imported(leaf[:-1], leaf[-1:], relative)


def _java(statement: str) -> list[Imported]:
    text = re.sub(
        r"^(?:import|use|using)\s+|\bstatic\s+|\bglobal\s+|;|\s+as\s+\w+",
        " ",
        _on_one_line(statement),
    )
    parts = tuple(part for part in re.split(r"[.\\\s]+", text.strip()) if part)
    if parts and parts[-1] == "*":
        return [Imported(parts[:-1])]
    types = [index for index, part in enumerate(parts) if part[:1].isupper()]
    if types:
        return [Imported(parts[: types[0] + 1], parts[types[0] :])]
    return [Imported(parts, parts[-1:])] if parts else []


def _php(statement: str) -> list[Imported]:
    quoted = _QUOTED.search(statement)
    if quoted:
        return _file(quoted[1], _ups_of(statement, "__DIR__", "__FILE__"))
    text = re.sub(r"\buse\b|\bfunction\b|\bconst\b|;", " ", _on_one_line(statement))
    head, brace, inner = text.partition("{")
    names = (re.sub(r"\s+as\s+\w+", "", name) for name in (inner if brace else head).split(","))
    whole = ((head if brace else "") + name.strip(" }") for name in names)
    paths = (tuple(part.strip() for part in path.split("\\") if part.strip()) for path in whole)
    return [Imported(path, path[-1:]) for path in paths if path]


def _csharp(statement: str) -> list[Imported]:
    text = re.sub(r"\b(?:global|using|static)\b|\w+\s*=|;", " ", _on_one_line(statement))
    parts = tuple(part for part in re.split(r"[.\s]+", text.strip()) if part)
    return [Imported(parts)] if parts else []


def _c(statement: str) -> list[Imported]:
    match = _QUOTED.search(statement)
    if not match:
        return []
    parts = tuple(part for part in match[1].split("/") if part not in {"", ".", ".."})
    if not parts:
        return []
    stem, _, suffix = parts[-1].partition(".")
    file = ""
    if "<" in statement:
        # `<string.h>` is the system's and not any `string.c`: only a whole path means a file here.
        file = "/".join(parts)
    elif "." in suffix:
        file = parts[-1]
    return [Imported((*parts[:-1], stem), file=file)]


def _shell(statement: str) -> list[Imported]:
    """Read `. path`: what the shell puts in for a variable or a command is not known."""
    path = re.sub(r"\A\s*(?:source|\.)\s+", "", statement[:_LONGEST_PATH])
    relative = _ups_of(statement, "${BASH_SOURCE%/*}", "$0", "BASH_SOURCE")
    path = re.sub(r".*(?:\)|`)(?=/)|\$\{[^}]*\}|\$\w+|[\"']", "", path)
    return _file(path.split()[0], relative) if path.split() else []


def _ups_of(statement: str, folder: str, *files: str) -> int:
    """Return how many folders up a path begins that is made from the file's own place, or 0.

    `folder` stands for the file's folder in the language, `files` for the file itself.
    """
    ups = statement.count("dirname")
    if folder in statement:
        return ups + 1
    return ups if any(file in statement for file in files) else 0


def _file(path: str, relative: int) -> list[Imported]:
    """Return a file that a statement names by its path; from its own folder if it says so."""
    parts = [part for part in path.split("/") if part not in {"", "."}]
    kept = tuple(part for part in parts if part != "..")
    stem = kept[-1].split(".", 1)[0] if kept else ""
    if not stem:
        return []
    ups = parts.count("..") if relative else 0
    return [Imported((*kept[:-1], stem), (), relative + ups, file="/".join(kept))]


def _generic(statement: str) -> list[Imported]:
    match = _QUOTED.search(statement)
    text = match[1] if match else re.sub(r"^\W*\w+\s+", "", statement)
    parts = tuple(part for part in re.split(r"[/.\\:]+", text.strip().removesuffix(".rb")) if part)
    return [Imported(tuple(re.sub(r"\W", "", part) for part in parts))] if parts else []


_READERS: dict[str, Callable[[str], list[Imported]]] = {
    "python": _python,
    "typescript": _script,
    "typescriptreact": _script,
    "javascript": _script,
    "javascriptreact": _script,
    "go": _go,
    "rust": _rust,
    "java": _java,
    "kotlin": _java,
    "csharp": _csharp,
    "php": _php,
    "c": _c,
    "cpp": _c,
    "shellscript": _shell,
}
