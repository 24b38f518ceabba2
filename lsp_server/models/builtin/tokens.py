"""Whole texts as arrays of tokens."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lsp_server.models.builtin.lexer import LINE_SAME, NOTHING, lexicon
from lsp_server.models.builtin.vocabulary import Coder, Vocabulary

Ids = npt.NDArray[np.int32]
Spaces = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token numbers, and whether a blank stands before each; both of one length."""

    ids: Ids
    spaces: Spaces

    def __len__(self) -> int:
        return len(self.ids)


EMPTY = Tokens(np.empty(0, np.int32), np.empty(0, np.bool_))


def tokens_of(text: str, language: str, vocabulary: Vocabulary) -> Tokens:
    """Return the tokens of `text`; it begins with a line start, and no line is empty."""
    lexicon_ = lexicon(language)
    coder = Coder(vocabulary, lexicon_)
    found = lexicon_.pattern.findall("\n" + text)
    return from_codes(np.fromiter(map(coder.__getitem__, found), np.int64, len(found)))


def from_codes(codes: npt.NDArray[np.int64]) -> Tokens:
    """Make tokens of a `Coder`'s codes: drop comments and empty lines, class the line starts."""
    codes = codes[codes >> 1 != NOTHING]
    starts = codes < 0
    lasting = ~(starts & np.append(starts[1:], True))
    codes, starts = codes[lasting], starts[lasting]
    ids = (codes >> 1).astype(np.int32)
    ids[starts] = line_classes(-1 - codes[starts])
    return Tokens(ids, (codes & 1).astype(np.bool_) & ~starts)


def line_classes(widths: npt.NDArray[np.int64]) -> Ids:
    """Return the class of each line start by the indentation `widths` of lines with code."""
    before = np.empty_like(widths)
    before[:1], before[1:] = 0, widths[:-1]
    deeper = np.sign(widths - before)
    return np.where(deeper < 0, 2, LINE_SAME + deeper).astype(np.int32)
