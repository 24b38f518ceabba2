"""Installed packages: found where each language's tools put them, and nothing besides."""

import os
import shutil
from pathlib import Path

import pytest

from lsp_server.common.languages import language_of_path
from lsp_server.context.index.answering.seek import seek
from lsp_server.context.index.dependencies import store
from lsp_server.context.index.dependencies.declarations import declared
from lsp_server.context.index.dependencies.places import Homes
from lsp_server.context.index.dependencies.rust import locked
from lsp_server.context.index.dependencies.script import sites
from lsp_server.context.index.dependencies.store import Dependencies
from lsp_server.context.index.messages import Plan, Seek
from lsp_server.context.index.reading.rows import read_row
from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.workspace import Workspace
from tests.fixture import parse_fixture

SITE = ".venv/lib/python3.12/site-packages"
PYTHON = f"""
    //- app.py
    from shop import Basket
    def f(x: Basket):
        x.$0
    //- {SITE}/shop/__init__.py
    from ._basket import *
    //- {SITE}/shop/_basket.py
    from .base import Store
    from .unasked import Nothing
    class Basket(Store):
        def total(self) -> int: ...
        def _secret(self): ...
    //- {SITE}/shop/base.py
    class Store:
        def load(self, name: str) -> None: ...
    //- {SITE}/shop/unasked.py
    class Nothing: ...
    //- {SITE}/other/__init__.py
    class Basket: ...
"""
STUBS = f"""
    //- app.py
    import shop
    def f(x: shop.Basket):
        x.$0
    //- {SITE}/shop/__init__.py
    class Basket:
        def total(self): ...
    //- {SITE}/shop-stubs/__init__.pyi
    class Basket:
        def total(self) -> Stubbed: ...
"""
NODE = """
    //- app.ts
    import { Client } from "@me/client";
    import { parse } from "plain";
    const x = new Client();
    x.$0
    //- node_modules/@me/client/package.json
    {"exports": {".": {"import": {"types": "./dist/main.d.ts"}}}}
    //- node_modules/@me/client/dist/main.d.ts
    export * from "./inner.js";
    //- node_modules/@me/client/dist/inner.d.ts
    export declare class Client {
        total(name: string): number;
        private hidden(): void;
    }
    //- node_modules/@types/plain/package.json
    {"types": "index.d.ts"}
    //- node_modules/@types/plain/index.d.ts
    export declare function parse(text: string): Client;
"""
GO = """
    //- go.mod
    module example.com/app
    require github.com/Shop/kit v1.2.0
    //- main.go
    package main
    import "github.com/Shop/kit/basket"
    func f(x *basket.Basket) {
        x.$0
    }
    //- home/mod/github.com/!shop/kit@v1.2.0/basket/basket.go
    package basket
    type Basket struct{}
    func (b *Basket) Total() int { return 0 }
    func (b *Basket) hidden() {}
    //- home/mod/github.com/!shop/kit@v1.2.0/basket/basket_test.go
    package basket
    func Tested() {}
"""
RUST = """
    //- Cargo.lock
    [[package]]
    name = "shop-kit"
    version = "1.2.0"
    source = "registry"
    //- src/main.rs
    use shop_kit::Basket;
    fn f(x: &Basket) {
        x.$0
    }
    //- home/cargo/registry/src/index-1/shop-kit-1.2.0/src/lib.rs
    mod basket;
    mod unasked;
    pub use basket::Basket;
    //- home/cargo/registry/src/index-1/shop-kit-1.2.0/src/basket.rs
    pub struct Basket {}
    impl Basket {
        pub fn total(&self) -> u8 { 0 }
        fn hidden(&self) {}
    }
    //- home/cargo/registry/src/index-1/shop-kit-1.2.0/src/unasked.rs
    pub struct Nothing {}
"""
MODULES = NODE.replace("main.d.ts", "main.d.mts").replace("inner.d.ts", "inner.d.mts")
ALL = {"python": PYTHON, "stubs": STUBS, "node": NODE, "modules": MODULES, "go": GO, "rust": RUST}


def opened(root: Path, fixture_text: str) -> tuple[Workspace, Seek]:
    fixture = parse_fixture(fixture_text)
    fixture.write(root)
    own = Path(fixture.active)
    language = language_of_path(own).name
    workspace = Workspace((root,), WalkLimits())
    homes = Homes(go_modules=(root / "home/mod",), cargo=(root / "home/cargo",))
    workspace.dependencies = Dependencies((root,), homes)
    text = fixture.files[fixture.active]
    workspace.add(fixture.active, language, text.encode())
    plan = Plan(2000, 0, 0, {})
    cursor = fixture.place(root).offset
    return workspace, Seek(str(own), language, text, cursor, (0, 99), (plan,))


def prompt_of(root: Path, fixture_text: str) -> str:
    workspace, wanted = opened(root, fixture_text)
    row = read_row(wanted.path, wanted.language, wanted.text.encode())
    workspace.dependencies.ask(row)
    while workspace.dependencies.is_behind:
        workspace.dependencies.read_next()
    pieces = seek(workspace, wanted).pieces
    return "".join(f"{piece.path}: {piece.why}\n{piece.text}" for piece in pieces)


@pytest.mark.parametrize("name", ALL)
def test_members_of_an_installed_type_are_shown_with_their_source(
    tmp_path: Path, name: str
) -> None:
    prompt = prompt_of(tmp_path, ALL[name])
    assert "otal(" in prompt
    assert "installed package: has members of" in prompt


@pytest.mark.parametrize("name", ["python", "node", "go", "rust"])
def test_what_a_package_keeps_to_itself_is_not_shown(tmp_path: Path, name: str) -> None:
    prompt = prompt_of(tmp_path, ALL[name])
    assert "hidden" not in prompt
    assert "_secret" not in prompt
    assert "Tested" not in prompt


def test_bases_are_followed_and_nothing_is_read_that_nobody_names(tmp_path: Path) -> None:
    workspace, wanted = opened(tmp_path, PYTHON)
    workspace.dependencies.ask(read_row("app.py", "python", wanted.text.encode()))
    while workspace.dependencies.is_behind:
        workspace.dependencies.read_next()
    tables = workspace.dependencies.tables()
    assert tables is not None
    names = {Path(row.path).name for row in tables.rows}
    assert names == {"__init__.py", "_basket.py", "base.py"}
    assert {item.name for item in tables.definitions} >= {"load", "total"}


def test_a_stub_comes_before_the_source(tmp_path: Path) -> None:
    assert "-> Stubbed" in prompt_of(tmp_path, STUBS)


def test_a_link_out_of_the_packages_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("class Basket:\n    def total(self): ...\n")
    root = tmp_path / "root"
    parse_fixture(PYTHON).write(root)
    inside = root / SITE / "shop/_basket.py"
    inside.unlink()
    inside.symlink_to(outside)
    workspace = Workspace((root,), WalkLimits())
    workspace.dependencies.ask(read_row("app.py", "python", b"from shop import Basket\n"))
    while workspace.dependencies.is_behind:
        workspace.dependencies.read_next()
    tables = workspace.dependencies.tables()
    assert tables is None or "total" not in tables.names


def test_an_environment_that_is_a_link_is_not_entered(tmp_path: Path) -> None:
    elsewhere, root = tmp_path / "elsewhere", tmp_path / "root"
    parse_fixture(PYTHON).write(elsewhere)
    root.mkdir()
    (root / ".venv").symlink_to(elsewhere / ".venv")
    workspace = Workspace((root,), WalkLimits())
    workspace.dependencies.ask(read_row("app.py", "python", b"from shop import Basket\n"))
    assert not workspace.dependencies.is_behind


@pytest.mark.parametrize(
    ("manifest", "rest", "expected"),
    [
        ({"types": "./lib/a.d.ts"}, "", ["lib/a.d.ts"]),
        ({"main": "lib/a.js"}, "", ["lib/a.d.ts"]),
        ({"exports": {"./sub": {"types": "./sub.d.ts"}}}, "sub", ["sub.d.ts"]),
        ({"types": "../../../secret.d.ts"}, "", []),
        ({"exports": "./a.js"}, "", ["a.d.ts"]),
        ({"exports": [{"types": "./a.d.cts"}, "./b.js"]}, "", ["a.d.cts", "b.d.ts"]),
        ({"types": "a.d.cts"}, "", ["a.d.cts"]),
        ({"main": "lib/a.cjs"}, "", ["lib/a.d.cts", "lib/a.d.ts"]),
        ({"main": "lib"}, "", ["lib.d.ts", "lib/index.d.ts"]),
        ({"exports": {".": {"import": "./a.mjs"}}}, "", ["a.d.mts", "a.d.ts"]),
        ({"exports": {"./*": "./lib/*.js"}}, "a/b", ["lib/a/b.d.ts"]),
        (
            {"exports": {"./*": "./lib/*.js", "./a/*": {"types": "./*.d.ts"}}},
            "a/sub",
            ["sub.d.ts"],
        ),
        ({"exports": {"./*": "./lib/*.js"}}, "", []),
        ({"exports": {"./*": "./*/../../secret.js"}}, "a", []),
    ],
)
def test_a_manifest_says_where_declarations_are(
    manifest: dict[str, object], rest: str, expected: list[str]
) -> None:
    assert declared(manifest, rest) == expected


async def test_what_takes_longer_is_read_behind_the_answer(tmp_path: Path) -> None:
    workspace, wanted = opened(tmp_path, PYTHON)
    row = read_row("app.py", "python", wanted.text.encode())
    await workspace.dependencies.load_for(row, 0.0)
    assert workspace.dependencies.is_behind
    await workspace.dependencies.load_for(row, 60.0)
    assert not workspace.dependencies.is_behind


def names_read(workspace: Workspace, *sources: tuple[str, str, str]) -> set[str]:
    for path, language, text in sources:
        workspace.dependencies.ask(read_row(path, language, text.encode()))
        while workspace.dependencies.is_behind:
            workspace.dependencies.read_next()
    tables = workspace.dependencies.tables()
    return {item.name for item in tables.definitions} if tables is not None else set()


def test_each_file_is_shown_what_it_names_of_a_package_that_another_named_before(
    tmp_path: Path,
) -> None:
    parse_fixture(PYTHON).write(tmp_path)
    workspace = Workspace((tmp_path,), WalkLimits())
    first = ("a.py", "python", "from shop import Basket\n")
    assert "Nothing" not in names_read(workspace, first)
    second = ("b.py", "python", "from shop import Basket, Nothing\n")
    assert {"Basket", "Nothing"} <= names_read(workspace, second)


def test_a_search_that_was_long_takes_nothing_from_the_next(tmp_path: Path) -> None:
    site = tmp_path / SITE
    for number in range(90):
        (site / f"p{number}").mkdir(parents=True)
        (site / f"p{number}/__init__.py").write_text(f"class C{number}: ...\n")
    workspace = Workspace((tmp_path,), WalkLimits())
    first = ("a.py", "python", "".join(f"import p{number}\n" for number in range(85)))
    assert "C84" not in names_read(workspace, first)
    for number in range(84, 90):
        assert f"C{number}" in names_read(
            workspace, (f"{number}.py", "python", f"import p{number}\n")
        )


@pytest.mark.parametrize(
    ("text", "link"),
    [(PYTHON, ".venv/lib"), (PYTHON, SITE), (NODE, "node_modules"), (GO, "vendor")],
)
def test_folders_of_packages_that_are_links_out_of_the_root_are_not_entered(
    tmp_path: Path, text: str, link: str
) -> None:
    elsewhere, root = tmp_path / "elsewhere", tmp_path / "root"
    workspace, wanted = opened(root, text)
    parse_fixture(text.replace("home/mod", "unknown")).write(elsewhere)
    (elsewhere / "vendor/github.com/Shop/kit/basket").mkdir(parents=True)
    (elsewhere / "vendor/github.com/Shop/kit/basket/b.go").write_text(
        "package b\nfunc Total() {}\n"
    )
    if (root / link).exists():
        shutil.rmtree(root / link)
    shutil.rmtree(root / "home", ignore_errors=True)
    (root / link).symlink_to(elsewhere / link)
    assert not names_read(workspace, (wanted.path, wanted.language, wanted.text))


@pytest.mark.parametrize("content", ['package = ["x"]', f"a = {'1' * 5000}", "package = 3", "["])
def test_a_lock_file_that_makes_no_sense_names_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "Cargo.lock").write_text(content)
    assert locked([tmp_path]) == {}


def test_a_folder_that_may_not_be_listed_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: object) -> object:
        raise PermissionError

    (tmp_path / "packages").mkdir()
    monkeypatch.setattr("os.scandir", refused)
    monkeypatch.setattr("os.listdir", refused)
    assert sites([tmp_path]) == []


@pytest.mark.parametrize(
    ("name", "text", "folder"),
    [("app.py", PYTHON, SITE), ("app.ts", NODE, "node_modules"), ("main.go", GO, "go.mod")],
)
def test_packages_that_are_installed_later_are_found(
    tmp_path: Path, name: str, text: str, folder: str
) -> None:
    workspace, wanted = opened(tmp_path, text)
    own = (name, wanted.language, wanted.text)
    (tmp_path / folder).rename(tmp_path / "away")
    if folder == SITE:
        (tmp_path / SITE).mkdir()
    assert not names_read(workspace, own)
    if folder == SITE:
        (tmp_path / SITE).rmdir()
    (tmp_path / "away").rename(tmp_path / folder)
    os.utime(tmp_path / folder, (1, 1))
    assert {"total", "Total"} & names_read(workspace, own)


PNPM = """
    //- packages/web/app.ts
    import { Client } from "client";
    //- node_modules/.pnpm/client@1.0.0/node_modules/client/package.json
    {"types": "main.d.ts"}
    //- node_modules/.pnpm/client@1.0.0/node_modules/client/main.d.ts
    export * from "base";
    export declare class Client {
        total(): number;
    }
    //- node_modules/.pnpm/base@2.0.0/node_modules/base/package.json
    {"types": "base.d.ts"}
    //- node_modules/.pnpm/base@2.0.0/node_modules/base/base.d.ts
    export { b as Base } from "./chunk.js";
    //- node_modules/.pnpm/base@2.0.0/node_modules/base/chunk.d.ts
    declare class Base {
        load(): void;
    }
    export { Base as b };
    //- packages/own/package.json
    {"types": "own.d.ts"}
    //- packages/own/own.d.ts
    export declare class Own {}
"""
WEB = ("packages/web/app.ts", "typescript", 'import { Client, Base } from "client";\n')


def with_pnpm_links(root: Path) -> Workspace:
    parse_fixture(PNPM).write(root)
    kept = root / "node_modules/.pnpm"
    site = root / "packages/web/node_modules"
    site.mkdir()
    (site / "client").symlink_to(kept / "client@1.0.0/node_modules/client")
    (site / "own").symlink_to(root / "packages/own")
    beside = kept / "client@1.0.0/node_modules/base"
    beside.symlink_to(kept / "base@2.0.0/node_modules/base")
    return Workspace((root,), WalkLimits())


def test_links_into_the_store_of_pnpm_are_followed_and_what_those_packages_need(
    tmp_path: Path,
) -> None:
    assert names_read(with_pnpm_links(tmp_path), WEB) >= {"Client", "total", "Base", "load"}


def test_a_package_of_the_workspace_that_is_linked_is_not_read_twice(tmp_path: Path) -> None:
    own = ("packages/web/a.ts", "typescript", 'import { Own } from "own";\n')
    assert not names_read(with_pnpm_links(tmp_path), own)


def test_a_package_that_is_a_link_out_of_the_workspace_is_not_read(tmp_path: Path) -> None:
    root, away = tmp_path / "root", tmp_path / "away"
    workspace = with_pnpm_links(root)
    (root / "node_modules/.pnpm/client@1.0.0").rename(away)
    link = root / "packages/web/node_modules/client"
    link.unlink()
    link.symlink_to(away / "node_modules/client")
    assert not names_read(workspace, WEB)


def test_a_package_of_a_scope_that_is_installed_later_is_found(tmp_path: Path) -> None:
    workspace, wanted = opened(tmp_path, NODE)
    own = (wanted.path, wanted.language, wanted.text)
    scope = tmp_path / "node_modules/@me"
    (scope / "client").rename(tmp_path / "away")
    assert "total" not in names_read(workspace, own)
    before = (tmp_path / "node_modules").stat().st_mtime_ns
    (tmp_path / "away").rename(scope / "client")
    os.utime(scope, (1, 1))
    assert (tmp_path / "node_modules").stat().st_mtime_ns == before
    assert "total" in names_read(workspace, own)


@pytest.mark.parametrize(
    ("text", "folder"),
    [(GO, "home/mod/github.com"), (RUST, "home/cargo/registry/src/index-1/shop-kit-1.2.0")],
)
def test_what_is_downloaded_after_the_lock_file_changed_is_found(
    tmp_path: Path, text: str, folder: str
) -> None:
    workspace, wanted = opened(tmp_path, text)
    own = (wanted.path, wanted.language, wanted.text)
    (tmp_path / folder).rename(tmp_path / "away")
    assert not names_read(workspace, own)
    (tmp_path / "away").rename(tmp_path / folder)
    os.utime((tmp_path / folder).parent, (1, 1))
    assert {"total", "Total"} & names_read(workspace, own)


async def test_a_large_file_of_a_package_is_parsed_by_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> object:
        raise AssertionError

    workspace, wanted = opened(tmp_path, PYTHON)
    large = "".join(f"    def m{number}(self, name: str) -> int: ...\n" for number in range(2000))
    (tmp_path / SITE / "shop/__init__.py").write_text(f"class Basket:\n{large}")
    row = read_row("app.py", "python", wanted.text.encode())
    monkeypatch.setattr(store, "read_text", refused)
    await workspace.dependencies.load_for(row, 60.0)
    tables = workspace.dependencies.tables()
    assert tables is not None
    assert "m1999" in {item.name for item in tables.definitions}


def test_declarations_on_one_long_line_are_read(tmp_path: Path) -> None:
    parse_fixture(NODE).write(tmp_path)
    names = ", ".join(f"a{number} as Name{number}" for number in range(200))
    main = tmp_path / "node_modules/@me/client/dist/main.d.ts"
    main.write_text(f"export {{ {names}, c as Client }} from './inner.js';\n")
    own = ("app.ts", "typescript", 'import { Client } from "@me/client";\n')
    assert "total" in names_read(Workspace((tmp_path,), WalkLimits()), own)
