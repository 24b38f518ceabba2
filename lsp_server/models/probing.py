"""Whether a model really fills holes: asked once, and remembered by its digest.

A vocabulary may hold marks on which the model was never trained. The hole that is asked here can
only be filled by who has read the text below it.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from lsp_server.models.api import FillPrompt, Request, Urgency
from lsp_server.models.errors import ServerBusy
from lsp_server.models.fim import FillTokens
from lsp_server.models.learning import Keeps
from lsp_server.models.traits import Traits

_log = logging.getLogger(__name__)
_ANSWER = "7351"
_HOLE = FillPrompt("", "", "total = ", f"\nassert total == {_ANSWER}\n", "python", "total.py")
QUESTION = Request(_HOLE, 8, Urgency.BACKGROUND)
_ORDERS = {"below first": True, "above first": False}
_CHAT = "chat"


class Fills:
    """How models fill holes, as found by asking them; kept by digest in `keeps`."""

    def __init__(self, keeps: Keeps | None) -> None:
        self._keeps = keeps

    def is_due(self, digest: str) -> bool:
        """Whether nothing was found out yet, and what will be can be remembered."""
        return self._keeps is not None and not self._found(digest)

    def applied(self, digest: str, traits: Traits) -> Traits:
        """Return `traits` as the model proved to be; its family's until something was found."""
        found, fill = self._found(digest), traits.fill
        if fill is None or not found:
            return traits
        if found == _CHAT:
            return replace(traits, fill=None)
        return replace(traits, fill=replace(fill, suffix_first=_ORDERS[found]))

    def note(self, digest: str, fill: FillTokens | None) -> None:
        """Keep what was found; None stands for a model that must be asked by chat."""
        orders = {first: name for name, first in _ORDERS.items()}
        found = orders[fill.suffix_first] if fill is not None else _CHAT
        _log.info("Holes are filled by: %s", found)
        if self._keeps is not None:
            self._keeps.put(_key(digest), found.encode())

    def _found(self, digest: str) -> str:
        data = self._keeps.get(_key(digest)) if self._keeps is not None else None
        found = (data or b"").decode("utf-8", "replace")
        return found if found in {*_ORDERS, _CHAT} else ""


async def find_fill(
    family: FillTokens, ask: Callable[[FillTokens], Awaitable[str | None]]
) -> FillTokens | None:
    """Return the marks in the first order in which the model fills the hole, or None.

    The family's own order comes first: one that fills a hole as simple as this by chance must not
    take the place of the one that the model was trained on. `ask` returns what the model says, or
    None where it cannot be asked now: then `ServerBusy` is raised.
    """
    for fill in _candidates(family):
        said = await ask(fill)
        if said is None:
            raise ServerBusy("Someone else needs the model.", "It is asked at the next pause.")
        if said.strip().partition("\n")[0].strip() == _ANSWER:
            return fill
    return None


def _candidates(family: FillTokens) -> Iterator[FillTokens]:
    yield family
    # Without a mark for the middle the text above must come last.
    if family.middle:
        yield replace(family, suffix_first=not family.suffix_first)


def _key(digest: str) -> str:
    return f"fill 1 {digest}"
