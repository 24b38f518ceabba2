"""Which languages import each other, and of which of these families a file is."""

from functools import lru_cache
from pathlib import PurePath

from lsp_server.common.languages import language_of_path

_FAMILY = {
    "typescript": "script",
    "typescriptreact": "script",
    "javascript": "script",
    "javascriptreact": "script",
    "c": "c",
    "cpp": "c",
    "java": "jvm",
    "kotlin": "jvm",
}


def family_of(language: str) -> str:
    """Return the name under which languages that import each other go."""
    return _FAMILY.get(language, language)


def family_of_path(path: str) -> str:
    """Return the family of the language that a file's name stands for."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return _family_of_end(name[dot:] if dot > 0 else name)


# Thousands of files end in the same few ways.
@lru_cache(maxsize=1024)
def _family_of_end(end: str) -> str:
    name = f"name{end}" if end.startswith(".") else end
    return family_of(language_of_path(PurePath(name)).name)
