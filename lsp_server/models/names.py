"""From the name that a user writes to a model that Ollama has, or could fetch.

The rule, first match wins:

1. The name as written is installed, in any case and with ":latest" understood.
2. The name is split at "-", "_", ":" and "/". Words that say a size ("20b") or a precision
   ("mxfp4", "q8_0", "fp16", "bf16") are taken out, "quant" is dropped, and what is left is the
   family. Every GLM Flash is the one that Ollama's library carries, glm-4.7-flash.
3. Of the installed models of that family, and of that size if one was said: the one in the
   precision that was said, else "latest", else the smallest.
4. Nothing is installed: the family's tag in the library that fits most machines is what a pull
   would fetch.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lsp_server.models.ollama.values import Installed


class How(StrEnum):
    """How a name was resolved."""

    EXACT = "exact"
    FAMILY = "family"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What `wanted` stands for; `name` is installed unless `how` is MISSING."""

    wanted: str
    name: str
    how: How
    why: str
    installed: Installed | None = None


@dataclass(frozen=True, slots=True)
class _Parts:
    family: str
    size: str
    precision: str


_SIZE = re.compile(r"\d+(?:\.\d+)?b")
_PRECISION = re.compile(r"mxfp4|nvfp4|[bf]p?f?16|int[48]|i?q\d(?:_(?:k(?:_[sml])?|[01]))?")
_HALF = {"fp16": "f16", "bf16": "f16"}
_GLM_FLASH = re.compile(r"glm-(?:\d+(?:\.\d+)?-)?flash")
# The tags that a pull fetches: gpt-oss in its only precision, GLM Flash in the 19 GB one, since
# bf16 takes 60 GB and runs on few machines.
_PULL_TAGS = {"gpt-oss": "20b", "glm-4.7-flash": "q4_K_M"}
_PULL_PRECISIONS = {"glm-4.7-flash": ("q8_0",)}


def resolve(wanted: str, installed: Iterable[Installed]) -> Resolution:
    """Return what `wanted` stands for among `installed`, by the rule of this module."""
    models = tuple(installed)
    exact = _exact(wanted, models)
    if exact is not None:
        return Resolution(wanted, exact.name, How.EXACT, "it is installed", exact)
    parts = _parts(wanted)
    family = [model for model in models if _same_family(parts, _parts(model.name))]
    if not family:
        name = library_name(wanted)
        return Resolution(wanted, name, How.MISSING, f"no {parts.family} model is installed")
    best = min(family, key=lambda model: _distance(parts, model))
    return Resolution(wanted, best.name, How.FAMILY, _reason(parts, best), best)


def library_name(wanted: str) -> str:
    """Return the name under which Ollama's library has what `wanted` means, for a pull."""
    parts = _parts(wanted)
    if parts.family not in _PULL_TAGS:
        return wanted
    if parts.precision in _PULL_PRECISIONS.get(parts.family, ()):
        return f"{parts.family}:{parts.precision}"
    return f"{parts.family}:{parts.size or _PULL_TAGS[parts.family]}"


def _exact(wanted: str, models: Iterable[Installed]) -> Installed | None:
    name = wanted.strip().lower()
    full = name if ":" in name.rpartition("/")[2] else f"{name}:latest"
    return next((model for model in models if model.name.lower() in {name, full}), None)


def _parts(name: str) -> _Parts:
    words, size, precision = [], "", ""
    base = name.strip().lower().rpartition("/")[2].replace("-gguf", "")
    for word in filter(None, re.split(r"[-:\s]", base)):
        if _SIZE.fullmatch(word):
            size = word
        elif _PRECISION.fullmatch(word):
            precision = word
        elif word not in {"quant", "latest"}:
            words.append(word.replace("_", "-"))
    family = "-".join(words)
    return _Parts(_GLM_FLASH.sub("glm-4.7-flash", family), size, precision)


def _same_family(wanted: _Parts, has: _Parts) -> bool:
    same_size = not wanted.size or not has.size or wanted.size == has.size
    return bool(wanted.family) and wanted.family == has.family and same_size


def _distance(wanted: _Parts, model: Installed) -> tuple[int, bool, int, str]:
    return (
        _precision_distance(wanted.precision, model),
        not model.name.endswith(":latest"),
        model.size,
        model.name,
    )


def _precision_distance(wanted: str, model: Installed) -> int:
    if not wanted:
        return 0
    has = {_parts(model.name).precision, model.quantization.lower()}
    if wanted in has:
        return 0
    return 1 if _HALF.get(wanted, wanted) in {_HALF.get(one, one) for one in has} else 2


def _reason(wanted: _Parts, model: Installed) -> str:
    shown = f"it is the installed {wanted.family}"
    if not wanted.precision or _precision_distance(wanted.precision, model) < 2:  # noqa: PLR2004
        return shown
    has = f", in {model.quantization}" if model.quantization else ""
    return f"{shown}{has}; {wanted.precision} is not installed"
