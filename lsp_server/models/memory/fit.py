"""What fits into the memory of the GPU: how large a context, and whether both models at once."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lsp_server.models.memory.profile import LEAST_CONTEXT, RunnerProfile, profile_for

GIB = 1 << 30
_MARGIN = GIB
_PAD = 256
_LEAST_FITTED = 8192
_FREE_SHARE = 0.8
_ELEMENT_BYTES = {"f16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}
_STEPS = (131072, 98304, 65536, 49152, 32768, 24576, 16384, 12288, _LEAST_FITTED)


@dataclass(frozen=True, slots=True)
class Room:
    """The memory that models may take, in bytes, None where unknown; how the server uses it."""

    gpu: int | None = None
    kv_type: str = "f16"
    parallel: int = 1


@dataclass(frozen=True, slots=True)
class Load:
    """A model to be loaded: bytes of weights, numbers of its architecture, trained context.

    `learned` are sizes that loads really had, by (context, batch).
    """

    weights: int
    shape: Mapping[str, int]
    trained: int
    learned: Mapping[tuple[int, int], int]


def kv_bytes(load: Load, profile: RunnerProfile, room: Room) -> int:
    """Return the bytes of the key-value cache of all slots.

    Latent attention (MLA) keeps one compressed vector a layer; half the layers of a model with a
    sliding window keep the window alone; all others keep keys and values of every grouped head
    (llama.cpp, src/llama-kv-cache.cpp).
    """
    shape, width = load.shape, _ELEMENT_BYTES.get(room.kv_type, 2.0)
    layers = shape.get("block_count", 0)
    if rank := shape.get("attention.kv_lora_rank", 0):
        values = layers * (rank + shape.get("rope.dimension_count", 0)) * profile.context
        return int(values * width) * room.parallel
    per_token = shape.get("attention.head_count_kv", 0) * _head_width(shape)
    window = shape.get("attention.sliding_window", 0)
    held = profile.context
    if window:
        kept = min(-(-(window + profile.batch) // _PAD) * _PAD, profile.context)
        held = (profile.context + kept) // 2
    return int(layers * per_token * held * width) * room.parallel


def load_bytes(load: Load, profile: RunnerProfile, room: Room) -> int:
    """Return what the loaded model takes: as learned, else weights, cache and working buffers."""
    known = load.learned.get((profile.context, profile.batch))
    if known is not None:
        return known
    buffers = 500_000_000 + profile.batch * 200_000
    return load.weights + kv_bytes(load, profile, room) + buffers


def fitted(wanted: int, load: Load, room: Room) -> RunnerProfile:
    """Return the profile with the largest context up to `wanted` that fits whole on the GPU.

    Where the memory is unknown it is `wanted`; where not even a small context fits, the rest will
    lie in the computer's memory, and the context stays moderate.
    """
    profiles = list(_profiles(wanted, load.trained))
    if room.gpu is None:
        return profiles[0]
    limit = room.gpu - _MARGIN
    whole = (one for one in profiles if load_bytes(load, one, room) <= limit)
    return next(whole, next((one for one in profiles if one.context <= 16384), profiles[-1]))  # noqa: PLR2004


def beside(
    executor: tuple[Load, RunnerProfile], planner: Load, wanted: int, room: Room
) -> RunnerProfile | None:
    """Return the planner's profile with which both models stay in memory, None if there is none.

    Two things must hold: both fit, and Ollama believes so. It compares a guess that knows neither
    windows nor latent attention with four fifths of the free memory, and evicts if that fails.
    """
    if room.gpu is None:
        return profile_for(wanted, planner.trained)
    free = room.gpu - load_bytes(*executor, room)
    for profile in _profiles(wanted, planner.trained):
        fits = load_bytes(planner, profile, room) <= free - _MARGIN
        if fits and guessed_bytes(planner, profile, room) <= _FREE_SHARE * free:
            return profile
    return None


def guessed_bytes(load: Load, profile: RunnerProfile, room: Room) -> int:
    """Return Ollama's own guess of a load (server/sched.go: two f16 caches over all heads)."""
    shape = load.shape
    heads = max(shape.get("attention.head_count", 1), 1)
    cache = 2 * shape.get("block_count", 0) * shape.get("attention.head_count_kv", 0)
    cache = math.ceil(cache * shape.get("embedding_length", 0) / heads)
    surcharge = 2 * GIB if profile.batch > 1024 else 3 * GIB // 4 if profile.batch > 512 else 0  # noqa: PLR2004
    return load.weights + cache * profile.context * room.parallel * 2 + surcharge


def _profiles(wanted: int, trained: int) -> Iterator[RunnerProfile]:
    top = profile_for(wanted, trained)
    yield top
    for step in _STEPS:
        if LEAST_CONTEXT < step < top.context:
            yield profile_for(step, trained)


def _head_width(shape: Mapping[str, int]) -> int:
    heads = max(shape.get("attention.head_count", 1), 1)
    usual = shape.get("embedding_length", 0) // heads
    return shape.get("attention.key_length", usual) + shape.get("attention.value_length", usual)
