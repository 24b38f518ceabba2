"""What servers say beyond the common protocol, and how they are told apart.

Sources: vLLM's and SGLang's protocol classes (`continue_final_message`, `chat_template_kwargs`),
llama.cpp's tools/server/README.md (it goes on with a last assistant message by itself), Z.ai's
documentation of `thinking`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of server. `continuing` makes it go on with an answer that was begun.

    `continuing` is None where it cannot; `silent` keeps a model from reasoning. `counts` tells
    whether it has /tokenize, under `counted` as the field that holds the text.
    """

    name: str
    continuing: Mapping[str, Any] | None = None
    silent: Mapping[str, Any] = field(default_factory=dict)
    counted: str = ""


_QUIET = {"chat_template_kwargs": {"enable_thinking": False}}
_GOES_ON = {"continue_final_message": True, "add_generation_prompt": False}
LLAMA = Dialect("llama-server", {}, _QUIET, "content")
VLLM = Dialect("vLLM", _GOES_ON, _QUIET, "prompt")
SGLANG = Dialect("SGLang", {"continue_final_message": True}, _QUIET)
ZAI = Dialect("Z.ai", None, {"thinking": {"type": "disabled"}})
PLAIN = Dialect("an OpenAI-compatible server")
_BY_OWNER = {"llamacpp": LLAMA, "vllm": VLLM, "sglang": SGLANG}
_ZAI_HOSTS = ("z.ai", "bigmodel.cn")


def dialect_of(url: str, owner: str) -> Dialect:
    """Return the dialect of the server at `url` whose models say `owner` under `owned_by`."""
    host = urlsplit(url).hostname or ""
    if any(host == name or host.endswith(f".{name}") for name in _ZAI_HOSTS):
        return ZAI
    return _BY_OWNER.get(owner.lower(), PLAIN)
