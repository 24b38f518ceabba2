"""What a tsconfig.json or jsconfig.json says of imports: `baseUrl`, `paths` and `extends`.

The rules are those of https://www.typescriptlang.org/tsconfig (`paths`, `baseUrl`, `extends`).
"""

import json
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CONFIG_NAMES = frozenset({"tsconfig.json", "jsconfig.json"})
_MOST_EXTENDED = 5
_MOST_PATTERNS = 400
_TEXT = r'"(?:\\.|[^"\\])*+"?'
_COMMENT = re.compile(rf"({_TEXT})|//[^\n]*|/\*(?:.*?\*/|.*)", re.DOTALL)
_LAST_COMMA = re.compile(rf"({_TEXT})|,(?=\s*[}}\]])", re.DOTALL)

Reader = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class ScriptPaths:
    """How imports without a dot are looked up in and below `folder`, by paths of the index.

    `base` is the folder of `baseUrl` or None. `patterns` maps names, with at most one star, to
    the paths that it stands for, the first that exists winning.
    """

    folder: str
    base: str | None
    patterns: Mapping[str, Sequence[str]]

    def places(self, name: str) -> list[str]:
        """Return the paths, without a suffix maybe, at which the module `name` can be."""
        found = []
        # A name without a star first, then the longest text before one.
        for pattern in sorted(self.patterns, key=lambda one: ("*" in one, -one.find("*"))):
            star = star_in(pattern, name)
            if star is not None:
                found += [target.replace("*", star, 1) for target in self.patterns[pattern]]
                break
        if self.base is not None:
            found.append(posixpath.join(self.base, name))
        return [posixpath.normpath(one) for one in found]


def star_in(pattern: str, name: str) -> str | None:
    """Return what the star of `pattern` stands for in `name`, or None if it does not fit."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if pattern == name else None
    fits = len(name) >= len(before) + len(after)
    if not fits or not name.startswith(before) or not name.endswith(after):
        return None
    return name[len(before) : len(name) - len(after)]


def read_script_paths(path: str, read: Reader) -> ScriptPaths | None:
    """Return what the file at `path` says, or None if it says nothing of where modules are.

    `read` gives the text of a path of the index, or None for what is not there. What is not
    understood counts as not said: the file is somebody else's, and may be half written.
    """
    base, patterns = _options(path, read, 0)
    if base is None and not patterns:
        return None
    return ScriptPaths(posixpath.dirname(path), base, patterns)


def _options(path: str, read: Reader, depth: int) -> tuple[str | None, dict[str, list[str]]]:
    config = parsed_json(read(path))
    folder = posixpath.dirname(path)
    base: str | None = None
    patterns: dict[str, list[str]] = {}
    for other in _extended(config, folder) if depth < _MOST_EXTENDED else ():
        inherited, mapped = _options(other, read, depth + 1)
        base, patterns = inherited if inherited is not None else base, mapped or patterns
    options = config.get("compilerOptions")
    if not isinstance(options, dict):
        return base, patterns
    if isinstance(options.get("baseUrl"), str):
        base = below(folder, options["baseUrl"])
    if isinstance(options.get("paths"), dict):
        patterns = _patterns(options["paths"], folder if base is None else base)
    return base, patterns


def _patterns(given: dict[str, Any], folder: str) -> dict[str, list[str]]:
    return {
        name: [below(folder, one) for one in targets if isinstance(one, str)]
        for name, targets in list(given.items())[:_MOST_PATTERNS]
        if isinstance(targets, list)
    }


def _extended(config: dict[str, Any], folder: str) -> list[str]:
    """Return the files that this one builds on; those in packages say nothing of this folder."""
    given = config.get("extends")
    names = given if isinstance(given, list) else [given]
    relative = [name for name in names if isinstance(name, str) and name.startswith(".")]
    return [below(folder, name if name.endswith(".json") else f"{name}.json") for name in relative]


def below(folder: str, path: str) -> str:
    """Return a path that is relative to a folder of the index as a path of the index."""
    found = posixpath.normpath(posixpath.join(folder, path))
    return "" if found == "." else found


def parsed_json(text: str | None) -> dict[str, Any]:
    """Return JSON with comments and last commas as a value; an empty one if it is no object."""
    bare = _LAST_COMMA.sub(_kept, _COMMENT.sub(_kept, text or "{}"))
    try:
        value = json.loads(bare)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _kept(match: re.Match[str]) -> str:
    return match[1] or ""
