"""The manual of the code actions, made from their own docstrings."""

import inspect
import sys

from lsp_server.features.actions.registry import ACTIONS

_HEAD = """\
# Code actions

This page is generated from the code actions themselves by `scripts/manual`. How a change is checked
before you see it is told in [fixes.md](fixes.md).

![The menu of code actions in VS Code](images/fix-offered.png)
"""


def actions_page() -> str:
    """Return docs/actions.md: one section an action, in the order in which they are offered."""
    return _HEAD + "".join(_section(action.run.__module__, action.name) for action in ACTIONS)


def _section(module: str, name: str) -> str:
    title, _, text = (inspect.getdoc(sys.modules[module]) or "").partition("\n")
    return f"\n## {title.rstrip('.')} (`{name}`)\n{text}\n"
