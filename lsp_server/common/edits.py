"""Changes to documents as plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp_server.common.text import Span, offset_at


@dataclass(frozen=True, slots=True, order=True)
class TextEdit:
    """Replace the text of `span` by `new_text`."""

    span: Span
    new_text: str


@dataclass(frozen=True, slots=True)
class FileEdit:
    """Edits of one document, good for one `version` of it only.

    `version` None means the text on disk. With `creates` the file is new and the edits build it
    from nothing. Edits do not overlap and are all relative to the same original text.
    """

    path: Path
    edits: tuple[TextEdit, ...]
    version: int | None = None
    creates: bool = False


def apply_edits(lines: Sequence[str], edits: Iterable[TextEdit]) -> str:
    """Return the text of `lines` with `edits` applied; everything outside their spans is kept.

    Raises ValueError if two edits overlap.
    """
    text = "".join(lines)
    parts: list[str] = []
    done = 0
    for edit in sorted(edits):
        start = offset_at(lines, edit.span.start)
        if start < done:
            raise ValueError("edits overlap")
        parts += [text[done:start], edit.new_text]
        done = offset_at(lines, edit.span.end)
    return "".join([*parts, text[done:]])
