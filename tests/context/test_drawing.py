"""The map of modules as a drawing that an architect can read."""

from dataclasses import replace
from itertools import pairwise

import pytest

from lsp_server.context.drawing import map_as_mermaid, map_as_text
from lsp_server.context.index.messages import Module, Survey
from lsp_server.context.tokens import bytes_over_four


def module(path: str, *imports: str) -> Module:
    return Module(path, "go", 10, ("Open",), imports, (), is_entry=False, is_test=False, rank=0.0)


def test_an_arrow_between_folders_counts_files_that_import_not_files_imported() -> None:
    store = [module(f"store/s{number}.go") for number in range(40)]
    package = tuple(one.path for one in store)
    web = [module("web/a.go", *package), module("web/b.go", *package), module("cmd/c.go", *package)]
    drawn = map_as_mermaid(Survey((*store, *web), ())).text
    assert drawn == (
        'flowchart LR\n  n0["cmd"]\n  n1["store"]\n  n2["web"]\n  n0 --> n1\n  n2 -- 2 --> n1\n'
    )


def test_few_files_are_drawn_one_by_one() -> None:
    drawn = map_as_mermaid(Survey((module("a.go", "b.go"), module("b.go")), ())).text
    assert drawn == 'flowchart LR\n  n0["a.go"]\n  n1["b.go"]\n  n0 --> n1\n'


@pytest.mark.parametrize("tops", [9, 200])
def test_a_large_repository_stays_within_what_can_be_read(tops: int) -> None:
    modules = [
        module(f"a{one % tops}/b{one % 37}/c{one}/d.go", f"a{(one + 1) % tops}/b0/c0/d.go")
        for one in range(900)
    ]
    drawn = map_as_mermaid(Survey(tuple(modules), ()))
    nodes = [line for line in drawn.text.splitlines() if "[" in line]
    assert len(nodes) == min(tops, 40)
    assert sum(line.count("other folders") for line in nodes) == (tops > 40)
    assert 0 < drawn.text.count("-->") <= 120
    assert ("of" in drawn.extent) is (drawn.text.count("-->") == 120)


def silent(path: str) -> Module:
    return replace(module(path), names=())


def test_files_that_neither_offer_nor_import_do_not_crowd_the_others_out() -> None:
    code = [module(f"a{number}.go", f"a{number + 1}.go") for number in range(25)]
    docs = [silent(f"doc{number}.md") for number in range(25)]
    drawn = map_as_mermaid(Survey((*code, *docs), ()))
    assert [drawn.text.count(f'["a{number}.go"]') for number in range(25)] == [1] * 25
    assert drawn.text.count("-->") == 24
    assert ".md" not in drawn.text
    assert drawn.extent == "25 modules, without tests and files that neither offer nor import (25)"
    assert f"%% map: {drawn.extent}" in drawn.text


def test_of_many_files_in_one_folder_those_to_which_most_leads_are_drawn() -> None:
    files = [replace(module(f"f{number:03}.go"), rank=float(number)) for number in range(100)]
    drawn = map_as_mermaid(Survey(tuple(files), ())).text
    assert '["f099.go"]' in drawn
    assert '["f061.go"]' in drawn
    assert '["f060.go"]' not in drawn
    assert '["other files"]' in drawn


def test_names_that_mean_something_to_mermaid_or_to_a_terminal_stay_names() -> None:
    strange = module('a\n"b"]; end.go')
    drawn = map_as_mermaid(Survey((strange,), ())).text
    assert drawn.splitlines()[1:] == ['  n0["a#92;n#34;b#34;]; end.go"]']
    text = map_as_text(Survey((strange,), ()), None, bytes_over_four).text
    assert text.splitlines()[0] == 'a\\n"b"]; end.go (10 lines)'


def test_a_map_says_what_it_leaves_out_and_keeps_room_for_circles() -> None:
    modules = [module(f"{number}.go") for number in range(100)]
    circles = tuple((f"{one}.go", f"{one + 1}.go") for one in range(3))
    drawn = map_as_text(Survey((*modules, silent("a.md")), circles), 300, bytes_over_four)
    first, *lines = drawn.text.splitlines()
    shown = sum(not line.startswith((" ", "cycle")) for line in lines)
    assert 10 < shown < 100
    silently = "without tests and files that neither offer nor import (1)"
    assert drawn.extent == f"{shown} of 100 modules, {silently}"
    assert first == f"map: {drawn.extent}"
    assert sum(line.startswith("cycle: ") for line in lines) == 3
    assert bytes_over_four(drawn.text) <= 300


def test_more_tokens_never_tell_of_fewer_modules_or_circles() -> None:
    files = tuple(f"{one}.go" for one in range(150))
    modules = [
        replace(module(path, *files[:9]), imported_by=files[: number % 9])
        for number, path in enumerate(files)
    ]
    survey = Survey(tuple(modules), tuple((one, f"{one}x") for one in files[:30]))

    def told(tokens: int) -> tuple[int, int, int]:
        text = map_as_text(survey, tokens, bytes_over_four).text
        assert bytes_over_four(text) <= tokens
        return text.count(" lines)"), text.count("cycle: "), text.count("imports: ")

    found = [told(tokens) for tokens in range(0, 20_000, 97)]
    for left, right in pairwise(found):
        assert left <= right
        assert left[0] <= right[0]
    assert found[-1] == (150, 30, 150)


def test_a_small_map_tells_of_the_modules_to_which_most_leads() -> None:
    core = [
        replace(module(f"core{number}.go"), names=("Open", "Close"), rank=3.0, imported_by=("a",))
        for number in range(4)
    ]
    small = [replace(module(f"s{number}.sh"), names=("x",), rank=-2.0) for number in range(40)]
    main = replace(module("main.go", "core0.go"), is_entry=True, rank=2.5)
    text = map_as_text(Survey((*small, *core, main), ()), 73, bytes_over_four).text
    headline, *lines = text.splitlines()
    assert headline.startswith("map: 5 of 45 modules")
    assert [line.split()[0] for line in lines if line[0] != " "] == [
        *(one.path for one in core),
        "main.go",
    ]
    assert bytes_over_four(text) <= 73
