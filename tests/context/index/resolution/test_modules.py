"""Which files imports mean, and which they never do."""

from pathlib import Path

import pytest

from lsp_server.common.languages import language_of_path
from lsp_server.context.index.reading.rows import FileRow, read_row
from lsp_server.context.index.resolution.manifests import Entry, Manifests
from lsp_server.context.index.resolution.modules import Modules


def meant(use: FileRow, *paths: str) -> list[str]:
    modules = Modules((*paths, use.path))
    return sorted({path for path, _ in modules.imported_by(use)} - {use.path})


def using(path: str, statement: str) -> FileRow:
    return read_row(path, language_of_path(Path(path)).name, statement.encode())


@pytest.mark.parametrize(
    ("path", "statement", "others", "own"),
    [
        ("use.py", "import sphinx", ["locale/de/sphinx.js", "sphinx.rs"], ["sphinx/__init__.py"]),
        ("use.py", "import calendar", ["static/calendar.js"], []),
        ("app/use.py", "from . import app", ["app/app.go", "app/app.js"], ["app/app.py"]),
        ("use.py", "import app", ["go/cmd/app/main.go"], ["app.pyi"]),
        ("use.c", '#include "util.h"', ["util.rs", "util.py"], ["util.c", "util.h"]),
        ("use.cpp", '#include "util.hpp"', ["util.ts"], ["src/util.hpp"]),
        ("use.ts", 'import { a } from "./util";', ["util.py", "util.json"], ["util.js"]),
        ("use.ts", 'import a from "./data.json";', ["data.ts", "data.py"], ["data.json"]),
        ("use.ts", 'import a from "@shop/basket";', ["basket.py"], ["src/shop/basket.ts"]),
        ("src/main.rs", "use crate::util::Thing;", ["src/util.py"], ["src/util.rs"]),
        ("Use.java", "import shop.Basket;", ["shop/Basket.cs"], ["shop/Basket.kt"]),
        ("use.rb", 'require "shop/basket"', ["shop/basket.py"], ["lib/shop/basket.rb"]),
        ("use.lua", 'local b = require("basket")', ["basket.js"], ["basket.lua"]),
    ],
)
def test_an_import_means_files_of_its_own_languages(
    path: str, statement: str, others: list[str], own: list[str]
) -> None:
    found = meant(using(path, statement), *others, *own)
    assert set(found) <= set(own)
    if statement != 'import a from "@shop/basket";':
        assert found == own


@pytest.mark.parametrize(
    ("path", "statement", "others"),
    [
        ("use.ts", 'import path from "path";', ["src/util/path.ts"]),
        ("use.ts", 'import { readFile } from "fs/promises";', ["promises.ts", "fs/promises.ts"]),
        ("use.js", 'const url = require("node:url");', ["src/url.js"]),
        ("use.js", 'import icons from "virtual:icons/promises";', ["promises.js"]),
        ("use.c", "#include <string.h>", ["src/string.c", "my_string.h"]),
        ("use.c", "#include <sys/types.h>", ["types.h", "src/types.h"]),
        ("use.cpp", "#include <vector>", ["src/vector.cpp", "vector.h"]),
    ],
)
def test_what_the_system_brings_is_no_file(path: str, statement: str, others: list[str]) -> None:
    assert meant(using(path, statement), *others) == []


@pytest.mark.parametrize(
    ("statement", "own"),
    [
        ("#include <proj/util.h>", "include/proj/util.h"),
        ("#include <zlib.h>", "zlib.h"),
        ('#include "proto/shop.pb.h"', "proto/shop.pb.h"),
        ('#include "../util.h"', "src/util.h"),
    ],
)
def test_a_header_is_found_by_the_end_of_its_path(statement: str, own: str) -> None:
    assert meant(using("src/use.c", statement), "proto/shop.h", own) == [own]


def test_a_module_named_like_one_of_the_runtime_is_found_beside_the_file() -> None:
    use = using("src/use.ts", 'import { join } from "./path";')
    assert meant(use, "src/path.ts") == ["src/path.ts"]


def test_an_entry_is_a_file_of_its_manifests_language() -> None:
    paths = ("tool/cli.js", "tool/cli.py")
    for family, expected in (("python", "tool/cli.py"), ("script", "tool/cli.js")):
        modules = Modules(paths, Manifests(entries=(Entry(family, ("tool/cli",)),)))
        assert modules.entries == {expected}


@pytest.mark.parametrize(
    ("path", "statement", "others", "own"),
    [
        (
            "src/main/java/q/Use.java",
            "import p.*;",
            ["src/main/java/x/p/Other.java", "src/main/java/pp/No.java"],
            ["src/main/java/p/Foo.java", "src/main/kotlin/p/Bar.kt"],
        ),
        ("q/Use.kt", "import com.shop.*", ["com/Other.kt"], ["app/src/com/shop/Foo.kt"]),
        ("web/use.ts", 'const l = await import("./lib");', ["lib.ts"], ["web/lib.ts"]),
        ("web/use.js", 'const P = lazy(() => import("./page"));', ["page.js"], ["web/page.js"]),
        ("bin/use.sh", '. "$(dirname "$0")/x.sh"', ["x.sh", "lib/x.sh"], ["bin/x.sh"]),
        ("bin/use.sh", 'source "${BASH_SOURCE%/*}/../lib/x.sh"', ["bin/x.sh"], ["lib/x.sh"]),
        ("bin/use.sh", 'source "$ROOT/lib/x.sh"', ["bin/x.sh"], ["lib/x.sh"]),
        ("bin/use.sh", ". ./lib/x.sh", ["bin/x.sh", "lib/x.bash"], ["lib/x.sh"]),
        ("bin/use.sh", "source ~/.profile", ["bin/x.sh"], []),
        ("web/use.php", '<?php require __DIR__ . "/inc/x.php";', ["x.php"], ["web/inc/x.php"]),
        (
            "web/use.php",
            "<?php require_once dirname(__FILE__) . '/x.php';",
            ["x.php"],
            ["web/x.php"],
        ),
        ("web/use.php", "<?php include dirname(__DIR__) . '/x.php';", ["web/x.php"], ["x.php"]),
        ("web/use.php", "<?php include 'inc/x.php';", ["x.inc.php"], ["web/inc/x.php"]),
    ],
)
def test_a_path_or_package_in_a_statement_means_its_files(
    path: str, statement: str, others: list[str], own: list[str]
) -> None:
    assert meant(using(path, statement), *others, *own) == own
