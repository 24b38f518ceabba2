"""Tools of the compiled languages: go vet, gopls, cargo check, javac, gcc and clang."""

import json
import os
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsp_server.checks.check import Needs
from lsp_server.checks.subject import Subject
from lsp_server.checks.tool import Output, Tool
from lsp_server.checks.tools.reading import Columns, line_reader, problem_of, unreadable
from lsp_server.common.files import read_plain_file
from lsp_server.common.problems import Problem

_GO_LINE = (
    r"(?:vet: )?(?P<path>[^\s#][^:]*\.go):(?P<line>\d+):(?P<column>\d+)(?:-\d+)?: (?P<message>.*)"
)

# `go doc cmd/vet`; the package of the file only, as patterns do not follow links.
GO_VET = Tool(
    "go vet",
    ("go",),
    ("go",),
    ("vet", "{folder}"),
    line_reader("go vet", _GO_LINE, Columns.UTF8),
    markers=("go.mod",),
)

# gopls, "Command-line interface": https://go.dev/gopls
GOPLS = Tool(
    "gopls",
    ("go",),
    ("gopls",),
    ("check", "{file}"),
    line_reader("gopls", _GO_LINE, Columns.UTF8),
    needs=Needs.COPY,
    markers=("go.mod",),
)


def read_cargo(output: Output) -> list[Problem]:
    """Read cargo's JSON lines (https://doc.rust-lang.org/cargo/reference/external-tools.html)."""
    messages = [found for line in output.ran.out.splitlines() if (found := _message(line))]
    if not messages and output.ran.code:
        raise unreadable(output, "cargo check")
    return [_cargo(message, output) for message in messages if message.get("spans")]


def _message(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    is_message = isinstance(found, dict) and found.get("reason") == "compiler-message"
    return found["message"] if is_message else None


def _cargo(message: dict[str, Any], output: Output) -> Problem:
    spans = message["spans"]
    span = next((span for span in spans if span["is_primary"]), spans[0])
    # Paths count from the workspace of crates, which may lie above the crate that was checked.
    ours = output.subject.relative.as_posix().endswith(span["file_name"])
    found = {
        "path": str(output.subject.path) if ours else span["file_name"],
        "line": span["line_start"],
        "column": span["column_start"],
        "severity": message["level"],
        "rule": (message.get("code") or {}).get("code", ""),
        "message": message["message"],
    }
    return problem_of("cargo check", output, found)


# Build scripts and macros run, so it needs trust; Cargo.lock may be written, so it gets copies.
CARGO = Tool(
    "cargo check",
    ("rust",),
    ("cargo",),
    ("check", "--offline", "--quiet", "--message-format=json"),
    read_cargo,
    needs=Needs.COPY,
    markers=("Cargo.toml",),
    environment={"CARGO_TARGET_DIR": "{state}/cargo"},
)


def _class_path(subject: Subject, folder: Path) -> Sequence[str]:
    """Return where javac finds the other classes: sources by the package's name, then builds."""
    package = re.search(r"^\s*package\s+([\w.]+)\s*;", subject.text, re.MULTILINE)
    names = package[1].split(".") if package else []
    parent = (folder / subject.relative).parent
    fits = list(parent.parts[len(parent.parts) - len(names) :]) == names
    sources = parent.parents[len(names) - 1] if names and fits else parent
    places = ("target/classes", "build/classes/java/main", "lib/*", "libs/*")
    classes = ":".join(str(folder / place) for place in places)
    return ("-sourcepath", str(sources), "-classpath", classes, str(folder / subject.relative))


# https://docs.oracle.com/en/java/javase/21/docs/specs/man/javac.html; without processors it runs
# nothing of the project, so it needs no trust.
_JAVAC = ("-proc:none", "-implicit:none", "-Xlint:none", "-Xdiags:verbose", "-d", "{state}/javac")
JAVAC = Tool(
    "javac",
    ("java",),
    ("javac",),
    _JAVAC,
    line_reader(
        "javac",
        r"(?P<path>.+?\.java):(?P<line>\d+): (?:(?P<severity>error|warning): )?(?P<message>.*)",
    ),
    untrusted=_JAVAC,
    more=_class_path,
)


# https://gcc.gnu.org/onlinedocs/gcc/Directory-Options.html; clang has the same.
_FOLDER_FLAGS = ("-isystem", "-iquote", "-idirafter", "-I")


def _compile_flags(subject: Subject, folder: Path) -> Sequence[str]:
    """Return the file's flags from compile_commands.json, else folders that headers lie in.

    https://clang.llvm.org/docs/JSONCompilationDatabase.html
    """
    file = str(folder / subject.relative)
    for place in ("compile_commands.json", "build/compile_commands.json"):
        for entry in _entries(subject.root / place):
            # Meson names files from the build folder: "../a.c".
            named = os.path.normpath(Path(entry.get("directory", ""), entry.get("file", "")))
            if named == str(subject.path):
                return (*_from_root(_without_output(entry), entry), "-fsyntax-only", file)
    return ("-fsyntax-only", f"-I{folder}", f"-I{folder / 'include'}", file)


def _entries(database: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(read_plain_file(database))
    except (OSError, ValueError):
        return []
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _without_output(entry: dict[str, Any]) -> list[str]:
    """Return a compile command without the compiler, the source file and what it writes."""
    words = entry.get("arguments") or shlex.split(entry.get("command", ""))
    kept, skip = list[str](), False
    for word in words[1:]:
        writes = word in ("-o", "-MF", "-MT", "-MQ")
        if not (skip or writes or word in ("-c", "-MD", "-MMD", "--", entry["file"])):
            kept.append(word)
        skip = writes
    return kept


def _from_root(words: Sequence[str], entry: dict[str, Any]) -> list[str]:
    """Return flags whose folders count from the root of the file system, not the build folder."""
    base, found, before = Path(entry.get("directory", "")), list[str](), ""
    for word in words:
        flag = next((flag for flag in _FOLDER_FLAGS if word.startswith(flag)), "")
        if before in _FOLDER_FLAGS:
            found.append(os.path.normpath(base / word))
        elif flag and word != flag:
            found.append(flag + os.path.normpath(base / word.removeprefix(flag)))
        else:
            found.append(word)
        before = word
    return found


_COMPILER = (
    r"(?P<path>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): "
    r"(?P<severity>fatal error|error|warning): (?P<message>.*?)(?: \[(?P<rule>-W[\w=+-]+)\])?"
)
# gcc counts the columns of a terminal since its 11, where a tab goes to the next stop: with stops
# of one column only wide characters are left to convert. clang counts bytes.
_GCC = ("-fno-diagnostics-show-caret", "-ftabstop=1", "-Wall")
# Of more than twenty errors clang tells twenty, so that mending one would bring another to light.
_CLANG = ("-fno-caret-diagnostics", "-ferror-limit=0", "-Wall")
_FAMILIES = (
    ("gcc", "c", ("gcc",), ()),
    ("g++", "cpp", ("g++",), ()),
    ("clang", "c", ("clang", "cc"), ("gcc",)),
    ("clang++", "cpp", ("clang++", "c++"), ("g++",)),
)


def _compiler(name: str, language: str, programs: tuple[str, ...], unless: tuple[str, ...]) -> Tool:
    is_gcc = name.startswith("g")
    return Tool(
        name,
        (language,),
        programs,
        _GCC if is_gcc else _CLANG,
        line_reader(name, _COMPILER, Columns.CELLS if is_gcc else Columns.UTF8),
        more=_compile_flags,
        unless=unless,
    )


# Flags of the project can load plugins into the compiler, so it needs trust. What is called gcc on
# macOS is clang, which does not know gcc's arguments.
C_COMPILERS = tuple(
    _compiler(*one)
    for one in _FAMILIES
    if not (sys.platform == "darwin" and one[0].startswith("g"))
)
