"""TypeScript and JavaScript: declarations in node_modules, by the packages' own manifests."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from lsp_server.context.index.dependencies.declarations import declared
from lsp_server.context.index.dependencies.places import (
    Finder,
    Spot,
    folders_below,
    is_own_folder,
    read_spot,
)
from lsp_server.context.index.reading.imports import Imported

PREFIX = "node_modules"
# npm's, pnpm's and Yarn's own notes of what they installed.
_WRITTEN = (".package-lock.json", ".modules.yaml", ".yarn-integrity", ".yarn-state.yml")
_STAR = re.compile(r"\s*export\s*\*\s*from\b")
_RENAMED = re.compile(r"\bas\s+([\w$]+)")
_ENDS = (".d.ts", ".d.mts", ".d.cts", "/index.d.ts", "/index.d.mts", ".ts")


def sites(roots: Sequence[Path]) -> list[Path]:
    """Return the node_modules folders of the roots and of the folders that workspaces use."""
    found = []
    for root in roots:
        for folder in (root, *_workspaces(root)):
            site = folder / "node_modules"
            if is_own_folder(site, root):
                found.append(site)
    return found


def records(site: Path) -> list[Path]:
    """Return what changes in a node_modules folder when packages are put into it."""
    written = [site / name for name in _WRITTEN]
    return [*written, *(folder for folder in folders_below(site) if folder.name.startswith("@"))]


def _workspaces(root: Path) -> Iterator[Path]:
    for name in ("packages", "apps", "client", "frontend", "web"):
        yield root / name
        yield from folders_below(root / name)


def files_of(
    item: Imported, importer: Spot | None, places: Sequence[Path], finder: Finder
) -> list[Spot]:
    """Return the declarations that an import means; at most one file.

    A package's own imports are looked for where Node.js does, in the folders above its real place
    (nodejs.org/api/modules.html, "Loading from node_modules folders"), before those of `places`.
    """
    if item.relative:
        return _beside(item, importer, finder) if importer is not None else []
    above = _above(importer.path, places) if importer is not None else ()
    for site in (*above, *places):
        spot = _of_package(site, item.module, places, finder)
        if spot is not None:
            return [spot]
    return []


def _beside(item: Imported, importer: Spot, finder: Finder) -> list[Spot]:
    parts = importer.path.relative_to(importer.base).parts
    folder = parts[: max(len(parts) - item.relative, 0)]
    name = "/".join((*folder, *item.module))
    spot = finder.first(importer.base, [f"{name}{end}" for end in _ENDS], PREFIX)
    return [spot] if spot is not None else []


def hands_on(statement: str, wanted: Collection[str]) -> bool:
    """Whether an import statement offers what is wanted of another module to its own importers.

    All of the module counts, and what it calls otherwise: bundlers shorten names between files.
    """
    if not statement.lstrip().startswith("export"):
        return False
    renamed = (match[1] for match in _RENAMED.finditer(statement))
    return bool(_STAR.match(statement)) or any(name in wanted for name in renamed)


def _above(importer: Path, places: Sequence[Path]) -> Iterator[Path]:
    """Yield the node_modules folders around a package's file, the nearest first."""
    real = importer.resolve()
    tops = [place.resolve() for place in places]
    for folder in real.parents:
        if not any(map(folder.is_relative_to, tops)):
            return
        yield folder if folder.name == PREFIX else folder / PREFIX


def _store_of(site: Path, package: str, places: Sequence[Path]) -> Path | None:
    """Return the node_modules folder that really holds a package, or None for one elsewhere.

    pnpm links each package into a store inside of node_modules. A link that leaves the folders of
    packages is not followed; to packages of the workspace it leads to what is indexed anyway.
    """
    folder = site / package
    if not folder.is_symlink():
        return site
    real = folder.resolve()
    inside = any(real.is_relative_to(place.resolve()) for place in places)
    store = real.parents[package.count("/")]
    return store if inside and real == store / package else None


def _of_package(
    site: Path, module: tuple[str, ...], places: Sequence[Path], finder: Finder
) -> Spot | None:
    size = 2 if module[:1] and module[0].startswith("@") else 1
    name, rest = "/".join(module[:size]), "/".join(module[size:])
    if not name or ".." in module:
        return None
    typed = "@types/" + name.removeprefix("@").replace("/", "__")
    for package in (name, typed):
        store = _store_of(site, package, places)
        spot = _declared(store, package, rest, finder) if store is not None else None
        if spot is not None:
            return spot
    return None


def _declared(store: Path, package: str, rest: str, finder: Finder) -> Spot | None:
    manifest = finder.first(store, [f"{package}/package.json"], PREFIX)
    if manifest is None:
        return None
    names = [f"{package}/{one}" for one in declared(_json(manifest), rest)]
    names += [f"{package}/{rest or 'index'}{end}" for end in _ENDS]
    return finder.first(store, names, PREFIX)


def _json(spot: Spot) -> dict[str, Any]:
    content = read_spot(spot)
    try:
        value = json.loads(content) if content is not None else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
