"""Which places of somebody's source the demonstration plays on."""

from pathlib import Path

from lsp_server.cli.showing.passages import largest_definition, product_of

LONG = "func {name}() {{\n" + "\twork()\n" * 9 + "}}\n"


def test_the_question_is_put_after_a_function_or_type_of_the_product(tmp_path: Path) -> None:
    sources = {
        "bench_test.go": LONG.format(name="BenchmarkSystem") * 2,
        "benchmarks/run.go": LONG.format(name="RunAll") * 2,
        "gin.go": "var table = []int{\n" + "\t1,\n" * 90 + "}\n\n" + LONG.format(name="Serve"),
    }
    for name, text in sources.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"package gin\n\n{text}")
    files = product_of([tmp_path / name for name in sources], tmp_path)
    found = largest_definition(files)
    assert found is not None
    assert found.name == "Serve"


def test_where_all_is_tests_these_are_shown(tmp_path: Path) -> None:
    files = [tmp_path / "tests" / "test_a.py"]
    assert product_of(files, tmp_path) == files
