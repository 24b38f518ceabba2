"""One place that settings come from, before its values are judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a source. `line` counts from 1; None where the source has no lines."""

    section: str
    name: str
    value: Any
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Values from one place, with what the user calls the place.

    `faults` are sentences on what could not be read at all. A source without `machine` rights
    may not set machine settings.
    """

    name: str
    entries: tuple[Entry, ...] = ()
    faults: tuple[str, ...] = ()
    machine: bool = True


EDITOR = "the editor's settings"
ENVIRONMENT = "OLLAMA_HOST"


def source_of_editor(values: Mapping[str, Any]) -> Source:
    """Return what the editor sent, as nested objects or as dotted keys; null means not set.

    Values may stand below `tandem`, as editors nest them by section.
    """
    inner = values.get("tandem")
    flat = _flatten({**values, **inner} if isinstance(inner, Mapping) else values)
    return Source(EDITOR, tuple(flat))


def _flatten(values: Mapping[str, Any]) -> list[Entry]:
    entries = []
    for key, value in values.items():
        section, _, name = key.removeprefix("tandem.").partition(".")
        if section == "tandem" or value is None:
            continue
        if name:
            entries.append(Entry(section, name, value))
        elif isinstance(value, Mapping):
            entries += [Entry(section, str(k), v) for k, v in value.items() if v is not None]
        else:
            entries.append(Entry(section, "", value))
    return entries
