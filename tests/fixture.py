"""The cursor mini-language of the tests.

`//- name.py` starts a file, `$0` is the cursor, and two `$0` in one file are a selection. A text
without a file header is one file called `main.py`.
"""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from lsp_server.common.languages import language_of_path
from lsp_server.common.snapshot import Place, Snapshot
from lsp_server.common.text import Position, Span, position_at, split_lines

_HEADER = re.compile(r"^//- (?P<name>\S+)\n", re.MULTILINE)
CURSOR = "$0"


@dataclass(frozen=True)
class Fixture:
    """Files by name, and where the cursor or the selection is."""

    files: dict[str, str]
    active: str
    span: Span

    def snapshot(self, root: Path = Path("/project"), version: int | None = 1) -> Snapshot:
        """Return the file that holds the cursor, as a document under `root`."""
        path = root / self.active
        return Snapshot.of_text(
            self.files[self.active],
            language=language_of_path(path).name,
            path=path,
            version=version,
        )

    def place(self, root: Path = Path("/project"), version: int | None = 1) -> Place:
        """Return the cursor: the end of the selection if there is one."""
        return Place(self.snapshot(root, version), self.span.end)

    def write(self, root: Path) -> None:
        """Write all files below `root`."""
        for name, text in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())


def parse_fixture(text: str) -> Fixture:
    """Read the mini-language; the first file is active where no `$0` stands."""
    text = textwrap.dedent(text).removeprefix("\n")
    parts = _HEADER.split(text)
    files = dict(zip(parts[1::2], parts[2::2], strict=True)) or {"main.py": text}
    active, span = next(iter(files)), Span(Position(0, 0), Position(0, 0))
    for name, content in files.items():
        if CURSOR not in content:
            continue
        before, *rest = content.split(CURSOR)
        files[name] = before + "".join(rest)
        lines = split_lines(files[name])
        start = position_at(lines, len(before))
        end = position_at(lines, len(before + rest[0])) if len(rest) == 2 else start
        active, span = name, Span(start, end)
    return Fixture(files, active, span)
