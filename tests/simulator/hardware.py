"""Machines and server versions, as far as a client can feel them.

The rates are round numbers for a 20B mixture of experts with 4-bit weights, good to about a factor
of two; they exist to make waiting felt and costs comparable, not to predict a machine.
"""

from dataclasses import dataclass, replace

GIB = 1 << 30


@dataclass(frozen=True)
class Hardware:
    """One machine and how its server was started.

    Rates are in tokens a second, memory in bytes, `disk` and `network` in bytes a second, times in
    seconds. Rate zero means that the work takes no time, `vram` zero memory without end. Reading
    slows down with what was read: at `depth` tokens it is half as fast; zero means never.
    `recovery` is how long the GPU's memory takes to be free after an unload. `context_length`
    zero: by memory. `origins` are allowed to ask from a browser.
    """

    vram: int = 0
    prefill: float = 0.0
    decode: float = 0.0
    disk: float = 0.0
    load_base: float = 0.0
    num_parallel: int = 1
    max_loaded: int = 3
    max_queue: int = 512
    cache_ram: int = 8 * GIB
    kv_factor: float = 1.0
    swa_full: bool = False
    depth: int = 0
    network: float = 0.0
    recovery: float = 0.0
    keep_alive: float = 300.0
    context_length: int = 0
    origins: tuple[str, ...] = ()


INSTANT = Hardware()
_DEPTH, _NETWORK, _RECOVERY = 65536, 100e6, 0.5


def _of(gib: int, prefill: float, decode: float, disk: float) -> Hardware:
    timed = Hardware(gib * GIB, prefill, decode, disk, 0.25)
    return replace(timed, depth=_DEPTH, network=_NETWORK, recovery=_RECOVERY)


MACHINES = {
    "rtx3090": _of(24, 3000.0, 110.0, 2.5e9),
    "rtx4090": _of(24, 6000.0, 160.0, 4.0e9),
    "rtx4060ti": _of(16, 1600.0, 60.0, 2.5e9),
    "rtx6000": _of(48, 6000.0, 160.0, 5.0e9),
    "m1max": _of(32, 350.0, 35.0, 5.0e9),
    "m2pro": _of(16, 250.0, 25.0, 4.0e9),
    "m3max": _of(48, 800.0, 55.0, 5.0e9),
    "m4max": _of(48, 1000.0, 70.0, 6.0e9),
}


def machine(name: str, vram_gib: int | None = None) -> Hardware:
    """Return the machine called `name`, with other memory if given."""
    hardware = MACHINES[name]
    return replace(hardware, vram=vram_gib * GIB) if vram_gib else hardware


@dataclass(frozen=True)
class Version:
    """What differs between versions of the server."""

    name: str
    llama_server: bool = True
    counts_cached: bool = True
    tells_cached: bool = True
    shift_off_drops_cache: bool = False
    empties_harmony_format: bool = True
    keeps_first_pass_metrics: bool = True


VERSIONS = {
    "0.24": Version(
        "0.24.0",
        llama_server=False,
        tells_cached=False,
        empties_harmony_format=False,
        keeps_first_pass_metrics=False,
    ),
    "0.30.0": Version(
        "0.30.0",
        counts_cached=False,
        tells_cached=False,
        shift_off_drops_cache=True,
        empties_harmony_format=False,
        keeps_first_pass_metrics=False,
    ),
    "0.32": Version("0.32.0", tells_cached=False, keeps_first_pass_metrics=False),
    "0.33": Version("0.33.0"),
    "0.35": Version("0.35.0"),
    # What a server that was built from its source says of itself.
    "0.0.0": Version("0.0.0"),
}
