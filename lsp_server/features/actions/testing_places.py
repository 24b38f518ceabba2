"""Where a project keeps the tests of a file."""

from collections.abc import Callable
from pathlib import Path

from lsp_server.common.languages import language_of_path


def file_for_tests(root: Path, source: Path) -> Path:
    """Return the file for the tests of `source`, a path below `root`; it may not exist yet.

    The first place that exists is taken, else the one that the language's tools look at first.
    """
    places = [root / place for place in _PLACES.get(language_of_path(source).name, _beside)(source)]
    existing = next((place for place in places if place.exists()), None)
    with_folder = next((place for place in places if place.parent.is_dir()), places[-1])
    return existing or with_folder


def _python(source: Path) -> list[Path]:
    name = f"test_{source.name}"
    parents = source.parent.parts
    mirrored = [Path("tests", *parents[start:], name) for start in range(len(parents) + 1)]
    return [*mirrored, Path("test", name), source.with_name(name)]


def _script(source: Path) -> list[Path]:
    test, spec = (f"{source.stem}.{kind}{source.suffix}" for kind in ("test", "spec"))
    return [
        source.with_name(test),
        source.with_name(spec),
        source.parent / "__tests__" / test,
        Path("tests", test),
    ]


def _go(source: Path) -> list[Path]:
    return [source.with_name(f"{source.stem}_test.go")]


def _rust(source: Path) -> list[Path]:
    """Integration tests stand beside the crate's `src`."""
    above = [folder.parent for folder in source.parents if folder.name == "src"]
    return [(above or [source.parent])[0] / "tests" / f"{source.stem}.rs"]


def _java(source: Path) -> list[Path]:
    parts = ["test" if part == "main" else part for part in source.parts[:-1]]
    return [Path(*parts, f"{source.stem}Test.java")]


def _beside(source: Path) -> list[Path]:
    name = f"test_{source.name}"
    return [Path("tests", name), Path("test", name), source.with_name(name)]


_PLACES: dict[str, Callable[[Path], list[Path]]] = {
    "python": _python,
    "go": _go,
    "rust": _rust,
    "java": _java,
    **dict.fromkeys(("javascript", "javascriptreact", "typescript", "typescriptreact"), _script),
}
