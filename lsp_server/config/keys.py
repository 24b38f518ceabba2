"""Every setting by its dotted key, and what it accepts."""

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_type_hints

from lsp_server.config.settings import Settings


class NotAccepted(Exception):
    """A value is not what its setting accepts."""


@dataclass(frozen=True, slots=True)
class Key:
    """One setting. `kind` is bool, int, float, str, a StrEnum, or the class of a list's entries."""

    section: str
    name: str
    kind: type
    default: Any
    doc: str
    machine: bool
    bounds: tuple[float, float] | None

    @property
    def dotted(self) -> str:
        """The key as messages and documents write it."""
        return f"{self.section}.{self.name}"

    @property
    def accepted(self) -> str:
        """What the setting accepts, in words that follow "must be"."""
        if issubclass(self.kind, StrEnum):
            return f"one of {', '.join(self.kind)}"
        if is_dataclass(self.kind):
            return f"a list of entries with {', '.join(part.name for part in fields(self.kind))}"
        words = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
        limits = f" from {self.bounds[0]:g} to {self.bounds[1]:.0f}" if self.bounds else ""
        return words[self.kind] + limits

    def read(self, value: Any) -> Any:
        """Return `value` as the setting keeps it; raises NotAccepted."""
        if issubclass(self.kind, StrEnum):
            return _choice(self.kind, value)
        if is_dataclass(self.kind):
            return _entries(self.kind, value)
        if self.kind is str:
            return _text(value)
        if self.kind is bool:
            return _flag(value)
        return self._number(value)

    def _number(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise NotAccepted
        low, high = self.bounds or (-math.inf, math.inf)
        if not low <= value <= high or not math.isfinite(value) or self.kind(value) != value:
            raise NotAccepted
        return self.kind(value)


def _choice(kind: type[StrEnum], value: Any) -> StrEnum:
    # YAML 1.1 reads the bare words on and off as booleans, and JSON settings offer true and false.
    if isinstance(value, bool):
        value = "on" if value else "off"
    try:
        return kind(str(value).lower())
    except ValueError as error:
        raise NotAccepted from error


def _text(value: Any) -> str:
    # Numbers are accepted because `keep_alive: -1` is one to YAML, and a text to the user.
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise NotAccepted
    return str(value).strip()


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotAccepted
    return value


def _entries(kind: type, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise NotAccepted
    return tuple(_entry(kind, one) for one in value)


def _entry(kind: type, value: Any) -> Any:
    kinds = get_type_hints(kind)
    if not isinstance(value, Mapping) or not value.keys() <= kinds.keys():
        raise NotAccepted
    named = {name: _text(one) if kinds[name] is str else _texts(one) for name, one in value.items()}
    try:
        return kind(**named)
    except TypeError as error:  # An entry without what it must have.
        raise NotAccepted from error


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(_text, value)) if isinstance(value, list | tuple) else (_text(value),)


@cache
def sections() -> Mapping[str, Mapping[str, Key]]:
    """Return all keys by section and name, in the order of the settings tree."""
    kinds = get_type_hints(Settings)
    return {part.name: _keys(part.name, kinds[part.name]) for part in fields(Settings)}


def _keys(section: str, kind: Any) -> Mapping[str, Key]:
    kinds = {name: (get_args(hint) or (hint,))[0] for name, hint in get_type_hints(kind).items()}
    return {
        part.name: Key(section, part.name, kinds[part.name], part.default, **part.metadata)
        for part in fields(kind)
    }


def all_keys() -> list[Key]:
    """Return all keys in the order of the settings tree."""
    return [key for keys in sections().values() for key in keys.values()]


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return a sentence that names what is accepted in place of `name`, the likeliest first."""
    known = list(names)
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]}? Accepted are: {', '.join(known)}."
    return f"Accepted are: {', '.join(known)}."
