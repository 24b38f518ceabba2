"""The folders that are open, and the documents that are open in them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lsp_server.common.snapshot import Snapshot


class OpenWorkspace:
    """What belongs to the user's work, as tasks and answers need it."""

    def __init__(self, roots: Sequence[Path], documents: Callable[[], Sequence[Snapshot]]) -> None:
        self.roots = tuple(roots)
        self._documents = documents

    def root_of(self, path: Path) -> Path | None:
        """Return the innermost workspace folder that holds `path`, or None."""
        holding = [root for root in self.roots if path.is_relative_to(root)]
        return max(holding, key=lambda root: len(root.parts), default=None)

    def find(self, named: str) -> Path | None:
        """Return the file of the workspace that a relative path stands for, or None.

        A link that leads out of the workspace is none.
        """
        for root in self.roots:
            path = (root / named).resolve()
            if path.is_relative_to(root.resolve()) and path.is_file():
                return path
        return None

    def latest(self, uri: str) -> Snapshot | None:
        """Return the open document as it is now, or None if it is not open."""
        return next((known for known in self._documents() if known.uri == uri), None)
