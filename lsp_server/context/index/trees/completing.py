"""Where generated text ends syntactically: how much of it belongs at the cursor."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lsp_server.common.text import split_lines
from lsp_server.context.index.reading.fallback import indent_of
from lsp_server.context.index.trees.grammars import is_known, parser

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

Parse = Callable[[bytes], "Tree"]
"""From a source to its tree."""

_OPENERS = {"(": ")", "[": "]", "{": "}"}
_CLOSERS = frozenset(_OPENERS.values())
_WINDOW_LINES = 400
# Lines can be long: beyond that many characters only lines and brackets say where text ends.
_MOST_WINDOW = 64 * 1024
_REPEAT_LENGTH = 4


def complete_length(above: str, generated: str, below: str, language: str) -> int:
    """Return how many characters of `generated` to keep so that it ends at the syntactic end.

    The end is that of the statement under construction where the cursor's line has text before
    the cursor, else that of the block around the cursor. What `below` already holds (closing
    brackets, the next line) is not kept. Languages without a grammar go by indentation.
    """
    if not is_known(language):
        return length_with(None, above, generated, below)
    above = above[window_start(above) :]
    return length_with(parser(language).parse, above, generated, below)


def length_with(parse: Parse | None, above: str, generated: str, below: str) -> int:
    """Return the same as `complete_length`, with `above` and `generated` parsed by `parse`."""
    kept = _before_repeat(generated, below)
    kept = _by_lines(above, generated[:kept])
    if parse is not None and len(above) + len(generated) <= _MOST_WINDOW:
        kept = _by_tree(parse, above, generated[:kept], below)
    return len(generated[:kept].rstrip()) if "\n" in generated[:kept] else kept


def _before_repeat(generated: str, below: str) -> int:
    following = next((line.strip() for line in below.split("\n")[1:] if line.strip()), "")
    length = 0
    for number, line in enumerate(split_lines(generated)):
        if number and len(following) >= _REPEAT_LENGTH and line.strip() == following:
            return length
        length += len(line)
    return length


def _by_lines(above: str, generated: str) -> int:
    head = above[above.rfind("\n") + 1 :]
    lines = split_lines(generated)
    base = indent_of(head if head.strip() else head + lines[0])
    length = len(lines[0])
    if not head.strip() and not lines[0].strip():
        base = min((indent_of(line) for line in lines if line.strip()), default=0)
    for line in lines[1:]:
        if line.strip() and indent_of(line) < base:
            return length
        length += len(line)
    return length


def _by_tree(parse: Parse, above: str, generated: str, below: str) -> int:
    source = (above + generated).encode("utf-8", "surrogatepass")
    first = len(above.encode("utf-8", "surrogatepass"))
    root = parse(source).root_node
    end = _statement_end(root, source, first, above)
    end = _unmatched(root, (first, end), below, source)
    return len(source[first:end].decode("utf-8", "ignore"))


def window_start(above: str) -> int:
    """Return the offset in `above` from which on parsing sees all that matters at its end."""
    # Parsing a long file for each piece of a stream would cost more than the stream. The nearest
    # unindented line above the cursor begins something that parses by itself.
    offset = above.rfind("\n") + 1
    for _ in range(_WINDOW_LINES):
        line = above[offset : offset + 1]
        if line and not line.isspace() and line not in ")]}#/*@":
            return offset
        if offset == 0:
            return 0
        offset = above.rfind("\n", 0, offset - 1) + 1
    return offset


def _statement_end(root: "Node", source: bytes, first: int, above: str) -> int:
    head = above[above.rfind("\n") + 1 :]
    if head.strip():
        begin = first - len(head.lstrip().encode("utf-8", "surrogatepass"))
        return _end_of_statement(root, begin, first, len(source))
    rest = source[first:]
    begin = first + len(rest) - len(rest.lstrip())
    node = _largest_at(root, begin)
    if node is None or node.parent is None or node.has_error:
        return len(source)
    if node.parent.parent is None:
        # Indented code hangs at the root only because its block is not closed yet.
        indented = bool(head) or rest[:1] in {b" ", b"\t"}
        return len(source) if indented else _end_of_group(node, source)
    return min(node.parent.end_byte, len(source))


def _end_of_statement(root: "Node", begin: int, first: int, limit: int) -> int:
    node = _largest_at(root, begin)
    if node is None or node.has_error or node.end_byte <= first:
        return limit
    following = node.next_sibling
    while following is not None and not following.is_named and following.type in {";", ","}:
        node, following = following, following.next_sibling
    return min(node.end_byte, limit)


def _end_of_group(node: "Node", source: bytes) -> int:
    # At the top level there is no block to end: stop at the first blank line between statements.
    while True:
        following = node.next_sibling
        if following is None:
            return len(source)
        if b"\n" in source[node.end_byte : following.start_byte].replace(b"\n", b"", 1):
            return node.end_byte
        node = following


def _largest_at(root: "Node", begin: int) -> "Node | None":
    node = root.named_descendant_for_byte_range(begin, begin)
    while node is not None and node.parent is not None and node.parent.start_byte == begin:
        if node.parent.parent is None:
            break
        node = node.parent
    return node if node is not None and node.start_byte == begin and node.parent else None


def _unmatched(root: "Node", piece: tuple[int, int], below: str, source: bytes) -> int:
    """Return where the first bracket stands that closes what `below` closes already."""
    first, end = piece
    pending = below.lstrip()
    depth: list[str] = []
    for node in _leaves(root, first, end):
        kind = node.type
        if kind[-1:] in _OPENERS and not kind.isalnum():
            # `${` and `#{` open in templates what a plain brace closes.
            depth.append(_OPENERS[kind[-1:]])
        elif kind in _CLOSERS and depth:
            depth.pop()
        elif kind in _CLOSERS and pending.startswith(kind):
            kept = source[first : node.start_byte]
            return first + (len(kept.rstrip()) if b"\n" in kept else len(kept))
    return end


def _leaves(root: "Node", first: int, end: int) -> "list[Node]":
    found: list[Node] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.end_byte <= first or node.start_byte >= end:
            continue
        if node.child_count:
            stack.extend(reversed(node.children))
        elif node.start_byte >= first and not node.is_missing:
            found.append(node)
    return found
