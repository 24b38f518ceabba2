"""Which of the two models are in memory, and who answers for whom."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from lsp_server.config.settings import Residency
from lsp_server.models.learning import Keeps
from lsp_server.models.memory.fit import GIB, Load, Room, beside, fitted, load_bytes
from lsp_server.models.memory.profile import RunnerProfile

_log = logging.getLogger(__name__)
# Between reading from a disk and from the page cache; only told as "about".
_LOAD_BYTES_PER_SECOND = 1.5e9


@dataclass(frozen=True, slots=True)
class Candidate:
    """An installed model that could play."""

    name: str
    digest: str
    load: Load


@dataclass(frozen=True, slots=True)
class Plan:
    """What was decided. `mode` is never AUTO; `sentence` tells the user what a swap costs."""

    mode: Residency
    executor: RunnerProfile
    planner: RunnerProfile
    sentence: str = ""


def plan(policy: Residency, wanted: int, pair: tuple[Candidate, Candidate], room: Room) -> Plan:
    """Decide for `pair`, executor and planner; `wanted` is the context that the user asked for.

    The executor is fitted first, since it answers every key. AUTO keeps both where a context of
    the planner exists that lets both stay, and swaps otherwise.
    """
    executor, planner = pair
    own = fitted(wanted, executor.load, room)
    alone = own if executor.name == planner.name else fitted(wanted, planner.load, room)
    if policy in {Residency.EXECUTOR, Residency.PLANNER} or executor.name == planner.name:
        one = alone if policy is Residency.PLANNER else own
        return Plan(Residency.BOTH if policy is Residency.AUTO else policy, one, one)
    if policy is not Residency.SWAP:
        both = beside((executor.load, own), planner.load, wanted, room)
        if both is not None or policy is Residency.BOTH:
            return Plan(Residency.BOTH, own, both or alone)
    return Plan(Residency.SWAP, own, alone, _told(pair, (own, alone), room))


def _told(
    pair: tuple[Candidate, Candidate], profiles: tuple[RunnerProfile, RunnerProfile], room: Room
) -> str:
    names = " and ".join(one.name for one in pair)
    sizes = [
        load_bytes(one.load, profile, room) for one, profile in zip(pair, profiles, strict=True)
    ]
    seconds = sum(one.load.weights for one in pair) / _LOAD_BYTES_PER_SECOND
    memory = f" of {room.gpu / GIB:.0f} GB" if room.gpu else ""
    return (
        f"{names} do not stay in memory together ({sum(sizes) / GIB:.0f} GB{memory}): a question "
        f"to {pair[1].name} swaps them, there and back in about {seconds:.0f} s."
    )


class Sizes:
    """Sizes that loads really had, kept by digest, context and batch."""

    def __init__(self, keeps: Keeps | None) -> None:
        self._keeps = keeps
        self._known: dict[str, dict[str, int]] = {}

    def of(self, digest: str) -> Mapping[tuple[int, int], int]:
        """Return the sizes in bytes by (context, batch)."""
        pairs = ((key.split(" "), size) for key, size in self._read(digest).items())
        return {(int(context), int(batch)): size for (context, batch), size in pairs}

    def note(self, digest: str, profile: RunnerProfile, size: int) -> None:
        """Keep that a load with `profile` took `size` bytes."""
        known, key = self._read(digest), f"{profile.context} {profile.batch}"
        if size <= 0 or known.get(key) == size:
            return
        known[key] = size
        if self._keeps is not None:
            self._keeps.put(f"sizes {digest}", json.dumps(known).encode())

    def _read(self, digest: str) -> dict[str, int]:
        if digest not in self._known:
            data = self._keeps.get(f"sizes {digest}") if self._keeps is not None else None
            self._known[digest] = _sizes(data)
        return self._known[digest]


def _sizes(data: bytes | None) -> dict[str, int]:
    try:
        value = json.loads(data) if data else {}
        return {str(key): int(size) for key, size in value.items() if len(key.split(" ")) == 2}  # noqa: PLR2004
    except (ValueError, AttributeError, TypeError) as error:
        _log.warning("What was kept of sizes is damaged and begun again: %s", error)
        return {}
