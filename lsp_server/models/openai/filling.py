"""How a model at an endpoint fills a hole: found out by what its server shows."""

import logging

from lsp_server.config.settings import Fill
from lsp_server.models.errors import ModelError, ServerBusy, Unreachable
from lsp_server.models.fim import FAMILIES, FillTokens
from lsp_server.models.openai.client import OpenAiServer
from lsp_server.models.openai.dialect import Dialect

_log = logging.getLogger(__name__)
# Families by a word of the model's name, for servers that do not show how they count.
_BY_NAME = {
    "codestral": "[PREFIX]",
    "starcoder": "<fim_prefix>",
    "granite": "<fim_prefix>",
    "deepseek-coder": "<\uff5cfim\u2581begin\uff5c>",
    "codegemma": "<|fim_prefix|>",
    "coder": "<|fim_prefix|>",
}


async def fill_of(
    server: OpenAiServer, model: str, dialect: Dialect, wanted: Fill
) -> tuple[Fill, FillTokens | None]:
    """Return how holes are filled, and by which marks; chat where nothing else is sure to work.

    Raises Unreachable and ServerBusy alone: a server that is loading may do more a moment later.
    """
    if wanted in {Fill.SUFFIX, Fill.CHAT}:
        return wanted, None
    marks = await _marks(server, model, dialect)
    if marks is None or (wanted is Fill.AUTO and not await _completes(server, model)):
        return Fill.CHAT, None
    return Fill.TOKENS, marks


async def _marks(server: OpenAiServer, model: str, dialect: Dialect) -> FillTokens | None:
    if dialect.counted:
        for family in FAMILIES:
            marks = [mark for mark in (family.prefix, family.suffix, family.middle) if mark]
            body = {"model": model, dialect.counted: "".join(marks), "add_special_tokens": False}
            try:
                reply = await server.ask_root("POST", "/tokenize", body)
            except (Unreachable, ServerBusy):
                raise
            except ModelError as error:
                _log.info("%s does not count tokens: %s", server.url, error)
                break
            # A mark that the vocabulary holds is one token; any other text is more.
            if len(reply.get("tokens") or ()) == len(marks):
                return family
        else:
            return None
    prefix = next((mark for word, mark in _BY_NAME.items() if word in model.lower()), "")
    return next((family for family in FAMILIES if family.prefix == prefix), None)


async def _completes(server: OpenAiServer, model: str) -> bool:
    """Whether the server continues raw text at all; many services only chat."""
    try:
        await server.ask("POST", "/completions", {"model": model, "prompt": "a", "max_tokens": 1})
    except (Unreachable, ServerBusy):
        raise
    except ModelError as error:
        _log.info("%s does not complete raw text: %s", server.url, error)
        return False
    return True
