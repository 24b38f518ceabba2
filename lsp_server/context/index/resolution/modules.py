"""Which files of the workspace an import means.

Names are resolved without running anything: a module is a file whose path ends in the module's
parts, seen from a source root, the file's own folder or the root of its crate or Go module.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, partial

from lsp_server.context.index.reading.imports import Imported, read_import
from lsp_server.context.index.reading.rows import FileRow
from lsp_server.context.index.resolution.families import family_of, family_of_path
from lsp_server.context.index.resolution.manifests import Manifests, Packages
from lsp_server.context.index.resolution.module_files import ModuleFiles, parts_of
from lsp_server.context.index.resolution.runtime import is_of_runtime

# What these import is all of a package.
_WHOLE = frozenset({"go", "csharp"})
SCRIPT = frozenset({"typescript", "typescriptreact", "javascript", "javascriptreact"})
_MOST_FILES = 400
_CSHARP = ".cs"
_SCRIPT_END = re.compile(r"(?:\.d)?\.[cm]?[jt]sx?\Z")


class Modules:
    """The files of a workspace by the module names that can mean them."""

    def __init__(self, paths: Iterable[str], manifests: Manifests | None = None) -> None:
        self._files: dict[str, ModuleFiles] = defaultdict(ModuleFiles)
        self._paths: set[str] = set()
        self._by_folder: dict[str, list[str]] = defaultdict(list)
        self._python_packages: set[str] = set()
        self._by_namespace: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        manifests = manifests or Manifests()
        self._script_paths = sorted(manifests.script_paths, key=lambda item: -len(item.folder))
        self._packages = Packages(manifests.packages)
        self._entries = manifests.entries
        self._resolved: dict[tuple[str, tuple[str, ...]], list[tuple[str, tuple[str, ...]]]] = {}
        self._rooted: dict[tuple[str, ...], list[str]] = {}
        for path in paths:
            self._add(path)

    def _add(self, path: str) -> None:
        parts = parts_of(path)
        folder = "/".join(parts[:-1])
        self._paths.add(path)
        self._by_folder[folder].append(path)
        self._files[family_of_path(path)].add(path, parts)
        if path.endswith(_CSHARP):
            namespace = tuple(folder.replace("/", ".").split("."))
            self._by_namespace[namespace[-1]].append((namespace, path))
        if parts[-1] == "__init__":
            self._python_packages.add(folder)

    @cached_property
    def entries(self) -> frozenset[str]:
        """The files in which a package or one of its programs begins, as its manifest says."""
        found = (map(partial(self._placed, one.family), one.places) for one in self._entries)
        return frozenset(path for files in found for path in next(filter(None, files), ()))

    def _placed(self, family: str, place: str) -> list[str]:
        """Return the files of a family at a path whose suffix may be missing."""
        parts = _folders(place)
        return self._script(parts) if family == "script" else self._files[family].at(parts)

    def folder(self, folder: str) -> list[str]:
        """Return the files that lie in `folder` itself."""
        return self._by_folder.get(folder, [])

    def imported_by(self, row: FileRow) -> "list[tuple[str, tuple[str, ...]]]":
        """Return (file, names taken from it) for the imports of `row`; no names means all."""
        key = (row.path, tuple(row.imports))
        if key not in self._resolved:
            self._resolved[key] = self._imported_by(row)
        return self._resolved[key]

    def _imported_by(self, row: FileRow) -> "list[tuple[str, tuple[str, ...]]]":
        found: list[tuple[str, tuple[str, ...]]] = []
        for statement in row.imports:
            for item in read_import(statement, row.language):
                found += self._resolve(row, item)
                if len(found) > _MOST_FILES:
                    return found
        return found

    def _resolve(self, row: FileRow, item: Imported) -> "list[tuple[str, tuple[str, ...]]]":
        if row.language == "python":
            return self._python(row, item)
        names = () if row.language in _WHOLE else item.names
        return [(path, names) for path in self.files_of(row, item)]

    def _named(self, family: str, module: tuple[str, ...]) -> list[str]:
        """Return the files of a module by its whole name: where its package has it, else by end."""
        for package, rest in self._packages.holding(family, module):
            for place in package.places(rest):
                files = self._placed(family, place)
                if files:
                    return files
        return self._files[family].by_end(module)

    def _in_namespace(self, module: tuple[str, ...]) -> list[str]:
        """Return the files in folders named after a namespace, `Shop.Core/Basket` for instance.

        A project's folder need not bear the first part, which is often a company's name.
        """
        known = self._by_namespace.get(module[-1], ()) if module else ()
        for first in range(max(len(module) - 1, 1)):
            ends = module[first:]
            found = [path for parts, path in known if parts[-len(ends) :] == ends]
            if found:
                return found
        return []

    def files_of(self, row: FileRow, item: Imported) -> list[str]:
        """Return the files that the module of `item` itself stands for, seen from `row`."""
        match row.language:
            case "go":
                return self._go(item.module)
            case "rust":
                return self._rust(row, item)
            case "csharp":
                return self._in_namespace(item.module)
            case "python":
                return self._python_module(row, item, item.module)
            case language if language in SCRIPT:
                return self._scripts(row.path, item)
            case language:
                return self._others(row.path, family_of(language), item)

    def _others(self, importer: str, family: str, item: Imported) -> list[str]:
        if item.relative:
            found = self._files[family].at((*parts_of(importer)[: -item.relative], *item.module))
        else:
            found = self._named(family, item.module)
        if not found and family == "jvm" and not item.names:
            found = self._files[family].in_package(item.module)
        end = f"/{item.file}" if item.file else ""
        return [path for path in found if f"/{path}".endswith(end)]

    def _scripts(self, importer: str, item: Imported) -> list[str]:
        if item.relative:
            return self._script((*parts_of(importer)[: -item.relative], *item.module))
        if is_of_runtime(item.module):
            return []
        return self._mapped(importer, item.module) or self._named("script", item.module)

    def _script(self, parts: tuple[str, ...]) -> list[str]:
        """Return the files of a module whose name may have dots, as in `user.service`."""
        scripts = self._files["script"]
        if not parts:
            return scripts.at(parts)
        path = "/".join(parts)
        if path in self._paths:
            # What is named with its ending may be of another language, such as JSON.
            return [path]
        name = _SCRIPT_END.sub("", parts[-1])
        found = scripts.at((*parts[:-1], name.split(".", 1)[0]))
        named = [path for path in found if _SCRIPT_END.sub("", f"/{path}").endswith(f"/{name}")]
        return named or found

    def _mapped(self, path: str, module: tuple[str, ...]) -> list[str]:
        """Return the files that the nearest tsconfig.json means by `module`."""
        for config in self._script_paths:
            if not config.folder or path.startswith(f"{config.folder}/"):
                places = config.places("/".join(module))
                found = (self._placed("script", place) for place in places)
                return next((files for files in found if files), [])
        return []

    def _python_module(self, row: FileRow, item: Imported, module: tuple[str, ...]) -> list[str]:
        """Return the files of `module`, which is as relative to `row` as `item` is."""
        if item.relative:
            return self._files["python"].at((*parts_of(row.path)[: -item.relative], *module))
        return self._from_root(module)

    def _python(self, row: FileRow, item: Imported) -> "list[tuple[str, tuple[str, ...]]]":
        modules = [(item.module, item.names)]
        modules += [((*item.module, name), ()) for name in item.names]
        if not item.names:
            modules += [(item.module[:length], ()) for length in range(1, len(item.module))]
        return [
            (path, names)
            for module, names in modules
            for path in self._python_module(row, item, module)
        ]

    def _from_root(self, module: tuple[str, ...]) -> list[str]:
        # Every file of a package imports the same few modules.
        if module not in self._rooted:
            self._rooted[module] = self._found_from_root(module)
        return self._rooted[module]

    def _found_from_root(self, module: tuple[str, ...]) -> list[str]:
        kept = []
        for path in self._files["python"].by_end(module):
            parts = parts_of(path)
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            above = "/".join(parts[: len(parts) - len(module)])
            if len(parts) < len(module) or above not in self._python_packages or not above:
                kept.append(path)
        return kept

    def _go(self, module: tuple[str, ...]) -> list[str]:
        found = self._packages.holding("go", module)
        places = [place for package, rest in found for place in package.places(rest)]
        if not places and "." in module[0]:
            # Where a part of a module was opened, its folders are the ends of its paths. One part
            # alone is as likely another module's.
            least = 2 if self._packages.has("go") else 1
            ends = ("/".join(module[start:]) for start in range(1, len(module) - least + 1))
            places = [end for end in ends if self._go_files(end)][:1]
        return [path for place in places for path in self._go_files(place)]

    def _go_files(self, folder: str) -> list[str]:
        found = self.folder(folder)
        return [path for path in found if path.endswith(".go") and not path.endswith("_test.go")]

    def _rust(self, row: FileRow, item: Imported) -> list[str]:
        own = parts_of(row.path)
        base = own[:-1] if own[-1] in {"mod", "lib", "main"} else own
        module = item.module
        starts: list[tuple[str, ...]]
        if item.relative:
            starts = [base[: len(base) - (item.relative - 1)]]
            if not module and item.names:
                module = item.names
        elif module[:1] == ("crate",):
            starts, module = [self._crate_root(own)], module[1:]
        else:
            crates = self._crates(module[:1])
            starts = [*crates, base]
            module = module[1:] if crates else module
        return [path for start in starts for path in self._descend(start, (*module, *item.names))]

    def _crate_root(self, own: tuple[str, ...]) -> tuple[str, ...]:
        rust = self._files["rust"]
        for length in range(len(own) - 1, -1, -1):
            if any(rust.has((*own[:length], name)) for name in ("lib", "main")):
                return own[:length]
        return own[:-1]

    def _crates(self, name: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Return the folders in which the modules of a crate lie."""
        packages = self._packages.holding("rust", name)
        return [_folders(package.folders[0]) for package, _ in packages]

    def _descend(self, start: tuple[str, ...], module: tuple[str, ...]) -> list[str]:
        best: list[str] = []
        for length in range(len(module) + 1):
            here = self._files["rust"].at((*start, *module[:length]))
            if here:
                best = here
        return best


def _folders(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")) if path else ()
