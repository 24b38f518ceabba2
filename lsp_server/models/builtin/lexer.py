"""Source text as lexer tokens: the unit in which the built-in engine counts and copies.

A line is one line-start token followed by its code tokens. A string literal that ends on its line
is one token; a longer one is the opaque token `LONG`. Comments leave no token. The classes of
line starts tell whether the line is indented as the one before, deeper or less deep, which is
what a block begins and ends with in every language.
"""

import re
from dataclasses import dataclass
from functools import cache

from lsp_server.common.languages import Language, language_named

LINE_SAME, LINE_IN, LINE_OUT, LONG, NOTHING = range(5)
"""Reserved token numbers: three classes of line starts, a long literal, no token at all."""

FIRST_WORD = 8
"""The lowest number that stands for a text."""

LINE_STARTS = (LINE_SAME, LINE_IN, LINE_OUT)

_WORD = r"(?:[^\W\d]|\$)[\w$]*"
_NUMBER = r"\d\w*(?:\.\d\w*)?"
_OPERATOR = (
    r"\.\.\.|<<=|>>=|\*\*=|//=|===|!==|\?\?=|&&=|\|\|=|\.\.=|->|=>|::|:=|==|!=|<=|>=|&&|\|\||\?\?"
    r"|\?\.|\+\+|--|\+=|-=|\*=|/=|%=|\|=|&=|\^=|<-|\*\*|\.\.|[^\w\s]"
)
_DOUBLE = r'"(?:\\.|[^"\\\n])*"?'
_SINGLE = r"'(?:\\.|[^'\\\n])*'?"
_CHARACTER = r"'(?:\\[^'\n]+|[^\\'\n])'|'\w+"
_BACKTICK = r"`(?:\\[\s\S]|[^`\\])*(?:`|\Z)"
_RAW_RUST = r'b?r#+"[\s\S]*?(?:"#+|\Z)'

_LONG_ENDS = {'"""': '"""', "'''": "'''", "`": "`", "/*": "*/", "<!--": "-->", "--[[": "]]"}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How one language's text falls into tokens.

    `pattern` finds tokens with the blanks before them; `comments` are the texts with which a
    comment begins; `long_starts` those of literals and comments that may go on over lines.
    """

    pattern: re.Pattern[str]
    comments: tuple[str, ...]
    long_starts: tuple[str, ...]
    quotes: str


def _strings(language: Language) -> tuple[list[str], list[str]]:
    """Return the patterns of literals, longest first, and the openers of those over lines."""
    if language.name == "python":
        triple = [rf"[rbfuRBFU]{{0,2}}{q}[\s\S]*?(?:{q}|\Z)" for q in ('"""', "'''")]
        plain = [rf"[rbfuRBFU]{{0,2}}{_DOUBLE}", rf"[rbfuRBFU]{{0,2}}{_SINGLE}"]
        return triple + plain, ['"""', "'''"]
    if language.name == "rust":
        return [_RAW_RUST, f"b?{_DOUBLE}", f"b?(?:{_CHARACTER})"], []
    if language.name in {"java", "kotlin"}:
        return [r'"""[\s\S]*?(?:"""|\Z)', _DOUBLE, _SINGLE], ['"""']
    if language.name in {"c", "cpp", "csharp"}:
        return [_DOUBLE, _SINGLE], []
    return [_BACKTICK, _DOUBLE, _SINGLE], ["`"]


@cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of an LSP language identifier; unknown ones get a general one."""
    known = language_named(language)
    literals, long_starts = _strings(known)
    comments, parts = [], []
    if known.block_comment is not None:
        opener, closer = known.block_comment
        comments.append(opener)
        parts.append(rf"{re.escape(opener)}[\s\S]*?(?:{re.escape(closer)}|\Z)")
        long_starts = [opener, *long_starts]
    if known.line_comment:
        comments.append(known.line_comment)
        parts.append(rf"{re.escape(known.line_comment)}[^\n]*")
    parts += [*literals, _WORD, _NUMBER, _OPERATOR]
    pattern = re.compile(rf"(?:[ \t\r\f]*\n)+[ \t]*|[ \t]*(?:{'|'.join(parts)})")
    # In Rust a lone apostrophe begins a lifetime.
    quotes = '"' if known.name == "rust" else "\"'`"
    return Lexicon(pattern, tuple(comments), tuple(long_starts), quotes)


def indent_width(blanks: str) -> int:
    """Return the columns that `blanks` take, a tab counting as four."""
    return len(blanks) + 3 * blanks.count("\t")


def is_literal(text: str) -> bool:
    """Whether a token's text is a string or character literal."""
    return text[-1:] in "\"'`" or (text[:1] == "'" and len(text) > 1)


def is_word(text: str) -> bool:
    """Whether a token's text is an identifier or a keyword."""
    return text[:1].isalpha() or text[:1] in "_$"


def open_literal(token: str, lexicon_: Lexicon) -> str:
    """Return what must come to end the literal or comment that `token` leaves open, or ''.

    Only literals that may go on over lines count: a string that ends with its line does not.
    """
    text = token.lstrip("rbfuRBFU") if '"""' in token or "'''" in token else token
    for opener in lexicon_.long_starts:
        if text.startswith(opener):
            closer = _LONG_ENDS[opener]
            closed = len(text) >= len(opener) + len(closer) and text.endswith(closer)
            return "" if closed else closer
    return ""
