"""Token texts as numbers."""

from collections.abc import Sequence

from lsp_server.models.builtin.lexer import FIRST_WORD, LONG, NOTHING, Lexicon, indent_width

LONGEST_TEXT = 120
"""Letters beyond which a literal counts as long: nobody wants it repeated."""

WIDEST = 120


class Vocabulary:
    """Texts of tokens by number and back; numbers are never reused."""

    def __init__(self) -> None:
        self.texts: list[str] = [""] * FIRST_WORD
        self.numbers: dict[str, int] = {}

    def extend(self, words: Sequence[str]) -> None:
        """Give the next numbers to `words`, all of them new."""
        self.numbers.update(
            zip(words, range(len(self.texts), len(self.texts) + len(words)), strict=True)
        )
        self.texts += words

    def number(self, text: str) -> int:
        """Return the number of `text`, giving it one if it is new."""
        number = self.numbers.get(text)
        if number is None:
            number = self.numbers[text] = len(self.texts)
            self.texts.append(text)
        return number


class Coder(dict[str, int]):
    """Raw lexer matches to codes: twice the token's number, plus one with a blank before it.

    Line breaks code as minus one minus the width of the indentation that follows.
    """

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._comments = lexicon.comments

    def __missing__(self, raw: str) -> int:
        """Code `raw`; comments and long literals, which never come twice, are not remembered."""
        text = raw.lstrip(" \t")
        if "\n" in raw and raw.isspace():
            code = -1 - min(indent_width(raw[raw.rindex("\n") + 1 :]), WIDEST)
        elif self._comments and text.startswith(self._comments):
            return 2 * NOTHING
        elif "\n" in text or len(text) > LONGEST_TEXT or _is_triple(text):
            return 2 * LONG + (text != raw)
        else:
            code = 2 * self._vocabulary.number(text) + (text != raw)
        self[raw] = code
        return code


def _is_triple(text: str) -> bool:
    """Whether a literal has three quotes: it documents, or it is long; neither is copied."""
    return text.lstrip("rbfuRBFU")[:3] in {'"""', "'''"}
