"""Quotes without their partner."""

from collections.abc import Iterator

from lsp_server.common.edits import TextEdit
from lsp_server.models.builtin.repair.draft import Draft, Token

_AFTER = ")]}:;, "


def literal_repairs(draft: Draft) -> Iterator[tuple[TextEdit, ...]]:
    """Yield quotes that close what was opened on a line with a fault."""
    for line in draft.fault_lines:
        for token in draft.on_line(line):
            quote = _opened(draft, token)
            if quote:
                yield from _closings(draft, token, quote)


def _opened(draft: Draft, token: Token) -> str:
    text = token.text.lstrip("rbfuRBFU") if token.text[-1:] != token.text[:1] else token.text
    for opener in ('"""', "'''"):
        if text.startswith(opener):
            return "" if len(text) >= 2 * len(opener) and text.endswith(opener) else opener
    quote = text[:1]
    if quote not in draft.lexicon.quotes or not quote:
        return ""
    return "" if len(text) > 1 and text.endswith(quote) else quote


def _closings(draft: Draft, token: Token, quote: str) -> Iterator[tuple[TextEdit, ...]]:
    """Yield the closing quote before trailing signs, the furthest back first."""
    text = draft.text[token.start : token.end].split("\n")[0].rstrip("\r")
    stripped = len(text.rstrip(_AFTER))
    offsets = range(max(stripped, len(quote)), len(text) + 1)
    yield from ((draft.insert(token.start + offset, quote),) for offset in offsets)
    words = [n for n, sign in enumerate(text) if sign in ",) " and n > len(quote)]
    yield from ((draft.insert(token.start + offset, quote),) for offset in words[:6])
    yield (draft.replace(token.start, token.start + len(quote)),)
