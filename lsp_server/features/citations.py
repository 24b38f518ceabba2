"""The files that an answer names, and whether they exist."""

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from lsp_server.common.languages import PLAIN, language_of_path

# A path in backticks, or a bare one with a slash; what stands in a URL is no path of ours.
_URL = re.compile(r"\w+://\S+")
_QUOTED = re.compile(r"`([^`\s]+)`")
_BARE = re.compile(r"(?<![\w/.`-])((?:[\w.-]+/)+[\w.-]+\.\w+)")
_FENCED = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.MULTILINE | re.DOTALL)


def cited_paths(answer: str) -> list[str]:
    """Return the paths that `answer` names outside of code blocks, each once, in order."""
    prose = _URL.sub("", _FENCED.sub("", answer))
    found = [_without_line(text) for text in _QUOTED.findall(prose) + _BARE.findall(prose)]
    return list(dict.fromkeys(path for path in found if _looks_like_a_file(path)))


def unknown_paths(answer: str, find: Callable[[str], Path | None]) -> list[str]:
    """Return the paths in `answer` that `find` does not know."""
    return [path for path in cited_paths(answer) if find(path) is None]


def _without_line(text: str) -> str:
    return re.sub(r"[:#]L?\d+(?:[-:]L?\d+)*$", "", text).removeprefix("./")


def _looks_like_a_file(text: str) -> bool:
    path = PurePosixPath(text)
    is_name = re.fullmatch(r"[\w@+./-]+\.\w+", text) is not None and bool(path.stem.strip("."))
    return is_name and language_of_path(path) is not PLAIN
