"""What a server puts around the messages of a chat, learned from the server itself.

With the frame known, a raw prompt can begin with the very bytes with which a chat begins. So a
completion and a fix share what the model has read, and an answer can be continued from any point.
"""

from dataclasses import dataclass
from typing import Any

from lsp_server.models.ollama.client import Ollama

_SYSTEM, _USER, _ANSWER = "Tandem0system", "Tandem1user", "Tandem2answer"


@dataclass(frozen=True, slots=True)
class Frame:
    """The text before the system message, between it and the user's, and after the user's.

    `continues` tells whether the server goes on with an answer that the messages end with.
    """

    opening: str
    between: str
    closing: str
    continues: bool

    def head(self, system: str) -> str:
        """Return the prompt's text up to where the user's message begins."""
        return f"{self.opening}{system}{self.between}"

    def render(self, system: str, user: str) -> str:
        """Return the prompt up to where the answer begins."""
        return f"{self.head(system)}{user}{self.closing}"


async def learn_frame(server: Ollama, base: dict[str, Any]) -> Frame | None:
    """Return the frame that the server shows for the model of `base` (a body without messages).

    None where the server does not show what it renders (before Ollama 0.12), or puts the messages
    where no frame can be cut out. The model must be loaded: the server loads it otherwise.
    """
    asked = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _USER}]
    text = await _rendered(server, base, asked)
    if text is None or text.count(_SYSTEM) != 1 or text.count(_USER) != 1:
        return None
    opening, rest = text.split(_SYSTEM)
    if _USER not in rest:
        return None
    between, closing = rest.split(_USER)
    begun = await _rendered(server, base, [*asked, {"role": "assistant", "content": _ANSWER}])
    return Frame(opening, between, closing, continues=bool(begun and begun.endswith(_ANSWER)))


async def _rendered(
    server: Ollama, base: dict[str, Any], messages: list[dict[str, str]]
) -> str | None:
    body = {**base, "messages": messages, "_debug_render_only": True}
    reply = await server.ask("/api/chat", body)
    info = reply.get("_debug_info")
    text = info.get("rendered_template") if isinstance(info, dict) else None
    return text if isinstance(text, str) else None
