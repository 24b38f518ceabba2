"""The prompt that fills a hole, for models without fill-in-the-middle tokens."""

from lsp_server.common.text import split_lines
from lsp_server.models.api import ChatPrompt, FillPrompt

_PREFILL_LINES = 3

_TASK = """
# Task
Continue {path} ({language}) from where it stops. Answer with code alone: what comes next at the
cursor, in the file's own indentation, no longer than the statement or the block that was begun. Do
not repeat what stands below the cursor.
"""


def as_chat(prompt: FillPrompt) -> ChatPrompt:
    """Return `prompt` as a chat whose answer already begins with the last lines of `above`.

    The text below comes before the text above, and the lines at the cursor come last, so that
    typing only appends.
    """
    above, begun = _split(prompt.above)
    fence = f"```{prompt.language}\n"
    below = f"\n# {prompt.path}, below the cursor\n{fence}{prompt.below}\n```\n"
    task = _TASK.format(path=prompt.path, language=prompt.language)
    file = f"\n# {prompt.path}, up to the cursor\n{fence}{above}"
    tail = f"{task}{below if prompt.below.strip() else ''}{file}```\n"
    return ChatPrompt(prompt.system, prompt.context, tail, prefill=fence + begun)


_QUESTION = """
# Task
{path} ({language}) stops in the middle, after these lines:
```{language}
{begun}
```
Answer with code alone: what comes next, from the very place where the last line stops, in the
file's own indentation, no longer than the statement or the block that was begun. Repeat neither
these lines nor what stands below the cursor.
"""


def as_question(prompt: FillPrompt) -> ChatPrompt:
    """Return `prompt` as a chat for servers that cannot be given the beginning of an answer."""
    chat = as_chat(prompt)
    begun = chat.prefill.partition("\n")[2]
    task = _QUESTION.format(path=prompt.path, language=prompt.language, begun=begun)
    return ChatPrompt(chat.system, chat.context, chat.tail + task)


def _split(above: str) -> tuple[str, str]:
    """Split `above` into what is shown and how the answer begins.

    The cut moves in steps of several lines: a cut that moved with every line would change the
    shown part, and with it the prefix, at each Enter.
    """
    lines = split_lines(above)
    cut = (len(lines) - 1) // _PREFILL_LINES * _PREFILL_LINES
    return "".join(lines[:cut]), "".join(lines[cut:])
