"""What manifests say of the packages of a workspace, and what their files then import."""

from pathlib import Path

import pytest

from lsp_server.context.index.resolution.manifests import read_manifests
from lsp_server.context.index.workspace import Workspace
from tests.context.index.ranking.places import workspace_of
from tests.fixture import parse_fixture

MONOREPO = r"""
    //- backend/go.mod
    module example.com/shop/backend
    //- backend/store/store.go
    package store
    //- backend/cmd/main.go
    package main
    import "example.com/shop/backend/store"
    //- backend/plugin/go.mod
    module example.com/shop/backend/plugin
    //- backend/plugin/api/api.go
    package api
    //- backend/cmd/plugged.go
    package main
    import "example.com/shop/backend/plugin/api"
    //- web/src/whole.ts
    import { Button } from "@shop/ui"
    //- web/src/deep.ts
    import { deep } from "@shop/ui/lib/deep"
    //- web/src/source.ts
    import { other } from "@shop/ui/other"
    //- web/src/exported.ts
    import { themes } from "@shop/ui/themes"
    //- web/src/plain.ts
    import { plain } from "plain"
    //- packages/ui-kit/package.json
    {
      "name": "@shop/ui",
      "main": "dist/main.js",
      "exports": {".": {"import": "./dist/main.js"}, "./themes": "./styles/all.ts"}
    }
    //- packages/ui-kit/src/main.ts
    export class Button {}
    //- packages/ui-kit/src/other.ts
    export const other = 1
    //- packages/ui-kit/lib/deep.ts
    export const deep = 1
    //- packages/ui-kit/styles/all.ts
    export const themes = 1
    //- packages/simple/package.json
    {"name": "plain"}
    //- packages/simple/index.ts
    export const plain = 1
    //- crates/price/Cargo.toml
    [package]
    name = "shop-price"
    //- crates/price/src/lib.rs
    pub struct Price;
    //- crates/price/src/tax.rs
    pub struct Tax;
    //- crates/cli/Cargo.toml
    [package]
    name = "shop"
    [lib]
    name = "shop_cli"
    path = "code/all.rs"
    //- crates/cli/code/args.rs
    pub struct Args;
    //- crates/cli/src/main.rs
    use shop_price::tax::Tax;
    //- crates/cli/src/own.rs
    use shop_cli::args::Args;
    //- crates/cli/src/standard.rs
    use price::Price;
    //- php/composer.json
    {"autoload": {"psr-4": {"App\\": "src/"}}, "autoload-dev": {"psr-4": {"App\\": ["tests/"]}}}
    //- php/src/Models/User.php
    <?php class User {}
    //- php/tests/Models/Fake.php
    <?php class Fake {}
    //- php/src/user.php
    <?php use App\Models\User;
    //- php/src/fake.php
    <?php use App\Models\Fake;
    //- net/Shop.Core/Basket/Basket.cs
    namespace Acme.Shop.Core.Basket;
    class Basket {}
    //- net/Shop.Web/Page.cs
    using Acme.Shop.Core.Basket;
"""


def imported(workspace: Workspace, path: str) -> list[str]:
    """Return the files that a file imports."""
    tables = workspace.fresh_tables()
    files = tables.file_imports[tables.file_of[path]].tolist()
    return [tables.rows[file].path for file in files]


@pytest.fixture(scope="module")
def monorepo(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("monorepo")
    parse_fixture(MONOREPO).write(root)
    return workspace_of(root)


@pytest.mark.parametrize(
    ("importer", "expected"),
    [
        ("backend/cmd/main.go", ["backend/store/store.go"]),
        ("backend/cmd/plugged.go", ["backend/plugin/api/api.go"]),
        ("web/src/whole.ts", ["packages/ui-kit/src/main.ts"]),
        ("web/src/deep.ts", ["packages/ui-kit/lib/deep.ts"]),
        ("web/src/source.ts", ["packages/ui-kit/src/other.ts"]),
        ("web/src/exported.ts", ["packages/ui-kit/styles/all.ts"]),
        ("web/src/plain.ts", ["packages/simple/index.ts"]),
        ("crates/cli/src/main.rs", ["crates/price/src/tax.rs"]),
        ("crates/cli/src/own.rs", ["crates/cli/code/args.rs"]),
        ("crates/cli/src/standard.rs", []),
        ("php/src/user.php", ["php/src/Models/User.php"]),
        ("php/src/fake.php", ["php/tests/Models/Fake.php"]),
        ("net/Shop.Web/Page.cs", ["net/Shop.Core/Basket/Basket.cs"]),
    ],
)
def test_an_import_of_another_package_is_followed(
    monorepo: Workspace, importer: str, expected: list[str]
) -> None:
    assert imported(monorepo, importer) == expected


@pytest.mark.parametrize("name", ["package.json", "Cargo.toml", "composer.json", "go.mod"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"name": 5}',
        '{"name": ""}',
        "[package]",
        "package = 1",
        "module",
        "[" * 9000,
    ],
)
def test_what_is_not_understood_says_nothing(name: str, text: str) -> None:
    assert not read_manifests([name], {name: text}.get).packages


@pytest.mark.parametrize("exports", ["5", "[]", '{".": 5}', '{"./a": {"b": {"c": [1, null]}}}'])
def test_exports_that_are_not_understood_leave_the_package(exports: str) -> None:
    text = f'{{"name": "a", "exports": {exports}}}'
    (package,) = read_manifests(["package.json"], {"package.json": text}.get).packages
    assert "src/index" in package.places(())


async def test_a_changed_manifest_is_followed(tmp_path: Path) -> None:
    parse_fixture("""
        //- use.go
        package main
        import "example.com/new"
        //- store.go
        package main
    """).write(tmp_path)
    workspace = workspace_of(tmp_path)
    assert imported(workspace, "use.go") == []
    manifest = tmp_path / "go.mod"
    manifest.write_text("module example.com/new\n")
    workspace.refresh(manifest)
    await workspace.settle()
    assert imported(workspace, "use.go") == ["store.go"]
    manifest.unlink()
    workspace.refresh(manifest)
    assert imported(workspace, "use.go") == []


def test_a_part_of_a_go_module_is_known_by_the_ends_of_its_paths(tmp_path: Path) -> None:
    parse_fixture("""
        //- use.go
        package main
        import (
            "example.com/whole/part/store"
            "errors"
        )
        //- store/store.go
        package store
        //- errors/own.go
        package errors
    """).write(tmp_path)
    assert imported(workspace_of(tmp_path), "use.go") == ["store/store.go"]


def test_the_manifest_of_a_module_that_comes_later_is_found(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path)
    parse_fixture("""
        //- new/go.mod
        module example.com/new
        //- new/store/store.go
        package store
        //- new/use.go
        package main
        import "example.com/new/store"
    """).write(tmp_path)
    for file in workspace.below(tmp_path / "new"):
        workspace.refresh(file)
    assert imported(workspace, "new/use.go") == ["new/store/store.go"]
