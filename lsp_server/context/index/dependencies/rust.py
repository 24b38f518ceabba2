"""Rust: the registry's sources, at the versions that Cargo.lock names."""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from lsp_server.common.files import read_plain_file
from lsp_server.context.index.dependencies.places import (
    MOST_BYTES,
    Finder,
    Homes,
    Spot,
    folders_below,
)
from lsp_server.context.index.reading.imports import Imported

PREFIX = "cargo"


def locked(roots: Sequence[Path]) -> dict[str, str]:
    """Return the folder name in the registry of each crate that Cargo.lock names."""
    found: dict[str, str] = {}
    for root in roots:
        try:
            content = read_plain_file(root / "Cargo.lock", 8 * MOST_BYTES)
            packages = tomllib.loads(content.decode("utf-8", "replace")).get("package", [])
        except (OSError, ValueError, RecursionError):
            continue
        for one in packages if isinstance(packages, list) else ():
            if not isinstance(one, dict):
                continue
            name, version = one.get("name"), one.get("version")
            if isinstance(name, str) and isinstance(version, str) and one.get("source"):
                found[name.replace("-", "_")] = f"{name}-{version}"
    return found


def registries(homes: Homes) -> list[Path]:
    """Return the folders into which Cargo unpacks crates."""
    return [
        registry for home in homes.cargo for registry in folders_below(home / "registry" / "src")
    ]


def sources(folder: str, homes: Homes) -> Path | None:
    """Return the unpacked sources of a crate, or None where they are not."""
    if "/" in folder or ".." in folder:
        return None
    for registry in registries(homes):
        found = registry / folder
        if found.is_dir() and not found.is_symlink():
            return found
    return None


def files_of(
    item: Imported, importer: Spot | None, homes: Homes, crates: dict[str, str], finder: Finder
) -> list[Spot]:
    """Return the files that a `use` or `mod` means: of a crate, or beside the crate's file."""
    module = (*item.module, *item.names)
    if importer is not None and (item.relative or module[:1] == ("crate",)):
        base = importer.base
        start = _folder_of(importer, item.relative) if item.relative else ("src",)
        path = module if item.relative else module[1:]
        prefix = importer.key.split("/src/", 1)[0]
        return list(_descend(base, start, path, prefix, finder))
    name = module[0] if module else ""
    base_of_crate = sources(crates[name], homes) if name in crates else None
    if base_of_crate is None and importer is not None:
        # Since 2018 a path may begin with a module of the file itself.
        prefix = importer.key.split("/src/", 1)[0]
        return list(_descend(importer.base, _folder_of(importer, 1), module, prefix, finder))
    if base_of_crate is None:
        return []
    return list(_descend(base_of_crate, ("src",), module[1:], f"{PREFIX}/{name}", finder))


def _folder_of(importer: Spot, steps: int) -> tuple[str, ...]:
    parts = importer.path.relative_to(importer.base).with_suffix("").parts
    folder = parts[:-1] if parts[-1] in {"lib", "mod", "main"} else parts
    return folder[: max(len(folder) - (steps - 1), 0)]


def _descend(
    base: Path, start: tuple[str, ...], path: tuple[str, ...], prefix: str, finder: Finder
) -> Iterator[Spot]:
    for length in range(len(path) + 1):
        here = "/".join((*start, *path[:length]))
        ends = ("/lib.rs", "/mod.rs") if start == ("src",) and not length else (".rs", "/mod.rs")
        spot = finder.first(base, [f"{here}{end}" for end in ends], prefix)
        if spot is not None:
            yield spot
