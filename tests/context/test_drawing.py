"""The map of modules as a drawing that an architect can read."""

from dataclasses import replace

import pytest

from lsp_server.context.drawing import map_as_mermaid, map_as_text
from lsp_server.context.index.messages import Module, Survey
from lsp_server.context.tokens import bytes_over_four


def module(path: str, *imports: str) -> Module:
    return Module(path, "go", 10, (), imports, (), is_entry=False, is_test=False, rank=0.0)


def test_an_arrow_between_folders_counts_files_that_import_not_files_imported() -> None:
    store = [module(f"store/s{number}.go") for number in range(40)]
    package = tuple(one.path for one in store)
    web = [module("web/a.go", *package), module("web/b.go", *package), module("cmd/c.go", *package)]
    drawn = map_as_mermaid(Survey((*store, *web), ()))
    assert drawn == (
        'flowchart LR\n  n0["cmd"]\n  n1["store"]\n  n2["web"]\n  n0 --> n1\n  n2 -- 2 --> n1\n'
    )


def test_few_files_are_drawn_one_by_one() -> None:
    drawn = map_as_mermaid(Survey((module("a.go", "b.go"), module("b.go")), ()))
    assert drawn == 'flowchart LR\n  n0["a.go"]\n  n1["b.go"]\n  n0 --> n1\n'


@pytest.mark.parametrize("tops", [9, 200])
def test_a_large_repository_stays_within_what_can_be_read(tops: int) -> None:
    modules = [
        module(f"a{one % tops}/b{one % 37}/c{one}/d.go", f"a{(one + 1) % tops}/b0/c0/d.go")
        for one in range(900)
    ]
    drawn = map_as_mermaid(Survey(tuple(modules), ()))
    assert drawn.count("[") <= 40
    assert drawn.count("-->") <= 120


def test_a_small_map_tells_of_the_modules_to_which_most_leads() -> None:
    core = [
        replace(module(f"core{number}.go"), names=("Open", "Close"), rank=3.0, imported_by=("a",))
        for number in range(4)
    ]
    small = [replace(module(f"s{number}.sh"), names=("x",), rank=-2.0) for number in range(40)]
    main = replace(module("main.go", "core0.go"), is_entry=True, rank=2.5)
    text = map_as_text(Survey((*small, *core, main), ()), 57, bytes_over_four)
    assert [line.split()[0] for line in text.splitlines() if line[0] != " "] == [
        *(one.path for one in core),
        "main.go",
    ]
    assert bytes_over_four(text) <= 57
