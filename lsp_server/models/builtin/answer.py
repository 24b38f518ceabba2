"""The answer to a question where no model is there: the evidence itself, and no invented prose."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import PurePosixPath

from lsp_server.common.blocks import Block, Packed
from lsp_server.common.languages import language_of_path
from lsp_server.common.text import split_lines

Link = Callable[[str, int], str]

_LINES_OF_BLOCK = 12
_MOST_BLOCKS = 24
_LINES_OF_MAP = 80
HEAD = "No model was used: this is what the index of the workspace shows.\n\n"
NOTHING = (
    "No model was used, and nothing in the workspace matches the question. Name a function, a "
    "class, a file or a word from the code.\n\n"
)


def evidence_answer(packed: Packed, link: Link) -> Iterator[str]:
    """Yield Markdown, a section at a time: the definitions that the question touches, then the map.

    `link` returns the address of a line (from one) of a file of the workspace.
    """
    yield HEAD if packed.log else NOTHING
    yield from _touched(packed.log, link)
    if packed.around.strip():
        yield _map(packed.around)


def _touched(blocks: Iterable[Block], link: Link) -> Iterator[str]:
    shown = list(blocks)[:_MOST_BLOCKS]
    if shown:
        yield "## What the question touches\n\n"
    # The best block, then files in the order of theirs; within one, from the top down.
    order = {path: number for number, path in enumerate(dict.fromkeys(b.path for b in shown))}
    rest = sorted(shown[1:], key=lambda block: (order[block.path], block.span))
    ordered = [*shown[:1], *rest]
    for path, group in groupby(ordered, key=lambda block: block.path):
        yield f"### [`{path}`]({link(path, 1)})\n\n"
        for block in group:
            yield _block(block, link)


def _block(block: Block, link: Link) -> str:
    first, last = block.span.start.line + 1, block.span.end.line + 1
    language = language_of_path(PurePosixPath(block.path)).name
    lines = split_lines(block.text.rstrip())
    cut = f"… {len(lines) - _LINES_OF_BLOCK} more lines\n" if len(lines) > _LINES_OF_BLOCK else ""
    text = "".join(lines[:_LINES_OF_BLOCK])
    fence = _fence(text)
    return (
        f"[Lines {first} to {last}]({link(block.path, first)}), {block.why}:\n\n"
        f"{fence}{language}\n{_closed(text)}{cut}{fence}\n\n"
    )


def _map(text: str) -> str:
    lines = split_lines(text.rstrip())
    cut = f"… {len(lines) - _LINES_OF_MAP} more lines\n" if len(lines) > _LINES_OF_MAP else ""
    shown = _closed("".join(lines[:_LINES_OF_MAP]))
    return f"## Map of the workspace\n\n{_fence(shown)}text\n{shown}{cut}{_fence(shown)}\n"


def _fence(text: str) -> str:
    longest = max((len(run) for run in _runs(text)), default=0)
    return "`" * max(3, longest + 1)


def _runs(text: str) -> Iterator[str]:
    for line in split_lines(text):
        head = line.lstrip()
        yield head[: len(head) - len(head.lstrip("`"))]


def _closed(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"
