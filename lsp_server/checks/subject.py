"""What is checked."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Subject:
    """The text of one document as it would be.

    `root` is the workspace folder that holds `path`; both are absolute. The file on disk is never
    read for the text nor written.
    """

    root: Path
    path: Path
    text: str
    language: str

    @property
    def relative(self) -> Path:
        """The path below the root."""
        return self.path.relative_to(self.root)
