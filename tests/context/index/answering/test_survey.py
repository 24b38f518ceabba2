"""The map of modules: what is public, where programs begin, and who imports whom in a circle."""

from pathlib import Path

import pytest

from lsp_server.context.index.answering.offered import is_program, offered_names
from lsp_server.context.index.answering.survey import find_cycles, survey
from lsp_server.context.index.messages import Survey
from tests.context.index.ranking.places import row_of, workspace_of
from tests.fixture import parse_fixture


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "a.py",
            "def open_it(): ...\ndef _own(): ...\nclass Box:\n    def member(self): ...\n",
            "open_it Box",
        ),
        (
            "a.go",
            "package a\nfunc Open() {}\nfunc own() {}\ntype Box struct{}\nfunc (b Box) M() {}\n",
            "Open Box",
        ),
        (
            "a.rs",
            "pub fn open() {}\nfn own() {}\npub(crate) struct Box;\nimpl Box { pub fn m() {} }\n",
            "open Box",
        ),
        (
            "a.ts",
            "export function open() {}\nfunction own() {}\nexport class Box { member() {} }\n",
            "open Box",
        ),
        ("a.js", "function open() {}\nmodule.exports = { open };\n", "open"),
        ("A.java", "public class A { public void method() {} }\nclass Own {}\n", "A"),
        (
            "A.cs",
            "namespace N {\n  public class A { public void M() {} }\n  class Own {}\n}\n",
            "A",
        ),
        ("a.kt", "fun open() {}\nprivate fun own() {}\nclass Box\n", "open Box"),
        ("a.c", "int open_it(void) { return 1; }\nstatic int own(void) { return 1; }\n", "open_it"),
        (
            "a.cpp",
            "namespace n {\nclass Box {};\nint open_it() { return 1; }\n}\n",
            "n Box open_it",
        ),
    ],
)
def test_a_file_offers_what_its_language_makes_public(path: str, text: str, expected: str) -> None:
    assert " ".join(offered_names(row_of(path, text))) == expected


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("cmd/main.go", "package main\nfunc main() {}\n", True),
        ("cmd/main.go", "package cmd\nfunc Main() {}\n", False),
        ("src/main.rs", "fn main() {}\n", True),
        ("src/bin/tool.rs", "fn main() {}\n", True),
        ("build.rs", "fn main() {}\n", False),
        ("a/__main__.py", "run()\n", True),
        ("a.py", "def main(): ...\n", True),
        ("a.py", "class A:\n    def main(self): ...\n", False),
        ("A.java", "class A { public static void main(String[] a) {} }\n", True),
        ("P.cs", "class P { static void Main() {} }\n", True),
        ("a.c", "int main(void) { return 0; }\n", True),
    ],
)
def test_a_program_begins_where_its_language_says(path: str, text: str, *, expected: bool) -> None:
    assert is_program(row_of(path, text)) is expected


def surveyed(root: Path, files: str) -> Survey:
    parse_fixture(files).write(root)
    return survey(workspace_of(root))


def test_manifests_name_what_packages_and_programs_begin_with(tmp_path: Path) -> None:
    found = surveyed(
        tmp_path,
        """
        //- web/package.json
        {"name": "web", "main": "dist/start.js", "bin": {"web": "./tools/run.js"}}
        //- web/src/start.ts
        export const a = 1
        //- web/tools/run.js
        start()
        //- web/src/other.ts
        export const b = 1
        //- py/pyproject.toml
        [project.scripts]
        tool = "tool.cli:run"
        //- py/src/tool/cli.py
        def run(): ...
        """,
    )
    entries = [module.path for module in found.modules if module.is_entry]
    assert entries == ["py/src/tool/cli.py", "web/src/start.ts", "web/tools/run.js"]


def test_files_of_a_go_package_are_imported_without_tests_and_other_files(tmp_path: Path) -> None:
    found = surveyed(
        tmp_path,
        """
        //- go.mod
        module x
        //- main.go
        package main
        import "x/store"
        //- store/store.go
        package store
        //- store/store_test.go
        package store
        //- store/README.md
        # Store
        """,
    )
    imports = {module.path: module.imports for module in found.modules}
    assert imports["main.go"] == ("store/store.go",)


def test_circles_are_named_but_for_tests_and_modules_of_one_crate(tmp_path: Path) -> None:
    found = surveyed(
        tmp_path,
        """
        //- a.py
        import b
        //- b.py
        import a
        //- tests/test_c.py
        from tests import test_d
        //- tests/test_d.py
        from tests import test_c
        //- src/lib.rs
        mod inner;
        //- src/inner.rs
        use crate::x;
        """,
    )
    assert found.cycles == (("a.py", "b.py"),)


def test_circles_that_meet_are_one() -> None:
    graph = {"a": ["b"], "b": ["a", "c"], "c": ["b"], "d": ["a"], "e": ["missing"]}
    assert find_cycles(graph) == [("a", "b", "c")]
