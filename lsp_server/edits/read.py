"""Read a model's answer, whichever of the four forms it took."""

from collections.abc import Sequence

from lsp_server.common.edits import TextEdit
from lsp_server.common.text import body
from lsp_server.edits.anchors import find_anchor
from lsp_server.edits.blocks import Block, blocks_of, has_blocks
from lsp_server.edits.errors import AnchorMissing, BadBlock, NothingChanged
from lsp_server.edits.hunks import has_hunks, hunks_of
from lsp_server.edits.smallest import smallest_edits
from lsp_server.edits.target import Target
from lsp_server.edits.whole import whole_edits


def read_edits(answer: str, target: Target) -> tuple[TextEdit, ...]:
    """Return the smallest edits of the target's document that `answer` asks for.

    The answer may hold search/replace blocks, a unified diff, or one fenced block that is the
    target's new text or the whole file's; prose around it is ignored. Blocks and hunks may change
    any line of the document, as a missing import is not where its use is. The edits are sorted
    and lie apart. Raises `EditError`.
    """
    if has_blocks(answer):
        edits = _replaced(blocks_of(answer), target)
    elif has_hunks(answer):
        edits = _replaced(hunks_of(answer), target)
    else:
        edits = whole_edits(answer, target)
    if not edits:
        raise NothingChanged(
            "The model's answer changes nothing.",
            "The answer is what already stands in the file. Write what must change.",
        )
    return edits


def _replaced(blocks: Sequence[Block], target: Target) -> tuple[TextEdit, ...]:
    document = [body(line) for line in target.snapshot.lines]
    edits = list[TextEdit]()
    ends = list[tuple[int, int]]()
    for block in blocks:
        if block.path:
            target.check_path(block.path)
        first, last, bodies = _placed(block, document)
        if any(first < end and start < last for start, end in ends):
            raise BadBlock(
                "The model's answer replaces the same lines twice.",
                "Two blocks replace the same lines. Put both changes into one block.",
            )
        ends.append((first, last))
        edits += smallest_edits(target.snapshot.lines, first, last, bodies)
    return tuple(sorted(edits))


def _placed(block: Block, document: Sequence[str]) -> tuple[int, int, list[str]]:
    """Return the lines that the block replaces, and by what."""
    if not any(line.strip() for line in block.search):
        return _for_an_empty_file(block, document)
    try:
        anchor = find_anchor(document, block.search)
    except AnchorMissing:
        block = _without_blank_edges(block)
        anchor = find_anchor(document, block.search)
    if not anchor.shift.fits(block.replace):
        raise BadBlock(
            "The indentation of the model's answer does not fit the file.",
            "Repeat the block with the indentation that the file has.",
        )
    return anchor.first, anchor.last, anchor.shift.apply(block.replace)


def _for_an_empty_file(block: Block, document: Sequence[str]) -> tuple[int, int, list[str]]:
    if any(line.strip() for line in document):
        raise AnchorMissing(
            "The model did not say which lines to replace.",
            "The SEARCH part is empty. It must hold the lines that are replaced.",
        )
    return 0, len(document), [*block.replace, ""]


def _without_blank_edges(block: Block) -> Block:
    """Return the block without the blank lines that both of its parts begin or end with."""
    search, replace = block.search, block.replace
    while search and not search[0].strip():
        search, replace = search[1:], replace[not (replace and replace[0].strip()) :]
    while search and not search[-1].strip():
        search = search[:-1]
        replace = replace[:-1] if replace and not replace[-1].strip() else replace
    return Block(search, replace, block.path)
