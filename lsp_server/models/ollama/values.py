"""What Ollama tells of its models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Installed:
    """A model that Ollama has on disk. `size` is in bytes; `remote` ones run in a cloud."""

    name: str
    digest: str
    size: int
    family: str = ""
    quantization: str = ""
    remote: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A model in memory: its bytes in all and on the GPU, and the context that it was loaded with.

    `context` is None on servers that do not tell.
    """

    name: str
    digest: str
    size: int
    size_vram: int
    context: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """What a model is. `info` holds its GGUF keys; arrays are there only if asked for."""

    capabilities: frozenset[str]
    template: str
    modelfile: str
    info: Mapping[str, Any] = field(repr=False)

    @property
    def architecture(self) -> str:
        """The GGUF architecture, empty where unknown."""
        return str(self.info.get("general.architecture") or "")

    def number(self, key: str) -> int | None:
        """Return the number under the architecture's `key` ("context_length"), if it is there."""
        value = self.info.get(f"{self.architecture}.{key}")
        return int(value) if isinstance(value, int | float) else None


@dataclass(frozen=True, slots=True)
class PullStep:
    """One report of a running pull; bytes are None where the step has none."""

    status: str
    total: int | None = None
    completed: int | None = None


def installed_from(entry: Mapping[str, Any]) -> Installed:
    """Read an entry of /api/tags."""
    name, details = str(entry.get("name") or entry.get("model")), entry.get("details") or {}
    return Installed(
        name=name,
        digest=str(entry.get("digest") or ""),
        size=int(entry.get("size") or 0),
        family=str(details.get("family") or ""),
        quantization=str(details.get("quantization_level") or ""),
        remote=bool(entry.get("remote_host") or entry.get("remote_model")) or is_cloud(name),
    )


def is_cloud(name: str) -> bool:
    """Whether the name's tag says that the model runs in Ollama's cloud."""
    tag = name.partition(":")[2]
    return tag == "cloud" or tag.endswith("-cloud")


def running_from(entry: Mapping[str, Any]) -> Running:
    """Read an entry of /api/ps."""
    context = entry.get("context_length")
    return Running(
        name=str(entry.get("name") or entry.get("model")),
        digest=str(entry.get("digest") or ""),
        size=int(entry.get("size") or 0),
        size_vram=int(entry.get("size_vram") or 0),
        context=int(context) if context else None,
    )


def card_from(reply: Mapping[str, Any]) -> Card:
    """Read a reply of /api/show."""
    return Card(
        capabilities=frozenset(map(str, reply.get("capabilities") or ())),
        template=str(reply.get("template") or ""),
        modelfile=str(reply.get("modelfile") or ""),
        info=reply.get("model_info") or {},
    )


def pull_step_from(record: Mapping[str, Any]) -> PullStep:
    """Read a line of /api/pull."""
    total, completed = record.get("total"), record.get("completed")
    # Ollama leaves `completed` out while it is zero.
    return PullStep(
        str(record.get("status") or ""),
        int(total) if total else None,
        int(completed or 0) if total else None,
    )
