"""Where nothing should be asked, and where more than a line may be."""

import re

from lsp_server.common.languages import language_named
from lsp_server.common.snapshot import Place
from lsp_server.common.text import body

_FINE_AFTER = re.compile(r"[\s)\]}>\"'`;:,]*(?:\{\s*)?$")
_CLOSED = re.compile(r"[)\]}][;,]?\s*$|;\s*$")
_OPENER = re.compile(r"(?:[{(\[:]|=>|->|\bdo|\bthen|\belse)\s*$")
_EMPTY_PAIRS = {"()", "[]", "{}", "<>", '""', "''", "``"}
_LONGEST_LINE = 2000
_MOST_LINES_OF_COMMENT = 200
_CALL = re.compile(r"[(\[]\s*$|,\s*$")


def is_open(place: Place) -> bool:
    """Whether a suggestion can make sense at `place` without being asked for.

    Not inside a word, not where the rest of the line is more than closing signs, not after a
    statement that its sign has closed, not in a line that no hand has written.
    """
    before, after = place.line_before, place.line_after
    if len(before) > _LONGEST_LINE:
        return False
    if after[:1].isalnum() or after[:1] == "_":
        return False
    if not _FINE_AFTER.match(after) and before[-1:] + after[:1] not in _EMPTY_PAIRS:
        return False
    if _CLOSED.search(before) and not after.strip() and before.strip() not in {"}", ")", "]"}:
        return not before.rstrip().endswith(";") and not _ends_statement(before)
    return True


def _ends_statement(before: str) -> bool:
    # `foo()` may go on with `.bar()`, but nobody waits for it there: it came with the call.
    return before == before.rstrip()


def in_comment(place: Place) -> bool:
    """Whether the cursor stands in a comment that begins its line; literals are not looked into."""
    language = language_named(place.snapshot.language)
    sign = language.line_comment
    if sign and place.line_before.lstrip().startswith(sign):
        return True
    return language.block_comment is not None and _in_block(place, *language.block_comment)


def _in_block(place: Place, opener: str, closer: str) -> bool:
    # Signs within a line stand in literals as well: `"src/**/*.ts"` opens nothing.
    lines, last = place.snapshot.lines, place.position.line
    above = lines[max(last - _MOST_LINES_OF_COMMENT, 0) : last]
    for line in (place.line_before, *reversed(above)):
        at = line.rfind(closer)
        if line.lstrip().startswith(opener) and at <= line.find(opener):
            return True
        if at >= 0:
            return False
    return False


def in_prose(place: Place) -> bool:
    """Whether the cursor stands in a comment or in a literal over lines, or in a text file."""
    language = language_named(place.snapshot.language)
    if not language.line_comment or in_comment(place):
        return True
    above = place.above
    return any(above.count(quote) % 2 for quote in ('"""', "'''", "`"))


def allows_block(place: Place) -> bool:
    """Whether syntax lets a suggestion go over lines: in an empty block or after its opener.

    On an empty line: the line above opens a block and the lines below are no deeper. On a line
    that ends in an opener: the next line is no deeper. Never inside a call's arguments.
    """
    if place.line_after.strip() or in_comment(place):
        return False
    before = place.line_before
    lines = place.snapshot.lines
    if before.strip():
        own = _depth(before)
        return bool(_OPENER.search(before)) and not _CALL.search(before) and _below(place) <= own
    above = next((body(x) for x in reversed(lines[: place.position.line]) if x.strip()), "")
    if not above:
        return not any(line.strip() for line in lines)
    return (
        bool(_OPENER.search(above)) and not _CALL.search(above) and _below(place) <= _depth(above)
    )


def _below(place: Place) -> int:
    following = place.snapshot.lines[place.position.line + 1 :]
    return next((_depth(line) for line in following if line.strip()), 0)


def _depth(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
