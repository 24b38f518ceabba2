"""The settings as a document and as a JSON schema, made from the settings tree itself."""

import inspect
from dataclasses import is_dataclass
from enum import StrEnum
from typing import Any, get_type_hints

from lsp_server.config.keys import Key, sections
from lsp_server.config.settings import Settings

_JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}

_HEAD = """\
# Settings

This page is generated from `lsp_server/config/settings.py` by `scripts/settings`.

Tandem takes each setting from the strongest source that has it:

1. the editor: `initializationOptions`, `workspace/configuration`, and changes while running;
2. the project: `tandem.yaml` in a workspace folder, in trusted workspaces only;
3. the user: `tandem.yaml` in the user's configuration folder (on Linux
   `~/.config/tandem/tandem.yaml`);
4. the environment: `OLLAMA_HOST`, for `ollama.host`;
5. the default.

A file looks like this:

```yaml
agent:
  planner_model: "gpt-oss:20b"
  executor_model: "glm-4.7-flash"
  context_window: 131072
```

Settings marked *machine* decide where code goes and what is written on this machine. A project's
file cannot set them. When a value is wrong, Tandem names the file, the line, the key and what is
accepted, and goes on without that value.
"""


def settings_page() -> str:
    """Return docs/settings.md."""
    kinds = get_type_hints(Settings)
    parts = [_HEAD]
    for section, keys in sections().items():
        parts.append(f"\n## {section}\n\n{inspect.getdoc(kinds[section])}\n\n")
        parts.append("| key | accepts | default | meaning |\n|---|---|---|---|\n")
        parts += [_row(key) for key in keys.values()]
    return "".join(parts)


def _row(key: Key) -> str:
    mark = " *machine*" if key.machine else ""
    return f"| `{key.dotted}` | {key.accepted} | {_shown(key.default)} | {key.doc}{mark} |\n"


def _shown(value: Any) -> str:
    if value == ():
        return "(none)"
    if value == "":
        return "(empty)"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def editor_properties() -> dict[str, dict[str, Any]]:
    """Return `contributes.configuration.properties` of the VS Code extension.

    Each default is null, which means "not set": an editor sends its defaults along with what the
    user wrote, and they would hide the project's file and the user's own.
    """
    return {
        f"tandem.{key.dotted}": _property(key)
        for keys in sections().values()
        for key in keys.values()
    }


def _property(key: Key) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": [_json_type(key), "null"],
        "default": None,
        "markdownDescription": f"{key.doc} Without a value: {_shown(key.default)}.",
        "scope": "machine" if key.machine else "resource",
    }
    if issubclass(key.kind, StrEnum):
        described["enum"] = [*key.kind, None]
    if key.bounds:
        described["minimum"], described["maximum"] = key.bounds
    return described


def _json_type(key: Key) -> str:
    return "array" if is_dataclass(key.kind) else _JSON_TYPES.get(key.kind, "string")
