"""The packages of a workspace, as their manifests name them: what one package imports of another.

`go.mod` (https://go.dev/ref/mod), `package.json` (https://nodejs.org/api/packages.html),
`Cargo.toml` (https://doc.rust-lang.org/cargo/reference/manifest.html), `composer.json`
(https://getcomposer.org/doc/04-schema.md, PSR-4) and `pyproject.toml`
(https://packaging.python.org/en/latest/specifications/pyproject-toml, scripts; Poetry's as well).
"""

import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lsp_server.context.index.resolution.script_paths import (
    CONFIG_NAMES,
    Reader,
    ScriptPaths,
    below,
    parsed_json,
    read_script_paths,
)

_GO_MODULE = re.compile(r"^\s*module\s+\"?([^\s\"]+)", re.MULTILINE)
_IS_FUNCTION = re.compile(r"\s*[\w.]+\s*:")
# Where builds put what the sources beside them, in `src`, are made into.
_BUILT = frozenset({"dist", "lib", "build", "out", "es", "esm", "cjs"})
_DEEPEST = 6
_MOST_EXPORTS = 400

Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the workspace: how the names of its modules begin, and where they lie.

    `family` is the language for which it holds. `folders` are those below which a module lies by
    what follows the package's name. `entries` has paths of single ones, by what follows the name
    as well: the package itself goes by an empty text.
    """

    family: str
    name: tuple[str, ...]
    folders: Sequence[str]
    entries: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def places(self, rest: Sequence[str]) -> list[str]:
        """Return the paths, without a suffix maybe, at which the module `rest` can be."""
        name = "/".join(rest)
        return [*self.entries.get(name, ()), *(below(folder, name) for folder in self.folders)]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a package or a program of a language begins with, and where that can be.

    The likeliest of the paths comes first; their suffixes may be missing.
    """

    family: str
    places: Sequence[str]


@dataclass(frozen=True, slots=True)
class Manifests:
    """What the manifests of a workspace say of where modules are.

    `entries` are what packages and programs begin with.
    """

    packages: Sequence[Package] = ()
    script_paths: Sequence[ScriptPaths] = ()
    entries: Sequence[Entry] = ()


class Packages:
    """The packages of a workspace by what they are called."""

    def __init__(self, packages: Sequence[Package]) -> None:
        self._by_first: dict[tuple[str, str], list[Package]] = {}
        for package in sorted(packages, key=lambda one: -len(one.name)):
            self._by_first.setdefault((package.family, package.name[0]), []).append(package)

    def has(self, family: str) -> bool:
        """Whether there is a package of a language."""
        return any(known == family for known, _ in self._by_first)

    def holding(self, family: str, module: tuple[str, ...]) -> "list[tuple[Package, Parts]]":
        """Return the packages that a module is of, with what follows their name in its own.

        One package lies in another in some languages: the longest name wins.
        """
        known = self._by_first.get((family, module[0]), ()) if module else ()
        found = [one for one in known if module[: len(one.name)] == one.name]
        return [
            (one, module[len(one.name) :]) for one in found if len(one.name) == len(found[0].name)
        ]


def read_manifests(paths: Sequence[str], read: Reader) -> Manifests:
    """Return what the manifests at `paths` say.

    `read` gives the text of a path of the index, or None for what is not there. What is not
    understood counts as not said: the files are somebody else's, and may be half written.
    """
    said = [one for path in paths for one in _said(path, read)]
    configs = [path for path in paths if posixpath.basename(path) in CONFIG_NAMES]
    script_paths = (read_script_paths(path, read) for path in configs)
    return Manifests(
        tuple(one for one in said if isinstance(one, Package)),
        tuple(one for one in script_paths if one is not None),
        tuple(one for one in said if isinstance(one, Entry)),
    )


def is_manifest(path: str) -> bool:
    """Whether a file of this path says where modules are."""
    name = posixpath.basename(path)
    return name in _READERS or name in CONFIG_NAMES


def _said(path: str, read: Reader) -> "Iterator[Package | Entry]":
    reader = _READERS.get(posixpath.basename(path))
    if reader is not None:
        yield from reader(posixpath.dirname(path), read(path) or "")


def _python(folder: str, text: str) -> Iterator[Entry]:
    manifest = _toml(text)
    project, poetry = _table(manifest, "project"), _table(_table(manifest, "tool"), "poetry")
    scripts = [
        _table(project, "scripts"),
        _table(project, "gui-scripts"),
        _table(poetry, "scripts"),
    ]
    # Poetry writes some as a table: beside the `module:function` stands a word for its type.
    for target in filter(_IS_FUNCTION.match, _strings([dict(one) for one in scripts])):
        module = target.partition(":")[0].strip().replace(".", "/")
        yield Entry("python", (below(folder, module), below(folder, f"src/{module}")))


def _go(folder: str, text: str) -> Iterator[Package]:
    match = _GO_MODULE.search(text)
    if match:
        yield Package("go", tuple(match[1].split("/")), (folder,))


def _rust(folder: str, text: str) -> "Iterator[Package | Entry]":
    manifest = _toml(text)
    package, library = _table(manifest, "package"), _table(manifest, "lib")
    name = library.get("name", package.get("name"))
    if isinstance(name, str):
        root = posixpath.dirname(_text(library, "path") or "src/lib.rs")
        yield Package("rust", (name.replace("-", "_"),), (below(folder, root),))
    programs = manifest.get("bin")
    for one in [library, *(programs if isinstance(programs, list) else ())]:
        path = _text(one, "path") if isinstance(one, dict) else ""
        if path:
            yield Entry("rust", (below(folder, path.removesuffix(".rs")),))


def _php(folder: str, text: str) -> Iterator[Package]:
    config = parsed_json(text)
    for key in ("autoload", "autoload-dev"):
        for prefix, places in _table(_table(config, key), "psr-4").items():
            for place in places if isinstance(places, list) else [places]:
                if isinstance(place, str) and prefix.strip("\\"):
                    name = tuple(prefix.strip("\\").split("\\"))
                    yield Package("php", name, (below(folder, place),))


def _script(folder: str, text: str) -> "Iterator[Package | Entry]":
    config = parsed_json(text)
    for program in _strings(config.get("bin")):
        yield Entry("script", tuple(_sources(folder, [program])))
    name = config.get("name")
    if isinstance(name, str) and name:
        folders = (folder, below(folder, "src"))
        package = Package("script", tuple(name.split("/")), folders, _modules(folder, config))
        yield package
        yield Entry("script", tuple(package.places(())))


def _modules(folder: str, config: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Return the paths of a script package's modules by what follows its name."""
    entries = _exported(config.get("exports"))
    # What the sources are comes before what they were made into.
    own = [_text(config, key) for key in ("source", "types", "typings", "module", "main")]
    entries[""] = [*entries.get("", ()), *own, "src/index", "index", "lib/index"]
    return {key: tuple(_sources(folder, places)) for key, places in entries.items()}


def _exported(exports: object) -> dict[str, list[str]]:
    """Return the paths that `exports` gives for each name below the package."""
    if not isinstance(exports, dict) or not any(key.startswith(".") for key in exports):
        return {"": list(_strings(exports))}
    named = list(exports.items())[:_MOST_EXPORTS]
    return {key.removeprefix(".").strip("/"): list(_strings(value)) for key, value in named}


def _strings(value: object, depth: int = 0) -> Iterator[str]:
    """Yield the paths of an export for whatever condition."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and depth < _DEEPEST:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner, depth + 1)


def _sources(folder: str, places: Sequence[str]) -> Iterator[str]:
    """Yield each place below `folder`; for one in a folder of builds its source, too."""
    for place in filter(None, places):
        path = posixpath.normpath(place)
        yield below(folder, path)
        first, _, rest = path.partition("/")
        if first in _BUILT and rest:
            yield below(folder, f"src/{rest}")


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


_READERS: Mapping[str, Callable[[str, str], "Iterator[Package | Entry]"]] = {
    "go.mod": _go,
    "package.json": _script,
    "Cargo.toml": _rust,
    "composer.json": _php,
    "pyproject.toml": _python,
}
