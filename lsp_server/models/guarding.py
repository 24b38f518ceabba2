"""Marks of a model's vocabulary inside text that it only reads.

The server turns every mark in a prompt into its token, wherever it stands. A file that holds
"<|user|>" could so end the user's turn and speak for the user. An invisible sign inside the mark
takes its power; the same sign is taken out of the answer again.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from lsp_server.models.api import FillPrompt, Prompt

# Word joiner, zero-width non-joiner, zero-width space: the first that the prompt does not hold.
_SIGNS = ("\u2060", "\u200c", "\u200b")


def guarded(prompt: Prompt, control: Sequence[str]) -> tuple[Prompt, str]:
    """Return `prompt` with all marks broken, and the sign that broke them.

    The sign is empty where nothing had to be broken.
    """
    texts = _texts(prompt)
    found = [mark for mark in control if any(mark in text for text in texts)]
    if not found:
        return prompt, ""
    sign = next((one for one in _SIGNS if not any(one in text for text in texts)), _SIGNS[0])
    marks = re.compile("|".join(map(re.escape, sorted(found, key=len, reverse=True))))

    def broken(text: str) -> str:
        return marks.sub(lambda match: match[0][0] + sign + match[0][1:], text)

    if isinstance(prompt, FillPrompt):
        above, below = broken(prompt.above), broken(prompt.below)
        return replace(prompt, context=broken(prompt.context), above=above, below=below), sign
    tail, prefill = broken(prompt.tail), broken(prompt.prefill)
    return replace(prompt, context=broken(prompt.context), tail=tail, prefill=prefill), sign


def _texts(prompt: Prompt) -> tuple[str, ...]:
    if isinstance(prompt, FillPrompt):
        return (prompt.context, prompt.above, prompt.below)
    return (prompt.context, prompt.tail, prompt.prefill)
