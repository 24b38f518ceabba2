"""The map of modules: what is public, where programs begin, and who imports whom in a circle."""

from pathlib import Path

import pytest

from lsp_server.context.index.answering.survey import find_cycles, survey
from lsp_server.context.index.messages import Module, Survey
from lsp_server.context.index.ranking.building import finished
from tests.context.index.ranking.places import workspace_of
from tests.fixture import parse_fixture


def surveyed(root: Path, files: str) -> Survey:
    parse_fixture(files).write(root)
    return finished(survey(workspace_of(root)))


def only_module(root: Path, path: str, text: str) -> Module:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    (module,) = finished(survey(workspace_of(root))).modules
    return module


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
            "a.py",
            "__all__ = ['b', '_c'] + [\"d\"]\n__all__ += ('e',)\nclass Own: ...\n",
            "b _c d e",
        ),
        ("a.py", "__all__ = [*names(), 'b']\ndef open_it(): ...\n", "open_it b"),
        ("a.py", "TEXT = '''\n__all__ = ['b']\n'''\ndef open_it(): ...\n", "open_it TEXT"),
        (
            "a.ts",
            "export const one = 1\nconst a = 1, b = 2\nexport { a, b as bee, type C }\n",
            "one a bee C",
        ),
        ("a.ts", "class Own {}\nfunction make() {}\nexport default make\n", "make"),
        ("a.ts", "export default { a: 1 }\n", "default"),
        ("a.ts", "import x from 'x'\nfunction own() {}\nown()\n", ""),
        ("a.ts", "function own() {}\nexport {}\n", ""),
        (
            "a.js",
            "const one = 1\nmodule.exports = { one, two: one, four() {} }\nexports.three = 3\n",
            "three one two four",
        ),
        ("a.js", "class Box {}\nfunction own() {}\nmodule.exports = Box\n", "Box"),
        ("page.js", "function open() {}\n", "open"),
        (
            "a.cpp",
            "namespace n {\nclass Box {};\nint open_it() { return 1; }\n}\n",
            "n Box open_it",
        ),
    ],
)
def test_a_file_offers_what_its_language_makes_public(
    tmp_path: Path, path: str, text: str, expected: str
) -> None:
    assert " ".join(only_module(tmp_path, path, text).names) == expected


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
        ("a.py", "if __name__ == '__main__':\n    run()\n", True),
        ("a.py", "TEXT = '''\nif __name__ == '__main__':\n    run()\n'''\n", False),
        ("src/lib.rs", "pub fn open() {}\n", True),
        ("a.py", "class A:\n    def main(self): ...\n", False),
        ("A.java", "class A { public static void main(String[] a) {} }\n", True),
        ("P.cs", "class P { static void Main() {} }\n", True),
        ("a.c", "int main(void) { return 0; }\n", True),
    ],
)
def test_a_program_begins_where_its_language_says(
    tmp_path: Path, path: str, text: str, *, expected: bool
) -> None:
    assert only_module(tmp_path, path, text).is_entry is expected


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
        //- poems/pyproject.toml
        [tool.poetry.scripts]
        write = "poems.pen:write"
        read = { reference = "poems.eye:read", type = "console" }
        //- poems/console.py
        LINES = 80
        //- poems/poems/pen.py
        def write(): ...
        //- poems/poems/eye.py
        def read(): ...
        //- rust/Cargo.toml
        [lib]
        path = "core/shop.rs"
        [[bin]]
        name = "sell"
        path = "core/sell.rs"
        //- rust/core/shop.rs
        pub mod wares;
        //- rust/core/sell.rs
        fn main() {}
        """,
    )
    entries = [module.path for module in found.modules if module.is_entry]
    assert entries == [
        *("poems/poems/eye.py", "poems/poems/pen.py", "py/src/tool/cli.py"),
        *("rust/core/sell.rs", "rust/core/shop.rs", "web/src/start.ts", "web/tools/run.js"),
    ]


def names_of(found: Survey, path: str) -> str:
    (module,) = (module for module in found.modules if module.path == path)
    return " ".join(module.names)


def test_a_python_package_offers_what_it_takes_from_its_own_modules(tmp_path: Path) -> None:
    found = surveyed(
        tmp_path,
        """
        //- shop/__init__.py
        from . import tools
        from .basket import Basket as Bag, _count
        from shop.wares import *
        import os
        from other import Thing
        def __getattr__(name): ...
        def open_shop(): ...
        //- shop/basket.py
        class Basket: ...
        def _count(): ...
        //- shop/tools.py
        from .basket import Basket
        from .wares import Cup as Cup
        //- shop/wares.py
        __all__ = ["Cup", "_Saucer"]
        class Cup: ...
        class Pot: ...
        //- other/__init__.py
        from shop import Bag
        //- other/thing.py
        class Thing: ...
        """,
    )
    assert names_of(found, "shop/__init__.py") == "open_shop tools Bag Cup _Saucer"
    assert names_of(found, "shop/tools.py") == "Cup"
    assert names_of(found, "other/__init__.py") == "Bag"


def test_a_barrel_offers_what_it_hands_on_but_for_defaults(tmp_path: Path) -> None:
    found = surveyed(
        tmp_path,
        """
        //- src/index.ts
        export * from './a'
        export * as tools from './tools'
        export { inner as outer, default as Main } from './b'
        //- src/a.ts
        export default class Own {}
        export const one = 1
        export * from './b'
        export * from './index'
        //- src/b.ts
        export interface Two {}
        export default function main() {}
        const inner = 1
        export { inner }
        //- src/tools.ts
        export const cut = 1
        //- src/old.js
        module.exports = require('./tools')
        """,
    )
    assert names_of(found, "src/index.ts") == "tools outer Main one Two inner"
    assert names_of(found, "src/a.ts") == "Own one Two inner tools outer Main"
    assert names_of(found, "src/old.js") == "cut"


def test_a_crate_offers_what_it_uses_in_public(tmp_path: Path) -> None:
    found = surveyed(
        tmp_path,
        """
        //- Cargo.toml
        [package]
        name = "shop"
        //- src/lib.rs
        mod basket;
        pub mod wares;
        pub use basket::{Basket as Bag, Handle};
        pub use crate::basket::inner::{self};
        pub use wares::*;
        use basket::Own;
        //- src/basket.rs
        pub struct Basket;
        //- src/wares.rs
        pub struct Cup;
        struct Pot;
        """,
    )
    assert names_of(found, "src/lib.rs") == "wares Bag Handle inner Cup"


def test_no_name_is_left_out_of_a_large_file(tmp_path: Path) -> None:
    text = "".join(f"class A{number}: ...\n" for number in range(90))
    assert len(only_module(tmp_path, "a.py", text).names) == 90


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
