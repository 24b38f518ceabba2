"""What of the rest of the cursor's line a suggestion says again, and so takes the place of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_QUOTES = "\"'`"
_CLOSING = ";,:" + _QUOTES
_BRACKETS = ")]}"
_LINES_ABOVE = 60
_LINES_KEPT = 1024


@dataclass(frozen=True, slots=True)
class Surrounding:
    """What stands around the cursor: its line before and after it, the lines above and below."""

    before: str
    after: str
    above: Sequence[str] = ()
    below: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Fitted:
    """Text, and how many characters after the cursor it takes the place of."""

    text: str
    replaced: int


def fitted(text: str, around: Surrounding) -> Fitted:
    """Return `text` such that nothing that stands after the cursor is there twice.

    The range is widened over what `text` says again. Closers that `text` has too many, and that
    nothing around the cursor waits for, end it.
    """
    after = around.after.rstrip()
    extra = unopened(text, around.before)
    if not after:
        return Fitted(_closed(text, extra, around), 0)
    said = text.rstrip()
    if any(sign.isalnum() for sign in after) and said.endswith(after):
        return Fitted(said, len(after))
    inside = open_quote(around.before)
    if inside and any(sign in _QUOTES for sign in after) and said.endswith(after):
        return Fitted(said, len(after))
    if not extra:
        return _without_closers(text, after)
    return _over_closers(text, extra, after)


def _without_closers(text: str, after: str) -> Fitted:
    """Fit a text whose brackets are its own: what else it says again is replaced."""
    said = text.rstrip()
    for length in range(min(len(said), len(after)), 0, -1):
        same = said.endswith(after[:length])
        single = after[0] in _CLOSING or (after[0] == ">" and _closes_angle(said))
        if same and after[0] not in _BRACKETS and (length > 1 or single):
            return Fitted(said, length)
    if said[-1:] in {";", ",", ":"} and after.endswith(said[-1]) and after != said[-1]:
        return Fitted(said[:-1], 0)
    return Fitted(text, 0)


def _closes_angle(text: str) -> bool:
    bare = text.replace("->", "").replace("=>", "")
    return bare.count(">") > bare.count("<")


def _over_closers(text: str, extra: Sequence[int], after: str) -> Fitted:
    matched = 0
    for number, at in enumerate(extra):
        start = len(after) - len(after[matched:].lstrip())
        if after[start : start + 1] == text[at]:
            matched = start + 1
            continue
        if matched == 0:
            return Fitted(text[:at].rstrip(), 0)
        return _with_tail(text[:at], text[extra[number - 1] + 1 : at], after, matched)
    return _with_tail(text, text[extra[-1] + 1 :], after, matched)


def _with_tail(text: str, tail: str, after: str, matched: int) -> Fitted:
    """Widen over what comes after the matched closers in both."""
    left = after[matched:]
    if tail and left.startswith(tail):
        return Fitted(text, matched + len(tail))
    if left and tail.startswith(left):
        return Fitted(text, len(after))
    if left and tail:
        return Fitted(text[: len(text) - len(tail)], matched)
    return Fitted(text, matched)


def unopened(text: str, line_before: str) -> list[int]:
    """Return where `text` closes a bracket or literal that it did not open itself.

    A literal that `line_before` opened is looked for as well; brackets inside literals are text.
    """
    return _unmatched(text, open_quote(line_before))[1]


def open_brackets(text: str) -> list[int]:
    """Return where `text` opens a bracket that it does not close; inside literals they are text."""
    return _unmatched(text, "")[0]


def _unmatched(text: str, quote: str) -> tuple[list[int], list[int]]:
    """Return where brackets open that stay open, and where something closes that never opened."""
    stack: list[int] = []
    found: list[int] = []
    escaped = False
    mine = not quote
    for at, sign in enumerate(text):
        if escaped:
            escaped = False
        elif quote:
            escaped = sign == "\\"
            if sign == quote:
                found += [] if mine else [at]
                quote, mine = "", True
            elif sign == "\n" and quote != "`":
                quote, mine = "", True
        elif sign in _QUOTES and not _is_apostrophe(text, at):
            quote = sign
        elif sign in _PAIRS:
            stack.append(at)
        elif sign in _PAIRS.values():
            if stack and _PAIRS[text[stack[-1]]] == sign:
                stack.pop()
            else:
                found.append(at)
    return stack, found


def _is_apostrophe(text: str, at: int) -> bool:
    return text[at] == "'" and at > 0 and (text[at - 1].isalnum() or text[at - 1] in "&<")


def open_quote(line: str) -> str:
    """Return the quote that `line` leaves open, or ''."""
    return _outside_literals(line)[1]


def _outside_literals(line: str) -> tuple[list[str], str]:
    """Return the characters of `line` outside its literals, and the quote that stays open."""
    outside: list[str] = []
    quote, escaped = "", False
    for at, sign in enumerate(line):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = bool(quote)
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in _QUOTES and not _is_apostrophe(line, at):
            quote = sign
        else:
            outside.append(sign)
    return outside, quote


def _closed(text: str, extra: Sequence[int], around: Surrounding) -> str:
    """Return `text` without what follows a closer that nothing before the cursor waits for."""
    closing = [at for at in extra if text[at] not in _QUOTES]
    waiting = _waiting(around) if closing else []
    for at in closing:
        if waiting and waiting[-1] == text[at]:
            waiting.pop()
        else:
            return text[:at].rstrip()
    return text


def _waiting(around: Surrounding) -> list[str]:
    """Return the closers that brackets before the cursor wait for and the next line does not give.

    Brackets above are looked for in the lines that lead to the cursor only: a line that begins
    something further out ends the search.
    """
    stack: list[str] = []
    for line in [*around.above[-_LINES_ABOVE:], around.before]:
        _follow(line, stack)
    following = next((line.strip() for line in around.below if line.strip()), "")
    given = 0
    while given < len(following) and stack[-1 - given :][:1] == [following[given]]:
        given += 1
    return stack[: len(stack) - given] if given else stack


def without_open_end(text: str) -> str:
    """Return the first lines of a text that was cut short, up to where nothing is open.

    That is a bracket, or a line that ends in a colon. All of it where no line would be left.
    """
    stack: list[str] = []
    lines = text.split("\n")
    closed = 0
    for number, line in enumerate(lines, 1):
        _follow(line, stack)
        closed = number if not stack and not line.rstrip().endswith(":") else closed
    return "\n".join(lines[:closed]) if closed else text


def _follow(line: str, stack: list[str]) -> None:
    """Take the brackets of a line, outside its literals, on and off `stack`."""
    for sign in _brackets(line):
        if sign in _PAIRS:
            stack.append(_PAIRS[sign])
        elif stack and sign == stack[-1]:
            stack.pop()


@lru_cache(_LINES_KEPT)
def _brackets(line: str) -> str:
    # The lines above the cursor are the same from key to key.
    return "".join(s for s in _outside_literals(line)[0] if s in _PAIRS or s in _BRACKETS)
