"""The child process that reads the workspace's files into a block.

Lexing and sorting three million tokens takes seconds of pure computing. In the server's own
process that would hold the interpreter's lock and with it every key that is typed, in slices as
well as in one piece; so a child does it and leaves arrays that the server only maps.

Standard input: `LANGUAGE TAB PATH`, separated by NUL, as a path may hold a line end. Argument: the
folder to write to.
"""

import os
import sys
from pathlib import Path

from lsp_server.common.files import read_plain_file
from lsp_server.models.builtin.block import block_of
from lsp_server.models.builtin.tokens import Tokens, tokens_of
from lsp_server.models.builtin.vocabulary import Vocabulary


def main() -> None:
    """Read the list, write the block and its vocabulary."""
    folder = Path(sys.argv[1])
    vocabulary = Vocabulary()
    files: list[tuple[str, Tokens]] = []
    for line in sys.stdin.buffer.read().split(b"\0"):
        language, _, path = os.fsdecode(line).partition("\t")
        text = _text(path) if path else ""
        if text:
            files.append((path, tokens_of(text, language, vocabulary)))
    block_of(files).save(folder)
    (folder / "words").write_text("\n".join(vocabulary.texts), encoding="utf-8")


def _text(path: str) -> str:
    try:
        return read_plain_file(Path(path)).decode()
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{path}: {error.__class__.__name__}\n")
        return ""


if __name__ == "__main__":
    main()
