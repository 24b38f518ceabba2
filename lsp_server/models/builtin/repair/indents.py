"""Python's indentation: a block that is missing, a line too deep, a line between two levels."""

from collections.abc import Iterator

from lsp_server.common.edits import TextEdit
from lsp_server.models.builtin.repair.draft import Draft


def indentation_repairs(draft: Draft) -> Iterator[tuple[TextEdit, ...]]:
    """Yield other indentations for the lines with a fault, and `pass` for an empty block."""
    if draft.language != "python":
        return
    for line in draft.fault_lines:
        if not draft.lines[line].strip():
            continue
        above = _code_above(draft, line)
        yield from _deeper(draft, line, above)
        yield from _moved(draft, line)


def _code_above(draft: Draft, line: int) -> int:
    for number in range(line - 1, -1, -1):
        if draft.on_line(number):
            return number
    return -1


def _deeper(draft: Draft, line: int, above: int) -> Iterator[tuple[TextEdit, ...]]:
    if above < 0 or draft.on_line(above)[-1].text != ":":
        return
    outer = draft.indentation(above)
    unit = "\t" if "\t" in outer else "    "
    if len(draft.indentation(line)) <= len(outer):
        yield _indented(draft, line, outer + unit)
        yield (draft.insert(draft.code_end(above), f"\n{outer}{unit}pass"),)


def _moved(draft: Draft, line: int) -> Iterator[tuple[TextEdit, ...]]:
    """Yield the indentations of lines above, nearest in width first."""
    mine = draft.indentation(line)
    levels = {draft.indentation(n) for n in range(max(0, line - 60), line) if draft.on_line(n)}
    for level in sorted(levels - {mine}, key=lambda other: abs(len(other) - len(mine))):
        yield _indented(draft, line, level)
        start = draft.line_start(line)
        yield (draft.replace(start, start + len(mine), level),)


def _indented(draft: Draft, first: int, indentation: str) -> tuple[TextEdit, ...]:
    """Move the line and those after it that are as deep or deeper."""
    mine = draft.indentation(first)
    edits: list[TextEdit] = []
    for line in range(first, len(draft.lines)):
        own = draft.indentation(line)
        if draft.lines[line].strip() and not own.startswith(mine):
            break
        if draft.lines[line].strip():
            start = draft.line_start(line)
            edits.append(draft.replace(start, start + len(mine), indentation))
        if not mine and line > first:
            edits = edits[:1]
            break
    return tuple(edits)
