"""Python: site-packages of the project's own environment first, stubs before sources."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lsp_server.context.index.dependencies.places import (
    Finder,
    Homes,
    Spot,
    folders_below,
    is_own_folder,
)
from lsp_server.context.index.reading.imports import Imported

ENVIRONMENTS = (".venv", "venv", "env")
PREFIX = "site-packages"


def sites(roots: Sequence[Path], homes: Homes) -> list[Path]:
    """Return the site-packages folders to look into, the project's own before the user's."""
    own = [
        site
        for root in roots
        for name in ENVIRONMENTS
        for site in _sites(root / name)
        if is_own_folder(site, root)
    ]
    return [*own, *(site for environment in homes.environments for site in _sites(environment))]


def _sites(environment: Path) -> Iterator[Path]:
    windows = environment / "Lib" / "site-packages"
    if sys.platform == "win32" and windows.is_dir():
        yield windows
    for folder in folders_below(environment / "lib"):
        site = folder / "site-packages"
        if folder.name.startswith("python") and site.is_dir() and not site.is_symlink():
            yield site


def files_of(
    item: Imported, importer: Spot | None, places: Sequence[Path], finder: Finder
) -> list[Spot]:
    """Return the files that an import means; `importer` is the package's file that it stands in."""
    if item.relative:
        if importer is None:
            return []
        folder = _above(importer, item.relative)
        tops = [(importer.base, (*folder, *item.module))] if folder is not None else []
    else:
        tops = [(site, item.module) for site in places]
    for base, module in tops:
        found = _module(base, module, item.names, finder)
        if found:
            return found
    return []


def _above(importer: Spot, steps: int) -> tuple[str, ...] | None:
    parts = importer.path.relative_to(importer.base).parts[:-1]
    return parts[: len(parts) - steps + 1] if steps <= len(parts) else None


def _module(
    base: Path, module: tuple[str, ...], names: Sequence[str], finder: Finder
) -> list[Spot]:
    if not module:
        return []
    modules = [module, *((*module, name) for name in names)]
    return [spot for one in modules if (spot := _file(base, one, finder)) is not None]


def _file(base: Path, module: tuple[str, ...], finder: Finder) -> Spot | None:
    stubs = "/".join((f"{module[0]}-stubs", *module[1:]))
    plain = "/".join(module)
    names = [
        f"{name}{end}"
        for name, ends in (
            (stubs, (".pyi", "/__init__.pyi")),
            (plain, (".pyi", "/__init__.pyi", ".py", "/__init__.py")),
        )
        for end in ends
    ]
    return finder.first(base, names, PREFIX)
