"""When a stream has said all that can be used, so that the model is stopped at once."""

import re
from dataclasses import dataclass, field

from lsp_server.common.languages import language_named
from lsp_server.common.snapshot import Place
from lsp_server.features.inline_completion.filters.repetition import is_looping
from lsp_server.features.inline_completion.seams import Measures, Syntax
from lsp_server.features.inline_completion.shaping import MOST_LINES, cleaned, one_line

_STREAK = 2
"""Lines after the first that one answer may serve later."""

_MOST_TO_CLOSE = 12
"""Lines within which an answer of one line may close the brackets that the line opens."""

_BEYOND = "\n)]}"
_CLOSERS = ")]}"
_TELLING = 12
"""Letters of a line within which it shows whether it still belongs to the block."""

_FIRST_WORD = re.compile(r"\s*(\w+)\W")
_GOES_ON = {"else", "elif", "elsif", "except", "finally", "catch", "rescue", "while", "case"}


@dataclass
class Ending:
    """Watches one stream: a line and the few lines after it, or a block that is complete.

    Each piece is pasted into `live`, the tree of the document; what that calls the end holds only
    if a fresh parse by `syntax` says so as well.
    """

    place: Place
    block: bool
    syntax: Syntax
    live: Measures
    _seen: int = field(default=0, init=False)

    def __call__(self, text: str) -> bool:
        """Whether `text`, which is what the stream has said so far, is enough."""
        piece, self._seen = text[self._seen :], len(text)
        begun = text.rpartition("\n")[2].strip()
        tells = self.block and 0 < len(begun) <= _TELLING
        if "\n" not in text or not ("\n" in piece or tells):
            return False
        text = cleaned(self.place, text)
        head, separator, line = text.rpartition("\n")
        said = head + separator
        if not said:
            return False
        if is_looping(said):
            return True
        if not self.block:
            return said.count("\n") > _STREAK and self._is_closed_line(said)
        return said.count("\n") >= MOST_LINES or self._is_complete(said, line)

    def _is_closed_line(self, said: str) -> bool:
        """Whether the first line opens nothing that the lines after it have yet to close."""
        first = said.split("\n", 1)[0]
        far = said.count("\n") >= _MOST_TO_CLOSE
        return far or one_line(self.place, said.rstrip("\n")).startswith(first)

    def _is_complete(self, said: str, line: str) -> bool:
        """Whether the block has ended in whole lines, or by how the next `line` begins."""
        depth = self._depth(said)
        if line.strip() and (
            _indentation(line) < depth
            or (line.lstrip()[0] in _CLOSERS and self.place.below.lstrip()[:1] == line.lstrip()[0])
        ):
            said += line
        elif self._is_closed(said, line, depth):
            return True
        if not self._ended(self.live, said):
            return False
        return self._ended(self.syntax, said)

    def _depth(self, said: str) -> int:
        """Return the depth of the block: that of its first line, or of the line that opens it."""
        before = self.place.line_before
        first = next((line for line in said.split("\n") if line.strip()), "")
        if before.strip():
            return _indentation(before)
        return _indentation(before + first) if said.startswith(first) else _indentation(first)

    def _is_closed(self, said: str, line: str, depth: int) -> bool:
        """Whether a block opened on the cursor's line was closed and something else begins."""
        last = said.rstrip().rpartition("\n")[2]
        word = _FIRST_WORD.match(line)
        begins = word is not None and word[1] not in _GOES_ON
        return (
            bool(self.place.line_before.strip())
            and begins
            and last.strip()[:1] in {"}", ")", "]"}
            and _indentation(last) == depth == _indentation(line)
            and self._length(self.live, said) == len(said.rstrip())
        )

    def _ended(self, measures: Measures, said: str) -> bool:
        length = self._length(measures, said)
        # Half a statement can look complete, as long as only a remark or a piece of its line is
        # over.
        beyond = said[length:].lstrip(" \t")[:1]
        return length < len(said.rstrip()) and beyond in _BEYOND and self._is_code(said[length:])

    def _is_code(self, text: str) -> bool:
        """Whether `text` holds more than remarks, which no syntax counts to a block still open."""
        sign = language_named(self.place.snapshot.language).line_comment or "\0"
        return any(line.strip() and not line.lstrip().startswith(sign) for line in text.split("\n"))

    def _length(self, measures: Measures, said: str) -> int:
        place = self.place
        return measures.complete_length(place.above, said, place.below, place.snapshot.language)


def _indentation(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
