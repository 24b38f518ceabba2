"""What the model is asked at a place, and under which key its answer is kept."""

from hashlib import blake2b

from lsp_server.common.blocks import Packed
from lsp_server.common.snapshot import Place
from lsp_server.models.api import FillPrompt, Request, Urgency
from lsp_server.models.prompts.shared import SYSTEM, render_context

_ABOVE = 4000
_BELOW = 1000


def prompt_for(place: Place, packed: Packed) -> FillPrompt:
    """Return the prompt that fills the hole at `place`."""
    return FillPrompt(
        system=SYSTEM,
        context=render_context(packed),
        above=packed.above,
        below=packed.below,
        language=place.snapshot.language,
        path=place.snapshot.path.name if place.snapshot.path else "",
    )


def request_for(
    place: Place, packed: Packed, max_tokens: int, urgency: Urgency, temperature: float
) -> Request:
    """Return the request that fills the hole at `place`."""
    return Request(prompt_for(place, packed), max_tokens, urgency, temperature=temperature)


def cache_key(place: Place, model: str) -> str:
    """Return the key for an answer: the model and what stands near the cursor.

    Text far from the cursor seldom changes an answer and would make every edit elsewhere a miss.
    """
    parts = (model, place.snapshot.language, place.above[-_ABOVE:], place.below[:_BELOW])
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return f"completion:{digest.hexdigest()}"
