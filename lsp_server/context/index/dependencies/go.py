"""Go: the vendor folder, then the module cache, at the versions that go.mod names."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from lsp_server.common.files import read_plain_file
from lsp_server.context.index.dependencies.places import (
    MOST_BYTES,
    Finder,
    Homes,
    Spot,
    is_own_folder,
)
from lsp_server.context.index.reading.imports import Imported

PREFIX = "go"
_REQUIRED = re.compile(r"^\s*(?:require\s+)?([\w.\-~/]+\.[\w.\-~/]+)\s+(v[\w.\-+]+)", re.MULTILINE)
_UPPER = re.compile(r"[A-Z]")
_MOST_FILES = 40


def vendors(roots: Sequence[Path]) -> list[Path]:
    """Return the vendor folders of the roots."""
    return [root / "vendor" for root in roots if is_own_folder(root / "vendor", root)]


def required(roots: Sequence[Path]) -> dict[str, str]:
    """Return the version of each module that the go.mod files of the roots name."""
    found: dict[str, str] = {}
    for root in roots:
        try:
            content = read_plain_file(root / "go.mod", MOST_BYTES).decode("utf-8", "replace")
        except OSError:
            continue
        found.update(dict(_REQUIRED.findall(content)))
    return found


def missing(versions: Mapping[str, str], homes: Homes) -> list[Path]:
    """Return where modules would be in the caches that are in none of them yet."""
    return [
        folder
        for module, version in versions.items()
        for home in homes.go_modules
        if not (folder := _folder(home, module, version)).is_dir()
    ]


def _folder(home: Path, module: str, version: str) -> Path:
    return home / f"{escaped(module)}@{escaped(version)}"


def escaped(text: str) -> str:
    """Return a module's path or version as the module cache spells it (go.dev/ref/mod)."""
    return _UPPER.sub(lambda match: f"!{match[0].lower()}", text)


def files_of(
    item: Imported, places: Sequence[Path], homes: Homes, versions: dict[str, str], finder: Finder
) -> list[Spot]:
    """Return the files of the package that an import means, tests left out."""
    whole = "/".join(item.module)
    if ".." in item.module or "." not in item.module[0]:
        return []
    for vendor in places:
        found = _files(vendor / whole, vendor, f"vendor/{whole}", finder)
        if found:
            return found
    module = max((name for name in versions if _begins(whole, name)), key=len, default="")
    for home in homes.go_modules if module else ():
        base = _folder(home, module, versions[module])
        rest = whole[len(module) :].strip("/")
        found = _files(base / rest, base, f"{PREFIX}/{whole}", finder)
        if found:
            return found
    return []


def _begins(whole: str, module: str) -> bool:
    return whole == module or whole.startswith(f"{module}/")


def _files(folder: Path, base: Path, prefix: str, finder: Finder) -> list[Spot]:
    try:
        names = sorted(path.name for path in folder.iterdir() if path.suffix == ".go")
    except OSError:
        return []
    wanted = [name for name in names if not name.endswith("_test.go")][:_MOST_FILES]
    spots = [Spot(f"{prefix}/{name}", folder / name, base) for name in wanted]
    return [spot for spot in spots if finder.is_there(spot.path, base)]
