"""The folders of a workspace, and the keys by which their files are known in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Roots:
    """Folders in the order in which they were opened.

    A file's key is its path below its folder, with the folder's name before it where there are
    several. Folders of one name go by as many of the folders above them as tell them apart. Of
    folders in each other the innermost holds a file.
    """

    folders: Sequence[Path] = ()
    _names: Sequence[str] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        folders = tuple(dict.fromkeys(self.folders))
        object.__setattr__(self, "folders", folders)
        object.__setattr__(self, "_names", _told_apart(folders) if len(folders) > 1 else ("",))

    def holding(self, path: Path) -> Path | None:
        """Return the folder that holds `path`, or None."""
        found = [folder for folder in self.folders if path.is_relative_to(folder)]
        return max(found, key=lambda folder: len(folder.parts), default=None)

    def key_of(self, path: Path) -> str | None:
        """Return the key of a path below one of the folders, or None."""
        folder = self.holding(path)
        if folder is None:
            return None
        return self.key_in(folder, path.relative_to(folder).as_posix())

    def key_in(self, folder: Path, relative: str) -> str:
        """Return the key of what lies at a path relative to one of the folders."""
        name = self._names[self.folders.index(folder)]
        return f"{name}/{relative}" if name else relative

    def path_of(self, key: str) -> Path | None:
        """Return the file of a key, or None for a key of no folder."""
        if Path(key).is_absolute():
            return None  # a document from elsewhere goes by its whole path
        for folder, name in zip(self.folders, self._names, strict=False):
            if not name:
                return folder / key
            if key.startswith(f"{name}/"):
                return folder / key[len(name) + 1 :]
        return None


def _told_apart(folders: Sequence[Path]) -> tuple[str, ...]:
    """Return one name a folder, none of which begins another: its last parts, few if possible."""
    lengths = [1] * len(folders)
    while True:
        names = [
            "/".join(folder.parts[-length:]).strip("/")
            for folder, length in zip(folders, lengths, strict=True)
        ]
        longer = [
            number
            for number, name in enumerate(names)
            if lengths[number] < len(folders[number].parts)
            and any(_clash(name, other) for at, other in enumerate(names) if at != number)
        ]
        if not longer:
            return tuple(names)
        for number in longer:
            lengths[number] += 1


def _clash(name: str, other: str) -> bool:
    return f"{name}/".startswith(f"{other}/") or f"{other}/".startswith(f"{name}/")
