"""Brackets without their partner."""

from collections.abc import Iterator
from itertools import chain

from lsp_server.common.edits import TextEdit
from lsp_server.models.builtin.repair.draft import Draft, Token

PAIRS = {"(": ")", "[": "]", "{": "}"}
_OPENERS = {closer: opener for opener, closer in PAIRS.items()}


def unmatched(tokens: list[Token]) -> tuple[list[Token], list[Token], list[tuple[Token, Token]]]:
    """Return openers never closed, closers never opened, and pairs that do not fit.

    A closer that fits an opener further out closes it: what lies between was never closed.
    """
    stack: list[Token] = []
    lost: list[Token] = []
    strays: list[Token] = []
    wrong: list[tuple[Token, Token]] = []
    for token in tokens:
        if token.text in PAIRS:
            stack.append(token)
        elif token.text in _OPENERS:
            depth = _depth(stack, _OPENERS[token.text])
            if depth < 0:
                strays.append(token)
                wrong += [(stack[-1], token)] if stack else []
                continue
            lost += stack[depth + 1 :]
            wrong += [(stack[-1], token)] if depth + 1 < len(stack) else []
            del stack[depth:]
    return lost + stack, strays, wrong


def _depth(stack: list[Token], opener: str) -> int:
    return max((n for n, token in enumerate(stack) if token.text == opener), default=-1)


def bracket_repairs(draft: Draft) -> Iterator[tuple[TextEdit, ...]]:
    """Yield insertions of missing brackets, removals of extra ones, and exchanges."""
    lost, strays, wrong = unmatched(draft.tokens)
    near = set(draft.fault_lines)
    lost.sort(key=lambda token: token.line not in near)
    if any(opener.text == "{" for opener in lost):
        yield from chain.from_iterable(_dedents(draft, t, "}") for t in _left_early(draft))
    for opener in lost:
        yield from _closings(draft, opener)
    for stray in strays:
        yield (draft.replace(stray.start, stray.end),)
    for opener, closer in wrong:
        yield (draft.replace(closer.start, closer.end, PAIRS[opener.text]),)
        yield (draft.replace(opener.start, opener.end, _OPENERS[closer.text]),)
    if len(lost) > 1:
        yield (draft.insert(len(draft.text.rstrip()), _all_closed(lost)),)
    for stray in strays:
        yield from _openings(draft, stray)
    for opener in lost:
        yield (draft.replace(opener.start, opener.end),)


def _left_early(draft: Draft) -> list[Token]:
    """Return the braces whose closer is less indented than they are: it belongs further out."""
    stack: list[Token] = []
    found: list[Token] = []
    for token in draft.tokens:
        if token.text == "{":
            stack.append(token)
        elif token.text == "}" and stack:
            opener = stack.pop()
            if len(draft.indentation(token.line)) < len(draft.indentation(opener.line)):
                found.append(opener)
    return found


def _all_closed(lost: list[Token]) -> str:
    ordered = sorted(lost, key=lambda token: token.start, reverse=True)
    return "".join("\n}" if token.text == "{" else PAIRS[token.text] for token in ordered)


def _closings(draft: Draft, opener: Token) -> Iterator[tuple[TextEdit, ...]]:
    """Yield closers for `opener`: on its line before what cannot be inside, then by indentation."""
    closer = PAIRS[opener.text]
    after = [t for t in draft.on_line(opener.line) if t.start > opener.start]
    if opener.text != "{" or after:
        ends = _line_ends(draft, opener, after)
        yield from ((draft.insert(offset, closer),) for offset in ends)
    yield from _dedents(draft, opener, closer)


def _line_ends(draft: Draft, opener: Token, after: list[Token]) -> list[int]:
    trailing = [t.start for t in after if t.text in {":", "{", ";", "=>", "->"}]
    # `foo(a, b:` and `if (x {`: the closer stands before the sign that ends the header.
    before_sign = [_end_before(draft, offset) for offset in trailing[-2:][::-1]]
    end = draft.code_end(opener.line)
    inner = [t.end for t in reversed(after)][:6]
    return list(dict.fromkeys([*before_sign, end, *inner, opener.end]))


def _end_before(draft: Draft, offset: int) -> int:
    return len(draft.text[:offset].rstrip())


def _dedents(draft: Draft, opener: Token, closer: str) -> Iterator[tuple[TextEdit, ...]]:
    """Yield closers where the indentation returns to that of the opener's line, and at the end."""
    indentation = draft.indentation(opener.line)
    last = opener.line
    for line in range(opener.line + 1, len(draft.lines)):
        if not draft.lines[line].strip():
            continue
        if len(draft.indentation(line)) <= len(indentation):
            offset = draft.code_end(last)
            yield (draft.insert(offset, f"\n{indentation}{closer}"),)
            yield (draft.insert(offset, closer),)
            break
        last = line
    end = len(draft.text.rstrip())
    yield (draft.insert(end, f"\n{indentation}{closer}"),)
    yield (draft.insert(end, closer),)


def _openings(draft: Draft, stray: Token) -> Iterator[tuple[TextEdit, ...]]:
    opener = _OPENERS[stray.text]
    before = [t for t in draft.on_line(stray.line) if t.start < stray.start]
    if stray.text == "}":
        for line in range(stray.line - 1, max(stray.line - 40, -1), -1):
            if len(draft.indentation(line)) <= len(draft.indentation(stray.line)) and (
                draft.lines[line].strip()
            ):
                yield (draft.insert(draft.code_end(line), " {"),)
                break
    yield from ((draft.insert(t.start, opener),) for t in reversed(before[-8:]))
    yield from ((draft.insert(t.end, opener),) for t in reversed(before[-8:]))
