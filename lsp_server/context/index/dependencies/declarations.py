"""The declaration files that a package.json names, for the package and for what lies below it.

The rules are TypeScript's for `exports`, `types` and `main`
(https://www.typescriptlang.org/docs/handbook/modules/reference.html) and Node.js' for patterns
(https://nodejs.org/api/packages.html#subpath-patterns).
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from lsp_server.context.index.resolution.script_paths import star_in

_CONDITIONS = ("types", "import", "default", "require", "node")
_DEEPEST = 4
_TYPED = (".ts", ".tsx", ".mts", ".cts")
_ENDS = {
    ".js": (".d.ts",),
    ".jsx": (".d.ts",),
    ".mjs": (".d.mts", ".d.ts"),
    ".cjs": (".d.cts", ".d.ts"),
}


def declared(manifest: Mapping[str, Any], rest: str) -> list[str]:
    """Return where a package.json says that declarations are, the likeliest first.

    They are those of the package, or of its part `rest`.
    """
    found = list(_exported(manifest.get("exports"), rest))
    if not rest:
        own = (manifest.get(key) for key in ("types", "typings", "main"))
        found += [place for place in own if isinstance(place, str)]
    inside = (PurePosixPath(place) for place in found if ".." not in PurePosixPath(place).parts)
    return list(dict.fromkeys(name for place in inside for name in _declarations(place)))


def _declarations(place: PurePosixPath) -> list[str]:
    """Return the declarations that can belong to a file of a package."""
    if place.suffix in _TYPED:
        return [str(place)]
    if place.suffix in _ENDS:
        return [str(place.with_suffix("")) + end for end in _ENDS[place.suffix]]
    return [f"{place}.d.ts", f"{place}/index.d.ts"]


def _exported(exports: Any, rest: str) -> Iterator[str]:
    """Yield the places that `exports` gives for a part of the package."""
    if not isinstance(exports, dict) or not any(key.startswith(".") for key in exports):
        exports = {".": exports}
    name = f"./{rest}" if rest else "."
    if name in exports:
        yield from _places_in(exports[name])
        return
    # The longest text before the star wins.
    for pattern in sorted((key for key in exports if "*" in key), key=lambda key: -key.find("*")):
        star = star_in(pattern, name)
        if star is not None:
            yield from (place.replace("*", star) for place in _places_in(exports[pattern]))
            return


def _places_in(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth > _DEEPEST:
        return
    elif isinstance(value, list):
        for one in value:
            yield from _places_in(one, depth + 1)
    elif isinstance(value, dict):
        for key in _CONDITIONS:
            if key in value:
                yield from _places_in(value[key], depth + 1)
