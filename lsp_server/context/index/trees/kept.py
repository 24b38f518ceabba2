"""Trees of open documents, parsed again only where their text has changed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsp_server.context.index.trees.bytelines import ByteLines
from lsp_server.context.index.trees.grammars import is_known
from lsp_server.context.index.trees.parsing import parse

if TYPE_CHECKING:
    from tree_sitter import Tree


@dataclass(frozen=True, slots=True)
class Change:
    """Where two texts differ, in bytes: from `start` to `old_end` and to `new_end`."""

    start: int
    old_end: int
    new_end: int


def change_between(old: bytes, new: bytes) -> Change:
    """Return the smallest range outside of which both texts are equal, at whole characters."""
    start = _common_length(old, new)
    while start and (_is_inside(old, start) or _is_inside(new, start)):
        start -= 1
    most = min(len(old), len(new)) - start
    tail = _common_length(old[start:][::-1], new[start:][::-1], most)
    while tail and _is_inside(new, len(new) - tail):
        tail -= 1
    return Change(start, len(old) - tail, len(new) - tail)


def _is_inside(text: bytes, offset: int) -> bool:
    """Whether `offset` lies inside a character: UTF-8 marks such bytes by 10 in front."""
    return offset < len(text) and text[offset] & 0xC0 == 0x80  # noqa: PLR2004 - the mark itself


def _common_length(left: bytes, right: bytes, most: int | None = None) -> int:
    low, high = 0, min(len(left), len(right)) if most is None else most
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


class OpenTrees:
    """The last text and tree of each open document."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, bytes, Tree]] = {}

    def parsed(self, key: str, language: str, lines: ByteLines) -> "Tree | None":
        """Return the tree of `lines`, made from that of the text before; None without a grammar."""
        if not is_known(language):
            return None
        known = self._kept.get(key)
        if known is None or known[0] != language:
            tree = parse(lines, language)
        else:
            tree = parse(lines, language, edited(known[2], known[1], lines.source))
            if tree.root_node.has_error:
                # Recovery from an error depends on what was there before; a fresh parse does not.
                tree = parse(lines, language)
        self._kept[key] = (language, lines.source, tree)
        return tree

    def forget(self, key: str) -> None:
        """Let go of the tree of a document that was closed."""
        self._kept.pop(key, None)


def edited(tree: "Tree", old: bytes, new: bytes) -> "Tree":
    """Return `tree` told where `new` differs from the text that it was parsed from."""
    change = change_between(old, new)
    tree.edit(
        change.start,
        change.old_end,
        change.new_end,
        _point(old, change.start),
        _point(old, change.old_end),
        _point(new, change.new_end),
    )
    return tree


def _point(text: bytes, offset: int) -> tuple[int, int]:
    """Return the row and byte column of `offset`, as tree-sitter counts rows: by line feeds."""
    return text.count(b"\n", 0, offset), offset - (text.rfind(b"\n", 0, offset) + 1)
