"""Test runners, narrowed to the tests that reach the changed file. They run the project's code."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from lsp_server.checks.check import Needs, Speed
from lsp_server.checks.environment import folder_with
from lsp_server.checks.report import FAILED_TEST
from lsp_server.checks.subject import Subject
from lsp_server.checks.tool import Home, Output, Tool
from lsp_server.checks.tools.reading import json_of, span_at, unreadable
from lsp_server.checks.walking import files_below
from lsp_server.common.problems import Problem

_MOST_FILES = 8
_MOST_READ = 300
# Imports stand at the top.
_MOST_BYTES = 16_000


def failed(check: str, name: str, said: str) -> Problem:
    """Return a failed test as a problem; `said` is why, in a line."""
    why = " ".join(said.split())[:400]
    message = f"the test {name} fails: {why}" if why else f"the test {name} fails"
    return Problem(check, FAILED_TEST, message, span_at(1), symbol=name)


def is_test_file(name: str) -> bool:
    """Whether a file of this name holds tests, by the customs of its language."""
    stem = name.rpartition(".")[0]
    return (
        _is_python_test(name)
        or stem.endswith(("_test", ".test", ".spec"))
        or (name.endswith("Test.java"))
    )


def python_tests_of(subject: Subject) -> list[str]:
    """Return test files that are named after the subject or import it, relative to the root."""
    stem = subject.path.stem if subject.path.stem != "__init__" else subject.path.parent.name
    if _is_python_test(subject.path.name):
        return [subject.relative.as_posix()]
    named = (f"test_{stem}.py", f"{stem}_test.py")
    imports = re.compile(rf"^\s*(?:from|import)\s.*\b{re.escape(stem)}\b", re.MULTILINE)
    first, second = list[str](), list[str]()
    for path in _test_files(subject.root):
        if path.name in named:
            first.append(path.relative_to(subject.root).as_posix())
        elif imports.search(_head(path)):
            second.append(path.relative_to(subject.root).as_posix())
    return sorted(first) + sorted(second)[: _MOST_FILES - len(first)]


def _test_files(root: Path) -> Iterator[Path]:
    tests = (path for path in files_below(root) if _is_python_test(path.name))
    return islice(tests, _MOST_READ)


def _is_python_test(name: str) -> bool:
    return name.endswith("_test.py") or (name.startswith("test_") and name.endswith(".py"))


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode(errors="replace")
    except OSError:
        return ""


def _pytest_files(subject: Subject, _folder: Path) -> Sequence[str] | None:
    return python_tests_of(subject) or None


def read_pytest(output: Output) -> list[Problem]:
    """Read the short summary (https://docs.pytest.org/en/stable/how-to/output.html)."""
    lines = re.findall(r"^(?:FAILED|ERROR) (\S+)(?: - (.*))?$", output.ran.out, re.MULTILINE)
    no_tests = 5
    if not lines and output.ran.code not in (0, no_tests):
        raise unreadable(output, "pytest")
    return [failed("pytest", name, said) for name, said in lines]


PYTEST = Tool(
    "pytest",
    ("python",),
    ("pytest",),
    ("-q", "-rfE", "--tb=no", "--no-header", "--color=no", "-p", "no:cacheprovider"),
    read_pytest,
    home=Home.PYTHON,
    speed=Speed.TESTS,
    needs=Needs.COPY,
    # An installed package that points back to the real tree must not be what is tested.
    environment={"PYTHONPATH": f"{{root}}/src{os.pathsep}{{root}}", "COLUMNS": "400"},
    more=_pytest_files,
)


def _has_go_tests(subject: Subject, _folder: Path) -> Sequence[str] | None:
    return () if any(subject.path.parent.glob("*_test.go")) else None


def read_go_test(output: Output) -> list[Problem]:
    """Read the events of `go test -json` (`go doc cmd/test2json`)."""
    events = [event for line in output.ran.out.splitlines() if (event := _event(line))]
    names = [e["Test"] for e in events if e.get("Action") == "fail" and "Test" in e]
    if not names and output.ran.code:
        raise unreadable(output, "go test")
    return [failed("go test", name, _said(events, name)) for name in names]


def _event(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _said(events: Iterable[Mapping[str, Any]], name: str) -> str:
    lines = [str(e.get("Output", "")).strip() for e in events if e.get("Test") == name]
    return " ".join(line for line in lines if line and not line.startswith(("===", "---")))


GO_TEST = Tool(
    "go test",
    ("go",),
    ("go",),
    ("test", "-json", "-count=1", "{folder}"),
    read_go_test,
    speed=Speed.TESTS,
    needs=Needs.COPY,
    markers=("go.mod",),
    more=_has_go_tests,
)


_RUST_PUBLIC = re.compile(
    r"^\s*pub (?:(?:const|unsafe|async) )*(?:fn|struct|enum|trait|const|static|mod) (\w+)",
    re.MULTILINE,
)


def _cargo_tests(subject: Subject, _folder: Path) -> Sequence[str] | None:
    """Return what narrows `cargo test`: test files that name what the file offers, or its module.

    https://doc.rust-lang.org/cargo/commands/cargo-test.html
    """
    stem = subject.path.stem if subject.path.stem != "mod" else subject.path.parent.name
    if targets := _cargo_targets(subject, stem):
        tests = [word for target in targets for word in ("--test", target)]
        return (*_own_targets(subject), *tests)
    if "#[test]" not in subject.text:
        return None
    return () if stem in ("lib", "main") else (stem,)


def _own_targets(subject: Subject) -> list[str]:
    """Return what builds the tests that the file itself holds: the library, programs or both."""
    crate = folder_with(subject, ("Cargo.toml",))
    if crate is None or "#[test]" not in subject.text:
        return []
    home = subject.root / crate
    if subject.path.parent == home / "tests":
        return []
    # Cargo refuses the one where there is no library, and takes the other without programs.
    return [*(["--lib"] if (home / "src" / "lib.rs").is_file() else []), "--bins"]


def _cargo_targets(subject: Subject, stem: str) -> list[str]:
    """Return the crate's integration tests that name the file's module or what it makes public."""
    crate = folder_with(subject, ("Cargo.toml",))
    if crate is None:
        return []
    tests = subject.root / crate / "tests"
    if subject.path.parent == tests:
        return [subject.path.stem]
    names = sorted({stem, *_RUST_PUBLIC.findall(subject.text)} - {"lib", "main"})
    offered = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b") if names else None
    files = islice(sorted(tests.glob("*.rs")), _MOST_READ)
    found = [file.stem for file in files if offered and offered.search(_head(file))]
    return found[:_MOST_FILES]


_PANICS = re.compile(
    r"^---- (\S+) stdout ----\n(.*?)(?=\n----|\nfailures:)", re.MULTILINE | re.DOTALL
)


def read_cargo_test(output: Output) -> list[Problem]:
    """Read the failures that `cargo test` lists at its end, each with what it panicked with."""
    out = f"{output.ran.out}\n{output.ran.err}"
    blocks = _PANICS.findall(out)
    if not blocks and output.ran.code:
        raise unreadable(output, "cargo test")
    return [failed("cargo test", name, said.partition("note:")[0]) for name, said in blocks]


CARGO_TEST = Tool(
    "cargo test",
    ("rust",),
    ("cargo",),
    ("test", "--offline", "--quiet"),
    read_cargo_test,
    speed=Speed.TESTS,
    needs=Needs.COPY,
    markers=("Cargo.toml",),
    environment={"CARGO_TARGET_DIR": "{state}/cargo"},
    more=_cargo_tests,
)

_SCRIPTS = ("typescript", "typescriptreact", "javascript", "javascriptreact")


def read_jest(output: Output) -> list[Problem]:
    """Read jest's JSON, which vitest writes too (https://jestjs.io/docs/cli#--json)."""
    found = json_of(output, "the test runner")
    if not isinstance(found, dict) or "testResults" not in found:
        raise unreadable(output, "the test runner")
    results = [one for file in found["testResults"] for one in file["assertionResults"]]
    return [
        failed("tests", one["fullName"].strip(), "\n".join(one.get("failureMessages") or [])[:400])
        for one in results
        if one["status"] == "failed"
    ]


VITEST = Tool(
    "vitest",
    _SCRIPTS,
    ("vitest",),
    ("related", "--run", "--reporter=json", "{file}"),
    read_jest,
    home=Home.NODE,
    speed=Speed.TESTS,
    needs=Needs.COPY,
    markers=("package.json",),
)
JEST = Tool(
    "jest",
    _SCRIPTS,
    ("jest",),
    ("--ci", "--json", "--passWithNoTests", "--cacheDirectory={state}/jest", "--findRelatedTests"),
    read_jest,
    home=Home.NODE,
    speed=Speed.TESTS,
    needs=Needs.COPY,
    markers=("package.json",),
    more=lambda subject, folder: (str(folder / subject.relative),),
    unless=("vitest",),
)

TEST_RUNNERS: tuple[Tool, ...] = (PYTEST, GO_TEST, CARGO_TEST, VITEST, JEST)
