"""What a model was asked to rewrite."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from lsp_server.common.languages import language_named
from lsp_server.common.snapshot import Snapshot
from lsp_server.common.text import Span, body
from lsp_server.edits.errors import WrongFile


@dataclass(frozen=True, slots=True)
class Target:
    """Lines `first` to `last` (excluded) of a document.

    `name` is the name that the lines define; code that does not mention it is not the piece that
    was asked for. Empty where the lines are a selection.
    """

    snapshot: Snapshot
    first: int
    last: int
    name: str = ""

    @classmethod
    def of_span(cls, snapshot: Snapshot, span: Span, name: str = "") -> "Target":
        """Return the whole lines that `span` touches; blank lines at both ends are left out."""
        first, last = span.start.line, span.end.line
        if span.end.column > 0 or first == last:
            last += 1
        while last - first > 1 and not snapshot.lines[last - 1].strip():
            last -= 1
        while last - first > 1 and not snapshot.lines[first].strip():
            first += 1
        return cls(snapshot, first, last, name)

    @classmethod
    def whole(cls, snapshot: Snapshot) -> "Target":
        """Return the whole document."""
        return cls(snapshot, 0, len(snapshot.lines))

    @property
    def is_whole(self) -> bool:
        """Whether the target is the whole document."""
        return self.first == 0 and self.last == len(self.snapshot.lines)

    @property
    def bodies(self) -> list[str]:
        """The lines without their breaks."""
        return [body(line) for line in self.snapshot.lines[self.first : self.last]]

    @property
    def text(self) -> str:
        """The text of the lines, breaks included."""
        return "".join(self.snapshot.lines[self.first : self.last])

    def speaks(self, info: str) -> bool:
        """Whether `info`, the first word after a fence, names the document's language."""
        return language_named(info) == language_named(self.snapshot.language)

    def check_path(self, named: str) -> None:
        """Raise `WrongFile` if `named`, a path in the model's text, is not the document's."""
        wanted = PurePosixPath(named.replace("\\", "/").lstrip("/")).parts
        path = self.snapshot.path
        if path is None or not wanted or path.parts[-len(wanted) :] == wanted:
            return
        raise WrongFile(
            f"The model wanted to change {named} instead of {path.name}.",
            f"Change {path.name} only; {named} was not asked for.",
        )
