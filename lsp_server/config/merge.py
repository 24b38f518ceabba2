"""Sources into settings: the strongest that is right wins, what is wrong is said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from lsp_server.config.keys import Key, NotAccepted, did_you_mean, sections
from lsp_server.config.settings import Settings
from lsp_server.config.source import Entry, Source


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, one message for each source with faults, and where each value came from.

    `origins` holds the names of sources by dotted key, for values that some source set.
    """

    settings: Settings
    messages: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)


def load_settings(sources: Sequence[Source]) -> Loaded:
    """Merge `sources`, the strongest first, over the defaults.

    A value that is wrong is passed over, so that a weaker source or the default counts.
    """
    values: dict[str, dict[str, Any]] = {}
    origins: dict[str, str] = {}
    messages: list[str] = []
    for source in sources:
        faults = list(source.faults)
        for entry in source.entries:
            key = _judge(entry, source, faults)
            if key is not None and key.dotted not in origins:
                values.setdefault(key.section, {})[key.name] = key.read(entry.value)
                origins[key.dotted] = source.name
        messages += _message(source, faults)
    return Loaded(_build(values), tuple(messages), origins)


def _judge(entry: Entry, source: Source, faults: list[str]) -> Key | None:
    """Return the key that `entry` sets rightly, or None with a sentence added to `faults`."""
    key, fault = _find(entry)
    if key is not None:
        fault = _fault_of_value(key, entry, source)
    if not fault:
        return key
    where = f"Line {entry.line}: " if entry.line is not None else ""
    faults.append(where + fault)
    return None


def _find(entry: Entry) -> tuple[Key | None, str]:
    known = sections()
    keys = known.get(entry.section)
    if keys is None:
        return None, f"{entry.section} is not a section. {did_you_mean(entry.section, known)}"
    if not entry.name:
        return None, f"{entry.section} is a section; its keys are {', '.join(keys)}."
    key = keys.get(entry.name)
    if key is None:
        name = f"{entry.section}.{entry.name}"
        return None, f"{name} is not a setting. {did_you_mean(entry.name, keys)}"
    return key, ""


def _fault_of_value(key: Key, entry: Entry, source: Source) -> str:
    if key.machine and not source.machine:
        return (
            f"{key.dotted} may not stand in a project's file, because it decides where code goes "
            "on this machine; set it in the editor or in your own file."
        )
    try:
        key.read(entry.value)
    except NotAccepted:
        return f"{key.dotted} is {_shown(entry.value)}, but must be {key.accepted}."
    return ""


def _shown(value: Any) -> str:
    if isinstance(value, Mapping | list | tuple):
        return "a list or a section"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'"{text[:40]}"'


def _message(source: Source, faults: Iterable[str]) -> list[str]:
    text = " ".join(faults)
    if not text:
        return []
    return [f"{source.name}: {text} Tandem goes on without what is wrong."]


def _build(values: Mapping[str, Mapping[str, Any]]) -> Settings:
    kinds = get_type_hints(Settings)
    return Settings(**{section: kinds[section](**named) for section, named in values.items()})
