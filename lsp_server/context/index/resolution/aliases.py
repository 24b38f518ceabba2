"""The names that imports give to what they bring: `import {A as B}`, `use a::B as C`."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_AS = re.compile(r"([A-Za-z_$][\w$]*) as ([A-Za-z_$][\w$]*)")
_TAKEN_APART = re.compile(r"([A-Za-z_$][\w$]*) ?: ?([A-Za-z_$][\w$]*)")
_USING = re.compile(r"\Ausing ([A-Za-z_]\w*) ?= ?(?:[\w.]*\.)?([A-Za-z_]\w*)")
_DEFAULT = re.compile(r"\Aimport (?:type )?(?!type\b)([A-Za-z_$][\w$]*) ?(?:,|from\b)")
_REQUIRED = re.compile(r"\A(?:const|let|var)? ?([A-Za-z_$][\w$]*) ?= ?require\b")
_NAMESPACE = re.compile(
    r"\* ?as (?P<static>[A-Za-z_$][\w$]*)|\A(?P<dynamic>[A-Za-z_$][\w$]*) ?= ?await import\b"
)
DEFAULT = "default"
_LONGEST = 20_000
_MOST_KEPT = 64


def read_aliases(statements: Iterable[str]) -> Mapping[str, str]:
    """Return what each name that an import statement gives was called where it comes from.

    Names that stay as they were are not among them.
    """
    return _read(tuple(statements))


def read_defaults(statements: Iterable[str]) -> frozenset[str]:
    """Return the names that a script gives to what modules export without a name."""
    texts = [" ".join(text[:_LONGEST].split()) for text in statements]
    found = {match[1] for text in texts if (match := _DEFAULT.match(text) or _REQUIRED.match(text))}
    return frozenset(found)


def namespace_in(statement: str) -> str:
    """Return the name that a script's statement gives to a module; an empty string for none."""
    match = _NAMESPACE.search(" ".join(statement[:_LONGEST].split()))
    return (match["static"] or match["dynamic"]) if match else ""


# One request asks for those of its file three times.
@lru_cache(maxsize=_MOST_KEPT)
def _read(statements: tuple[str, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for statement in statements:
        text = " ".join(statement[:_LONGEST].split())
        pairs = _AS.findall(text)
        if "require" in text:
            pairs += _TAKEN_APART.findall(text)
        pairs += [(original, alias) for alias, original in _USING.findall(text)]
        found.update({alias: original for original, alias in pairs if alias != original})
    return found
