"""What of the rest of the cursor's line a suggestion says again, and so takes the place of."""

from dataclasses import dataclass

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_QUOTES = "\"'`"
_CLOSING = ")]};,:" + _QUOTES


@dataclass(frozen=True, slots=True)
class Fitted:
    """Text, and how many characters after the cursor it takes the place of."""

    text: str
    replaced: int


def fitted(text: str, line_before: str, line_after: str) -> Fitted:
    """Return `text` such that nothing that stands after the cursor is there twice.

    The range is widened over what `text` says again. Closers that `text` has too many, and that
    nothing after the cursor stands for, end it.
    """
    after = line_after.rstrip()
    if not after:
        return Fitted(_closed(text, line_before), 0)
    first, _, rest = text.partition("\n")
    if not rest and first.rstrip().endswith(after):
        return Fitted(first.rstrip(), len(after))
    if not rest:
        return _on_one_line(first, line_before, after)
    if text.rstrip().endswith(after):
        return Fitted(text.rstrip(), len(after))
    return _on_one_line(text, line_before, after)


def _on_one_line(text: str, line_before: str, after: str) -> Fitted:
    matched = 0
    extra = unopened(text, line_before)
    for at in extra:
        if matched < len(after) and text[at] == after[matched]:
            matched += 1
            while matched < len(after) and after[matched].isspace():
                matched += 1
            continue
        return Fitted(text[:at].rstrip() if matched == 0 else text[:at], matched)
    if matched:
        tail = text[extra[matched - 1] + 1 :] if matched <= len(extra) else ""
        return _with_tail(text, tail, after, matched)
    overlap = _overlap(text, after)
    return Fitted(text, overlap)


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


def _overlap(text: str, after: str) -> int:
    """Return the length of the longest end of `text` that `after` begins with."""
    for length in range(min(len(text), len(after)), 0, -1):
        if text.endswith(after[:length]) and (length > 1 or after[0] in _CLOSING):
            return length
    return 0


def unopened(text: str, line_before: str) -> list[int]:
    """Return where `text` closes a bracket or literal that it did not open itself.

    A literal that `line_before` opened is looked for as well; brackets inside literals are text.
    """
    stack: list[str] = []
    found: list[int] = []
    quote = open_quote(line_before)
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
            stack.append(_PAIRS[sign])
        elif sign in _PAIRS.values():
            if stack and stack[-1] == sign:
                stack.pop()
            else:
                found.append(at)
    return found


def _is_apostrophe(text: str, at: int) -> bool:
    return text[at] == "'" and at > 0 and (text[at - 1].isalnum() or text[at - 1] in "&<")


def open_quote(line: str) -> str:
    """Return the quote that `line` leaves open, or ''."""
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
    return quote


def _closed(text: str, line_before: str) -> str:
    """Return `text` without what follows a closer that nothing on the line or in it opened."""
    open_before = _open_brackets(line_before)
    for at in unopened(text, line_before):
        if text[at] in _QUOTES:
            continue
        if open_before and open_before[-1] == text[at]:
            open_before.pop()
        elif line_before.strip() and "\n" not in text[:at]:
            return text[:at]
    return text


def _open_brackets(line: str) -> list[str]:
    stack: list[str] = []
    for sign in line:
        if sign in _PAIRS:
            stack.append(_PAIRS[sign])
        elif stack and sign == stack[-1]:
            stack.pop()
    return stack
