"""textDocument/inlineCompletion."""

from collections.abc import Awaitable, Sequence

from lsprotocol import types

from lsp_server.common.snapshot import Place
from lsp_server.features.values import Suggestion
from lsp_server.protocol.convert import to_inline_item
from lsp_server.protocol.feature_set import SuggestsText
from lsp_server.protocol.handlers.acceptance import accepted_command
from lsp_server.protocol.session import Session


def inline_completion(
    session: Session, params: types.InlineCompletionParams
) -> Awaitable[types.InlineCompletionList] | types.InlineCompletionList:
    """Text at the cursor, or an empty list."""
    place = session.place(params.text_document.uri, params.position)
    if place is None or not session.settings.completion.enabled:
        return nothing_inline()
    invoked = params.context.trigger_kind is types.InlineCompletionTriggerKind.Invoked
    known = None if invoked else session.features.inline_completion.known(place)
    if known is not None:
        # Answered before anything else runs: to begin a task takes longer than to find this.
        return _list(session, place, [known])
    return _suggest(session, place, invoked=invoked)


def nothing_inline() -> types.InlineCompletionList:
    """Return the answer that shows nothing."""
    return types.InlineCompletionList(items=[])


async def _suggest(session: Session, place: Place, *, invoked: bool) -> types.InlineCompletionList:
    feature = session.features.inline_completion
    suggestions = await (feature.choices(place) if invoked else _single(feature, place))
    if not session.is_current(place.snapshot):
        return nothing_inline()
    return _list(session, place, suggestions)


def _list(
    session: Session, place: Place, suggestions: Sequence[Suggestion]
) -> types.InlineCompletionList:
    return types.InlineCompletionList(items=[_item(session, place, one) for one in suggestions])


async def _single(feature: SuggestsText, place: Place) -> Sequence[Suggestion]:
    suggestion = await feature.suggest(place)
    return [suggestion] if suggestion is not None else []


def _item(session: Session, place: Place, suggestion: Suggestion) -> types.InlineCompletionItem:
    item = to_inline_item(suggestion, place.snapshot, session.profile.encoding)
    item.command = accepted_command(session, place.snapshot.uri, suggestion)
    return item
