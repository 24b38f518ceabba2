from pathlib import Path

import pytest

from lsp_server.checks.imports.check import import_check
from lsp_server.checks.runner import run_checks
from tests.checks.support import around, fingerprint, subject
from tests.fixture import parse_fixture

# Each active file imports what exists, and in the end what is invented.
PROJECTS = {
    "python": (
        """
        //- pyproject.toml
        [project]
        dependencies = ["PyYAML>=6", "declared-only"]
        //- src/pkg/util.py

        //- src/pkg/a.py
        import os, sys
        import yaml, pytest
        from pkg.util import x
        from . import util
        import declared_only
            from json import loads
        import invented_package.deep$0
        """,
        ["invented_package.deep"],
    ),
    "typescript": (
        """
        //- package.json
        {"name": "me", "dependencies": {"react": "19"}, "devDependencies": {"@types/lodash": "1"}}
        //- tsconfig.json
        {"compilerOptions": {"paths": {"@/*": ["src/*"]}}}
        //- node_modules/@scope/there/index.js

        //- src/lib/index.ts

        //- src/b.ts

        //- src/a.ts
        import fs from "node:fs";
        import path from 'path';
        import React from "react";
        import _ from "lodash";
        import {x} from "@scope/there/deep";
        import {b} from "./b.js";
        import lib from "./lib";
        import c from "@/c";
        const d = require("./missing");
        import e from "invented";
        import f from "@scope/invented/deep";$0
        """,
        ["./missing", "invented", "@scope/invented/deep"],
    ),
    "go": (
        """
        //- go.mod
        module example.org/me

        require (
        TABgithub.com/there/lib v1.2.3
        )
        //- inner/b.go

        //- a.go
        package a

        import (
        TAB"fmt"
        TAB"net/http"
        TAB"example.org/me/inner"
        TAB"github.com/there/lib/deep"
        TAB"example.org/me/missing"
        TAB"github.com/invented/lib"
        )
        $0
        """,
        ["example.org/me/missing", "github.com/invented/lib"],
    ),
    "rust": (
        """
        //- Cargo.toml
        [package]
        name = "my-crate"
        [dependencies]
        serde-json = "1"
        [target.'cfg(unix)'.dependencies]
        libc = "0.2"
        //- src/util.rs

        //- src/a.rs
        use std::fmt;
        use crate::x::Y;
        use my_crate::z;
        use serde_json::Value;
        pub use libc::c_int;
        use util::w;
        mod inner {}
        use inner::v;
        use invented::V;$0
        """,
        ["invented"],
    ),
    "java": (
        """
        //- pom.xml
        <dependency><groupId>com.google.guava</groupId></dependency>
        //- src/main/java/org/me/util/B.java

        //- src/main/java/org/me/A.java
        package org.me;
        import java.util.List;
        import org.me.util.B;
        import static com.google.common.base.Preconditions.checkNotNull;
        import net.invented.Thing;$0
        """,
        ["net.invented.Thing"],
    ),
}


@pytest.mark.parametrize("name", PROJECTS)
async def test_only_what_is_nowhere_is_a_problem(tmp_path: Path, name: str) -> None:
    text, invented = PROJECTS[name]
    fixture = parse_fixture(text.replace("TAB", "\t"))
    fixture.write(tmp_path)
    it = subject(tmp_path, fixture.active, fixture.files[fixture.active])
    check = import_check(it, around())
    assert check is not None
    before = fingerprint(tmp_path)
    report = await run_checks([check], it)
    assert report.failed == {}
    assert [problem.symbol for problem in report.problems] == invented
    for problem in report.problems:
        assert problem.symbol in it.text.split("\n")[problem.span.start.line]
    assert fingerprint(tmp_path) == before


def test_a_language_without_imports_of_packages_is_not_served(tmp_path: Path) -> None:
    assert import_check(subject(tmp_path, "a.c", '#include "x.h"\n'), around()) is None
