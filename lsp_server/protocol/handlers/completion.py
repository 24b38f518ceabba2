"""textDocument/completion: the suggestion as one item, for editors without ghost text."""

import re
from collections.abc import Awaitable

from lsprotocol import types

from lsp_server.common.snapshot import Place
from lsp_server.common.text import Position, Span
from lsp_server.config.settings import Order, Switch
from lsp_server.features.values import Suggestion
from lsp_server.protocol.convert import to_range
from lsp_server.protocol.editor.profile import PositionEncoding
from lsp_server.protocol.handlers.acceptance import accepted_command
from lsp_server.protocol.session import Session

_WORD_BEFORE = re.compile(r"\w*\Z")
_MOST_LABEL = 60
# Last by default: the text is a guess, the items of other servers are names that exist.
_SORT_TEXT = {Order.FIRST: " ", Order.LAST: "\N{TILDE}"}


def completion(
    session: Session, params: types.CompletionParams
) -> Awaitable[types.CompletionList] | types.CompletionList:
    """Offer the text at the cursor as one item, or none."""
    place = session.place(params.text_document.uri, params.position)
    if place is None or not _is_on(session):
        return no_items()
    context = params.context
    invoked = context is None or context.trigger_kind is types.CompletionTriggerKind.Invoked
    return _suggest(session, place, invoked=invoked)


def no_items() -> types.CompletionList:
    """Return an empty list that the editor asks for again at the next key."""
    return types.CompletionList(is_incomplete=True, items=[])


def _is_on(session: Session) -> bool:
    settings = session.settings.completion
    if not settings.enabled or settings.list_item is Switch.OFF:
        return False
    return settings.list_item is Switch.ON or not session.profile.inline_completion


async def _suggest(session: Session, place: Place, *, invoked: bool) -> types.CompletionList:
    suggestion = await session.features.inline_completion.suggest(place, invoked=invoked)
    if suggestion is None or not session.is_current(place.snapshot):
        return no_items()
    item = to_item(suggestion, place, session.profile.encoding)
    item.sort_text = _SORT_TEXT[session.settings.completion.list_order]
    item.command = accepted_command(session, place.snapshot.uri, suggestion)
    return types.CompletionList(is_incomplete=True, items=[item])


def to_item(
    suggestion: Suggestion, place: Place, encoding: PositionEncoding
) -> types.CompletionItem:
    """Return the suggestion as an item that replaces the word at the cursor.

    Editors filter by the word before the cursor, so the range, the filter text and the new text
    all begin with it.
    """
    line, start = place.position.line, suggestion.span.start.column
    found = _WORD_BEFORE.search(place.line_before)
    word_start = min(found.start() if found else start, start)
    head = place.snapshot.lines[line][word_start:start]
    text = head + suggestion.text
    span = Span(Position(line, word_start), suggestion.span.end)
    return types.CompletionItem(
        label=_label(text),
        kind=types.CompletionItemKind.Text,
        detail=f"Tandem · {suggestion.engine}",
        documentation=_preview(text, place.snapshot.language),
        filter_text=place.line_before[word_start:] or text,
        insert_text_format=types.InsertTextFormat.PlainText,
        insert_text_mode=types.InsertTextMode.AsIs,
        text_edit=types.TextEdit(to_range(span, place.snapshot.lines, encoding), text),
    )


def _label(text: str) -> str:
    first = text.strip().split("\n", 1)[0].strip()
    cut = len(first) > _MOST_LABEL or "\n" in text.strip()
    return f"{first[:_MOST_LABEL]}…" if cut else first


def _preview(text: str, language: str) -> types.MarkupContent:
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=2) + 1)
    value = f"{fence}{language}\n{text}\n{fence}"
    return types.MarkupContent(kind=types.MarkupKind.Markdown, value=value)
