"""What tsconfig.json says of imports, and the files that they then mean."""

from pathlib import Path

import pytest

from lsp_server.common.files import read_plain_file
from lsp_server.context.index.reading.rows import read_row
from lsp_server.context.index.resolution.manifests import Manifests
from lsp_server.context.index.resolution.modules import Modules
from lsp_server.context.index.resolution.script_paths import read_script_paths
from lsp_server.context.index.walk import WalkLimits
from lsp_server.context.index.workspace import Workspace

FILES = {
    "tsconfig.base.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@lib/*": ["libs/*"]}}}',
    "app/tsconfig.json": """{
        // One level up.
        "extends": "../tsconfig.base",
        "compilerOptions": {
            "baseUrl": "./src", /* "//" in a text is none: */ "rootDir": "a//b",
            "paths": {"@/*": ["missing/*", "*"], "@/exact": ["deep/exact.ts"],},
        },
    }""",
    "web/jsconfig.json": '{"extends": ["../tsconfig.base.json"]}',
}
PATHS = (
    "app/src/user.service.ts",
    "app/src/user.ts",
    "app/src/deep/exact.ts",
    "app/src/deep/index.ts",
    "app/src/use.ts",
    "libs/shape.ts",
    "web/use.ts",
    "other/deep.ts",
)


@pytest.mark.parametrize(
    ("path", "module", "expected"),
    [
        ("app/src/use.ts", "@/user.service", "app/src/user.service.ts"),
        ("app/src/use.ts", "@/user.js", "app/src/user.ts"),
        ("app/src/use.ts", "@/exact", "app/src/deep/exact.ts"),
        ("app/src/use.ts", "@/deep", "app/src/deep/index.ts"),
        ("app/src/use.ts", "deep/exact", "app/src/deep/exact.ts"),
        ("app/src/use.ts", "./user.service", "app/src/user.service.ts"),
        ("app/src/use.ts", "./user", "app/src/user.ts"),
        ("web/use.ts", "@lib/shape", "libs/shape.ts"),
    ],
)
def test_an_import_means(path: str, module: str, expected: str) -> None:
    read = [read_script_paths(name, FILES.get) for name in FILES]
    modules = Modules(PATHS, Manifests((), [one for one in read if one is not None]))
    row = read_row(path, "typescript", f'import {{ A }} from "{module}";'.encode())
    assert modules.imported_by(row) == [(expected, ("A",))]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "{}",
        '{"compilerOptions": 5}',
        '{"compilerOptions": {"paths": {"a": 1}}}',
        '{"extends": "./tsconfig.json"}',
        "[" * 5000,
        '"\\"' * 9000,
        "/*" * 9000,
    ],
)
def test_what_is_not_understood_says_nothing(text: str) -> None:
    assert read_script_paths("tsconfig.json", {"tsconfig.json": text}.get) is None


def test_the_workspace_reads_it_and_no_file_outside(tmp_path: Path) -> None:
    root = tmp_path / "root"
    outside = tmp_path / "tsconfig.json"
    outside.write_text('{"compilerOptions": {"paths": {"~/*": ["src/*"]}}}')
    for name, text in {
        "tsconfig.json": '{"compilerOptions": {"paths": {"~/*": ["src/*"]}}}',
        "sub/tsconfig.json": '{"extends": "../../tsconfig.json"}',
        "src/a.ts": "export class A {}\n",
        "src/use.ts": 'import { A } from "~/a";\n',
        "sub/use.ts": 'import { A } from "~/a";\n',
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    workspace = Workspace((root,), WalkLimits())
    workspace.take(
        [
            read_row(one.key, one.language, read_plain_file(one.path, 9999))
            for one in workspace.sources()
        ]
    )
    tables = workspace.fresh_tables()
    targets = [
        [tables.rows[file].path for file in tables.file_imports[tables.file_of[name]].tolist()]
        for name in ("src/use.ts", "sub/use.ts")
    ]
    assert targets[0] == ["src/a.ts"]
    assert [one.folder for one in workspace.builder.manifests.script_paths] == [""]
