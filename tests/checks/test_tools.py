import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lsp_server.checks.available import BUILT_IN, checks_for
from lsp_server.checks.check import Check, Speed
from lsp_server.checks.environment import Surroundings
from lsp_server.checks.errors import ToolUnreadable
from lsp_server.checks.processes import Limits, Ran
from lsp_server.checks.report import Report, compare
from lsp_server.checks.runner import run_checks
from lsp_server.checks.tool import Output, Tool, check_of
from lsp_server.checks.tools.compiled import C_COMPILERS, GOPLS
from lsp_server.checks.tools.scripts import ESLINT, TSC
from lsp_server.checks.tools.tests import JEST, PYTEST, python_tests_of
from lsp_server.checks.tools.types import PYRIGHT, TY
from lsp_server.common.problems import Problem, Severity
from lsp_server.common.text import Position
from tests.checks.support import fingerprint, subject
from tests.fixture import parse_fixture

GO_CALLER = """
//- go.mod
module x

go 1.21
//- b/b.go
package b

func G(x string) int { return len(x) }
//- a/a.go
package a

import "x/b"

func F() string {$0
TABs := "é🐍"; return b.G(s)
}
"""
C_CALLER = """
//- src/b.h
int g(char *x);
//- src/a.c
#include "b.h"
int main(void) {$0
TABchar *s = "é🐍"; return g(s) + nothing; }
"""
CPP = "//- a.cpp\nint main() { return nothing; }$0\n"
CRATE = """
//- Cargo.toml
[package]
name = "x"
version = "0.1.0"
edition = "2021"
"""

# Each project uses a neighbour file, has text beyond ASCII before the fault, and one fault.
PROJECTS = {
    "go vet": ("go", GO_CALLER, ("cannot use b.G(s)", Position(5, 19))),
    "cargo check": (
        "cargo",
        f"""{CRATE}
//- src/b.rs
pub fn g(x: &str) -> usize {{ x.len() }}
//- src/lib.rs
mod b;
pub fn f() -> String {{$0
    let s = "é"; b::g(s)
}}
""",
        ("mismatched types", Position(2, 17)),
    ),
    "javac": (
        "javac",
        """
        //- src/main/java/p/r/B.java
        package p.r;
        public class B { public static int g(String x) { return x.length(); } }
        //- src/main/java/p/q/A.java
        package p.q;
        import p.r.B;
        class A {$0
          String f() { return B.g("é"); }
        }
        """,
        ("int cannot be converted to String", Position(3, 0)),
    ),
    "gcc": ("gcc", C_CALLER, ("undeclared", Position(2, 31))),
    "g++": ("g++", CPP, ("not declared", Position(0, 20))),
    "clang": ("clang", C_CALLER, ("undeclared", Position(2, 31))),
    "clang++": ("clang++", CPP, ("undeclared", Position(0, 20))),
    "gopls": ("gopls", GO_CALLER, ("cannot use b.G(s)", Position(5, 19))),
    "mypy": (
        "mypy",
        """
        //- a.py
        def f(x: int) -> int:
            return x
        s = "é🐍"; f("a")$0
        """,
        ("incompatible type", Position(2, 12)),
    ),
    "go test": (
        "go",
        """
        //- go.mod
        module x

        go 1.21
        //- a/a_test.go
        package a

        import "testing"

        func TestF(t *testing.T) {
        TABif F() != 1 {
        TABTABt.Fatalf("want 1, got %d", F())
        TAB}
        }
        //- a/a.go
        package a

        func F() int { return 2 }$0
        """,
        ("the test TestF fails: a_test.go:7: want 1, got 2", Position(0, 0)),
    ),
    "cargo test": (
        "cargo",
        """
        //- Cargo.toml
        [package]
        name = "x"
        version = "0.1.0"
        edition = "2021"
        //- src/lib.rs
        pub fn f() -> i32 { 2 }$0
        #[test]
        fn one() { assert_eq!(f(), 1); }
        """,
        ("the test one fails", Position(0, 0)),
    ),
}


RUST_TESTS = f"""{CRATE}
//- src/lib.rs
mod sums;
pub use sums::total;
//- tests/named.rs
#[test]
fn by_name() {{ assert_eq!(x::total(), 1); }}
//- tests/other.rs
#[test]
fn nothing_to_do_with_it() {{ panic!(); }}
//- src/sums.rs
pub fn total() -> i32 {{ 2 }}$0
"""


async def test_cargo_runs_the_test_files_that_name_what_the_file_offers(tmp_path: Path) -> None:
    report = await report_of("cargo", "cargo test", tmp_path / "x", RUST_TESTS)
    assert [problem.symbol for problem in report.problems] == ["by_name"]


RUST_PROGRAM = f"""{CRATE}
//- src/main.rs
mod sums;
fn main() {{ println!("{{}}", sums::total()); }}
//- tests/named.rs
#[test]
fn total() {{}}
//- src/sums.rs
pub fn total() -> i32 {{ 2 }}$0
#[test]
fn own() {{ assert_eq!(total(), 1); }}
"""


async def test_cargo_runs_the_file_s_own_tests_in_a_program_too(tmp_path: Path) -> None:
    report = await report_of("cargo", "cargo test", tmp_path / "x", RUST_PROGRAM)
    assert [problem.symbol for problem in report.problems] == ["sums::own"]


def around(root: Path, *, trusted: bool = True) -> Surroundings:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = {**os.environ, "PATH": path}
    return Surroundings(variables, root.parent / "state", trusted, Limits(50))


def check_named(name: str, root: Path, text: str) -> tuple[Check, Path]:
    fixture = parse_fixture(text.replace("TAB", "\t"))
    fixture.write(root)
    it = subject(root, fixture.active, fixture.files[fixture.active])
    (tool,) = [replace(tool, unless=()) for tool in BUILT_IN if tool.name == name]
    found = check_of(tool, it, around(root))
    assert found is not None
    return found, root / fixture.active


# gopls needs the Go that it was built for; what it prints is recorded below.
INSTALLED = [name for name in PROJECTS if name != "gopls" or shutil.which("gopls")]


@pytest.mark.parametrize("name", INSTALLED)
async def test_a_tool_finds_the_fault_and_leaves_the_tree_alone(tmp_path: Path, name: str) -> None:
    program, text, (message, position) = PROJECTS[name]
    report = await report_of(program, name, tmp_path / "project", text)
    assert report.failed == {}
    (problem,) = [p for p in report.problems if p.severity is Severity.ERROR]
    assert message in problem.message
    assert problem.span.start == position


def _has_toolchain() -> bool:
    return subprocess.run(["cargo", "--version"], capture_output=True, check=False).returncode == 0


async def report_of(program: str, name: str, root: Path, text: str) -> Report:
    """Return what the check `name` finds in a project; its tree stays as it is."""
    programs = around(root).variables["PATH"]
    if shutil.which(program, path=programs) is None and "CI" not in os.environ:
        pytest.skip(f"{program} is not installed")
    if program == "cargo" and "CI" not in os.environ and not _has_toolchain():
        pytest.skip("cargo --version fails: rustup has no default toolchain here")
    check, path = check_named(name, root, text)
    before = fingerprint(root)
    report = await run_checks([check], subject(root, str(path.relative_to(root)), path.read_text()))
    assert fingerprint(root) == before
    return report


PYTHON_PROJECT = """
//- src/a.py
def f(x):$0
    return x + 2
//- tests/test_a.py
from a import f

def test_one():
    assert f(1) == 2

def test_two():
    open("written", "w").close()
    assert f(0) == 2
//- tests/test_other.py
def test_unrelated():
    assert False
"""


async def test_only_tests_that_reach_the_change_run_and_in_a_copy(tmp_path: Path) -> None:
    root = tmp_path / "project"
    check, path = check_named("pytest", root, PYTHON_PROJECT)
    assert check.speed is Speed.TESTS
    before = fingerprint(root)
    fixed = path.read_text().replace("+ 2", "+ 1")
    reports = [
        await run_checks([check], subject(root, "src/a.py", text))
        for text in (path.read_text(), fixed)
    ]
    assert [p.symbol for p in reports[0].problems] == ["tests/test_a.py::test_one"]
    assert [p.symbol for p in reports[1].problems] == ["tests/test_a.py::test_two"]
    found = compare(*reports)
    assert (len(found.gone), len(found.new)) == (1, 1)
    assert fingerprint(root) == before


def test_a_test_that_fails_with_other_words_is_the_same_failure() -> None:
    at = Position(0, 0)
    tests = [
        Problem("pytest", "test", f"the test t fails: {said}", parse_fixture("x").span, symbol="t")
        for said in ("assert 1 == 2", "assert 3 == 2")
    ]
    assert tests[0].span.start == at
    found = compare(*[_report(test) for test in tests])
    assert (found.gone, found.new) == ((), ())


def test_a_source_file_without_tests_is_served_by_no_test_runner(tmp_path: Path) -> None:
    it = subject(tmp_path, "lonely.py", "x = 1\n")
    assert python_tests_of(it) == []
    found = checks_for(it, around(tmp_path), lambda _text, _language: [], lambda _name: False)
    assert "pytest" not in [check.name for check in found]


@pytest.mark.parametrize("tool", BUILT_IN, ids=lambda tool: tool.name)
def test_without_trust_only_tools_that_run_nothing_of_the_project_serve(tool: Tool) -> None:
    harmless = {"python", "ruff", "javac"}
    assert (tool.untrusted is not None) == (tool.name in harmless)


def _report(*problems: Problem) -> Report:
    return Report({"pytest": problems})


SOURCE = 'const s = "🐍"; foo(s);\n'

# What the tools of these versions print for a file with the fault, shortened to what is read:
# TypeScript 5.9, eslint 9, basedpyright 1.40, ty 0.0, pytest 9, jest 30, gopls 0.21, gcc 12.
RECORDED: dict[str, tuple[Tool, str, str, tuple[str, str, int, int, Severity]]] = {
    "tsc": (
        TSC,
        "a.ts",
        "a.ts(1,17): error TS2304: Cannot find name 'foo'.\n",
        ("TS2304", "Cannot find name 'foo'.", 0, 15, Severity.ERROR),
    ),
    "eslint": (
        ESLINT,
        "a.js",
        (
            '[{"filePath":"/p/a.js","messages":[{"ruleId":"no-undef","severity":2,"message":'
            '"\'foo\' is not defined.","line":1,"column":17,"endLine":1,"endColumn":20},'
            '{"ruleId":null,"fatal":false,"severity":1,"message":"File ignored."}]}]'
        ),
        ("no-undef", "'foo' is not defined.", 0, 15, Severity.ERROR),
    ),
    "pyright": (
        PYRIGHT,
        "a.py",
        (
            '{"version":"1.40.2","generalDiagnostics":[{"file":"FILE","severity":"warning","message":'
            '"Not accessed","range":{"start":{"line":0,"character":16},'
            '"end":{"line":0,"character":19}},"rule":"reportUnusedVariable"}],"summary":{}}'
        ),
        ("reportUnusedVariable", "Not accessed", 0, 15, Severity.WARNING),
    ),
    "ty": (
        TY,
        "a.py",
        (
            "a.py:1:16: error[unresolved-reference] Name `foo` used when not defined\n"
            "Found 1 diagnostic\n"
        ),
        ("unresolved-reference", "Name `foo` used when not defined", 0, 15, Severity.ERROR),
    ),
    "gopls": (
        GOPLS,
        "a.go",
        "FILE:1:19-22: undefined: foo\n",
        ("", "undefined: foo", 0, 15, Severity.ERROR),
    ),
    "gcc": (
        C_COMPILERS[0],
        "a.c",
        "FILE: In function 'main':\nFILE:1:17: error: 'foo' undeclared [-Wx]\n",
        ("-Wx", "'foo' undeclared", 0, 15, Severity.ERROR),
    ),
    "pytest": (
        PYTEST,
        "a.py",
        (
            "F.\n=== short test summary info ===\nFAILED test_a.py::test_one - assert 3 == 2\n"
            "1 failed, 1 passed in 0.01s\n"
        ),
        ("test", "the test test_a.py::test_one fails: assert 3 == 2", 0, 0, Severity.ERROR),
    ),
    "jest": (
        JEST,
        "a.js",
        (
            '{"numFailedTests":1,"testResults":[{"assertionResults":[{"fullName":"one","status":"failed",'
            '"failureMessages":["Error: expected 1\\n    at x"]},'
            '{"fullName":"two","status":"passed","failureMessages":[]}]}]}'
        ),
        ("test", "the test one fails: Error: expected 1 at x", 0, 0, Severity.ERROR),
    ),
}


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_output_is_read_with_its_place_in_code_points(tmp_path: Path, name: str) -> None:
    tool, file, text, wanted = RECORDED[name]
    it = subject(tmp_path, file, SOURCE)
    shadow = tmp_path / "shadow"
    ran = Ran(1, text.replace("FILE", str(shadow / file)), "")
    (problem,) = tool.read(Output(ran, it, shadow, shadow))
    start = problem.span.start
    assert (problem.rule, problem.message, start.line, start.column, problem.severity) == wanted


@pytest.mark.parametrize(
    "tool", [tool for tool in BUILT_IN if tool.name != "python"], ids=lambda t: t.name
)
def test_a_tool_that_crashed_is_no_finding(tmp_path: Path, tool: Tool) -> None:
    ran = Ran(70, "", "internal error\n  at somewhere")
    with pytest.raises(ToolUnreadable, match="code 70: internal error"):
        tool.read(Output(ran, subject(tmp_path, "a.py", ""), tmp_path, tmp_path))


def test_a_finding_in_another_file_names_it(tmp_path: Path) -> None:
    ran = Ran(2, "b.ts(3,5): error TS2554: Expected 1 arguments, but got 0.\n", "")
    (problem,) = TSC.read(Output(ran, subject(tmp_path, "a.ts", ""), tmp_path, tmp_path))
    assert problem.message == "b.ts: Expected 1 arguments, but got 0."
    assert problem.symbol == "b.ts"


@pytest.mark.parametrize("flags", [["-I../in c"], ["-I", "../in c"], ["-isystem", "../in c"]])
async def test_a_compile_command_counts_from_its_own_folder(
    tmp_path: Path, flags: list[str]
) -> None:
    """As Meson writes it."""
    words = ["cc", *flags, "-MD", "-MF", "a.d", "-o", "a.o", "-c", "../a.c"]
    entry = {"directory": str(tmp_path / "build"), "file": "../a.c", "arguments": words}
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "compile_commands.json").write_text(json.dumps([entry]))
    (tmp_path / "in c").mkdir()
    (tmp_path / "in c" / "h.h").write_text("#define N 3\n")
    text = '#include "h.h"\nint main(void) { return N; }\n'
    (tmp_path / "a.c").write_text(text)
    it = subject(tmp_path, "a.c", text)
    found = checks_for(it, around(tmp_path), lambda _text, _language: [], lambda _name: False)
    [gcc] = [check for check in found if check.name == "gcc"]
    assert (await run_checks([gcc], it)).problems == ()
