"""The files of one family of languages by the names of modules that can mean them."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

# A file of one of these names stands for its folder.
_FOLDER_FILES = frozenset({"__init__", "index", "mod", "lib", "main", "package-info"})
_SOURCE_ROOTS = frozenset({"java", "kotlin", "src"})


def parts_of(path: str) -> tuple[str, ...]:
    """Return the module parts of a path: folders and stem, without the suffix."""
    *folders, name = path.split("/")
    return (*folders, name.split(".", 1)[0])


class ModuleFiles:
    """Files by their module parts, by the last of them and by their folders."""

    def __init__(self) -> None:
        self._by_parts: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._by_last: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._by_folder: dict[str, list[str]] = defaultdict(list)

    def add(self, path: str, parts: tuple[str, ...]) -> None:
        """Add a file whose module parts are `parts`."""
        self._by_folder["/".join(parts[:-1])].append(path)
        self._by_parts[parts].append(path)
        if parts[-1] in _FOLDER_FILES:
            self._by_last[parts[-2] if len(parts) > 1 else ""].append((parts[:-1], path))
        if parts[-1] not in {"__init__", "mod"}:
            self._by_last[parts[-1]].append((parts, path))

    def in_folder(self, folder: str) -> Sequence[str]:
        """Return the files that lie in `folder` itself."""
        return self._by_folder.get(folder, ())

    def in_package(self, module: tuple[str, ...]) -> list[str]:
        """Return the files in the folders of a package of Java or Kotlin, below any source root."""
        folders = self._folders_by_last.get(module[-1], ()) if module else ()
        return [
            path
            for folder in folders
            if _is_package(folder, module)
            for path in self._by_folder["/".join(folder)]
        ]

    @cached_property
    def _folders_by_last(self) -> dict[str, list[tuple[str, ...]]]:
        found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for folder in self._by_folder:
            parts = tuple(folder.split("/"))
            found[parts[-1]].append(parts)
        return found

    def has(self, parts: tuple[str, ...]) -> bool:
        """Whether there is a file at exactly these parts."""
        return parts in self._by_parts

    def at(self, parts: tuple[str, ...]) -> list[str]:
        """Return the files at exactly these parts, or the files that stand for the folder."""
        direct = self._by_parts.get(parts, [])
        if direct:
            return direct
        return [
            path
            for name in ("__init__", "index", "mod", "lib")
            for path in self._by_parts.get((*parts, name), ())
        ]

    def by_end(self, module: tuple[str, ...]) -> list[str]:
        """Return the files whose parts end in `module`, or that `module` ends in."""
        if not module:
            return []
        best: list[str] = []
        longest = 0
        for parts, path in self._by_last.get(module[-1], ()):
            length = _common_end(parts, module)
            if length < min(len(parts), len(module)) or length < longest:
                continue
            best = [path] if length > longest else [*best, path]
            longest = length
        if best:
            return best
        return list(self.in_folder("/".join(module))) if len(module) > 1 else []


def _is_package(folder: tuple[str, ...], module: tuple[str, ...]) -> bool:
    if folder[-len(module) :] != module:
        return False
    # A single name is that of many a folder: it is a package's where a source root ends.
    above = folder[: -len(module)]
    return len(module) > 1 or not above or above[-1] in _SOURCE_ROOTS


def _common_end(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    length = 0
    for one, other in zip(reversed(left), reversed(right), strict=False):
        if one != other:
            break
        length += 1
    return length
